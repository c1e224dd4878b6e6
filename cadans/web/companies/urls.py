"""Addresses of companies."""

from django.urls import path

from cadans.web.companies import views

app_name = "companies"
urlpatterns = [
    path("", views.companies, name="list"),
    path("new/", views.new, name="new"),
    path("suggest/", views.suggest, name="suggest"),
    path("<uuid:id>/", views.page, name="page"),
    path("<uuid:id>/fields/<str:name>/", views.field, name="field"),
    path("<uuid:id>/delete/", views.delete, name="delete"),
]
