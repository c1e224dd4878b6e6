from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "cadans.contacts"
    label = "contacts"
