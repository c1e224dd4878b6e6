"""Addresses of one's own account, before allauth's."""

from django.urls import path

from cadans.web.account import views

urlpatterns = [
    path("look/", views.look, name="look"),
]
