"""Addresses of Insight."""

from django.urls import path

from cadans.web.insight import views

app_name = "insight"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("win-rate/", views.win_rate, name="win-rate"),
    path("funnel/", views.funnel, name="funnel"),
    path("leads/", views.leads, name="leads"),
    path("<slug:metric>.csv", views.download, name="csv"),
]
