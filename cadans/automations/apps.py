from django.apps import AppConfig


class AutomationsConfig(AppConfig):
    name = "cadans.automations"
    label = "automations"
