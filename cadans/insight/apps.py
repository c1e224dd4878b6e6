from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "cadans.insight"
    label = "insight"
