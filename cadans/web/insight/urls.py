"""Addresses of Insight."""

from django.urls import path

from cadans.web.insight import (
    adoption,
    alerts,
    behind,
    committee,
    cycle,
    deal_size,
    forecast,
    funnel,
    impact,
    overview,
    quick_no,
    quotas,
    subscriptions,
    why,
    win_rate,
)

app_name = "insight"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("win-rate/", win_rate.win_rate, name="win-rate"),
    path("win-rate/why/", why.why, name="win-rate-why"),
    path("funnel/", funnel.funnel, name="funnel"),
    path("funnel/key/", funnel.key_conversion, name="key-conversion"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("deal-size/", deal_size.deal_size, name="deal-size"),
    path("cycle/", cycle.cycle, name="cycle"),
    path("cycle/committee/", committee.committee, name="committee"),
    path("cycle/quick-no/", quick_no.quick_no, name="quick-no"),
    path("cycle/quick-no/rule/", quick_no.draft_rule, name="quick-no-rule"),
    path("adoption/", adoption.adoption, name="adoption"),
    path("adoption/breaches/", adoption.breaches, name="breaches"),
    path("impact/", impact.impact, name="impact"),
    path("forecast/", forecast.forecast, name="forecast"),
    path("forecast/leads/", forecast.forecast_leads, name="forecast-leads"),
    path("quotas/", quotas.quotas, name="quotas"),
    path("figure/<slug:name>/", overview.figure, name="figure"),
    path("changes/", overview.what_changed, name="changes"),
    path("targets/", overview.aims, name="targets"),
    path("leads/", behind.leads, name="leads"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/add/", subscriptions.add, name="subscribe"),
    path("subscriptions/<uuid:id>/stop/", subscriptions.stop, name="unsubscribe"),
    path("subscriptions/stop/<str:token>/", subscriptions.stop_by_link, name="stop-by-link"),
    path("<slug:metric>.csv", behind.download, name="csv"),
    path("<slug:metric>.xlsx", behind.download, {"kind": "xlsx"}, name="xlsx"),
]
