from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "cadans.exchange"
    label = "exchange"
