from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "cadans.outreach"
    label = "outreach"
