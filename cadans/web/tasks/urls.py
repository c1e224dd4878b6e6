"""Addresses of tasks, wherever they are shown."""

from django.urls import path

from cadans.web.tasks import views

app_name = "tasks"
urlpatterns = [
    path("<uuid:id>/", views.edit, name="edit"),
    path("<uuid:id>/done/", views.done, name="done"),
    path("<uuid:id>/skip/", views.skip, name="skip"),
]
