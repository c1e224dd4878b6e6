from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "cadans.process"
    label = "process"
