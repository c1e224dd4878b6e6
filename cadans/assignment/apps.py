from django.apps import AppConfig


class AssignmentConfig(AppConfig):
    name = "cadans.assignment"
    label = "assignment"
