"""Insight at a glance: the main figures beside those of the period before."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cadans.insight.alerts import standing_for
from cadans.insight.reports import report
from cadans.web.insight import charts, funnel, win_rate
from cadans.web.insight.page import page
from cadans.web.insight.question import asker, read_question


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The main figures beside those of the period before."""
    user = asker(request)
    question = read_question(request)
    question = replace(question, filters=replace(question.filters, by="month"))
    rates = report("win-rate", question.filters, user)
    plain = replace(question.filters, by=None)
    stages = report("funnel", plain, user)
    before = plain.period_before()
    rates_before = report("win-rate", before, user) if before else None
    stages_before = report("funnel", before, user) if before else None
    asked = replace(question, filters=plain)
    stats = [
        *funnel.key_stats(asked, stages),
        win_rate.rate_stat(asked, rates, rates_before),
        win_rate.won_value_stat(asked, rates),
        funnel.funnel_stat(asked, stages, stages_before),
        funnel.open_stat(asked, stages),
    ]
    context = {
        "see": {
            "funnel": asked.address("funnel", by=""),
            "win_rate": asked.address("win-rate", by=""),
        },
        "stats": stats,
        "drops": standing_for(user),
        "months": rates["rows"],
        "month_chart": charts.rate_by_month(rates["rows"]),
        "stages": funnel.staged(asked, stages["rows"]),
        "funnel_chart": charts.funnel_bars(asked, stages["rows"]),
        "is_empty": win_rate.is_empty(rates) and funnel.is_empty(stages),
    }
    return page(request, "overview", asked, context)
