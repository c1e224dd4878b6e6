"""Addresses of what was looked up."""

from django.urls import path

from cadans.web.enrichment import views

app_name = "enrichment"
urlpatterns = [
    path("", views.settings, name="settings"),
    path("facts/<uuid:id>/<str:verdict>/", views.decide, name="decide"),
    path("<str:kind>/<uuid:id>/again/", views.again, name="again"),
    path("<str:kind>/<uuid:id>/undo/", views.undo_all, name="undo_all"),
]
