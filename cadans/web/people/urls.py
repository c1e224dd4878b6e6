"""Addresses of people."""

from django.urls import path

from cadans.web.people import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:id>/", views.page, name="page"),
    path("<uuid:id>/fields/<str:name>/", views.field, name="field"),
    path("<uuid:id>/delete/", views.delete, name="delete"),
]
