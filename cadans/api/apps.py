from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "cadans.api"
    label = "api"
