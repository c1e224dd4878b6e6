from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "cadans.notifications"
    label = "notifications"
