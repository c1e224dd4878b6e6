"""Addresses of the mail that goes out and comes in, and of the page that its readers open."""

from django.urls import path

from cadans.web.mail import preferences, views

app_name = "mail"
urlpatterns = [
    path("", views.waiting, name="outbox"),
    path("unknown/", views.unknown, name="unknown"),
    path("<uuid:id>/lead/", views.lead_of, name="lead_of"),
    path("<uuid:id>/person/", views.person_of, name="person_of"),
    path("<uuid:id>/dismiss/", views.dismiss, name="dismiss"),
    path("<uuid:id>/again/", views.again, name="again"),
    path("<uuid:id>/sent/", views.was_sent, name="was_sent"),
    path("<uuid:id>/drop/", views.drop, name="drop"),
    path("preferences/<str:token>/", preferences.preferences, name="preferences"),
]
