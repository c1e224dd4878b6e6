"""Addresses of Insight."""

from django.urls import path

from cadans.web.insight import behind, funnel, overview, win_rate

app_name = "insight"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("win-rate/", win_rate.win_rate, name="win-rate"),
    path("funnel/", funnel.funnel, name="funnel"),
    path("leads/", behind.leads, name="leads"),
    path("<slug:metric>.csv", behind.download, name="csv"),
]
