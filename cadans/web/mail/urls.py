"""Addresses of the mail that goes out and comes in."""

from django.urls import path

from cadans.web.mail import views

app_name = "mail"
urlpatterns = [
    path("", views.waiting, name="outbox"),
    path("<uuid:id>/again/", views.again, name="again"),
    path("<uuid:id>/sent/", views.was_sent, name="was_sent"),
    path("<uuid:id>/drop/", views.drop, name="drop"),
]
