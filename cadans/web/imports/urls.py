"""Addresses of imports."""

from django.urls import path

from cadans.web.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.runs, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:id>/", views.page, name="page"),
    path("<uuid:id>/progress/", views.progress, name="progress"),
    path("<uuid:id>/refused/", views.refused, name="refused"),
]
