"""Addresses of what somebody is told."""

from django.urls import path

from cadans.web.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.page, name="page"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.read_all, name="read_all"),
    path("choices/", views.choices, name="choices"),
    path("<uuid:id>/", views.follow, name="follow"),
    path("<uuid:id>/mark/", views.mark, name="mark"),
]
