from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "cadans.team"
    label = "team"
