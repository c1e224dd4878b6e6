from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    name = "cadans.playbooks"
    label = "playbooks"
