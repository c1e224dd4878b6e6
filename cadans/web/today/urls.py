"""Addresses of Today."""

from django.urls import path

from cadans.web.today import views

app_name = "today"
urlpatterns = [
    path("", views.page, name="page"),
    path("today/live/", views.live, name="live"),
]
