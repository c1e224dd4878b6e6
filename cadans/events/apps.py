from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "cadans.events"
    label = "events"
