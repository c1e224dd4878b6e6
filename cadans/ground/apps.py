from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "cadans.ground"
    label = "ground"
