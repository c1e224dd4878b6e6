from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "cadans.web"
    label = "web"
