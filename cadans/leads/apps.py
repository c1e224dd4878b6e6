from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "cadans.leads"
    label = "leads"
