"""Insight: the metrics as pages, and the leads behind each figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from moneyed import Money

from cadans.insight import funnel as funnels
from cadans.insight.choices import filter_options
from cadans.insight.dimensions import row_named
from cadans.insight.filters import BREAKDOWNS
from cadans.insight.reports import leads_behind, report
from cadans.insight.tables import as_csv
from cadans.web.insight import charts, words
from cadans.web.insight.question import Question, asker, read_question, spans_named
from cadans.web.writing import money_short, number, percent

MOST_ROWS = 300
"""Rows that a page shows; the CSV has all of them."""

LEADS_A_PAGE = 50


@dataclass(frozen=True)
class Stat:
    """A figure as its component shows it."""

    label: str
    value: str
    of: str = ""
    interval: str = ""
    trend: str = ""
    tone: str = "quiet"
    href: str = ""
    help: str = ""


# ── pages ───────────────────────────────────────────────────────────────────────────────────


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
        rate_stat(asked, rates, rates_before),
        won_value_stat(asked, rates),
        funnel_stat(asked, stages, stages_before),
        open_stat(asked, stages),
    ]
    context = {
        "stats": stats,
        "months": rates["rows"],
        "month_chart": charts.rate_by_month(rates["rows"]),
        "stages": staged(asked, stages["rows"]),
        "funnel_chart": charts.funnel_bars(asked, stages["rows"]),
        "is_empty": is_empty(rates, stages),
    }
    return page(request, "insight/overview.html", asked, context)


@login_required
@require_GET
def win_rate(request: HttpRequest) -> HttpResponse:
    """Win rate in total, by month and by a breakdown."""
    user = asker(request)
    question = read_question(request, by="owner")
    filters = question.filters
    answer = report("win-rate", filters, user)
    before = replace(filters, by=None).period_before()
    months = (
        answer if filters.by == "month" else report("win-rate", replace(filters, by="month"), user)
    )
    rows = sorted_rows(request, answer["rows"], RATE_SORTS)
    figure = "share_of_lost" if filters.by == "loss_reason" else "win_rate"
    context = {
        "answer": answer,
        "stats": [
            rate_stat(question, answer, report("win-rate", before, user) if before else None),
            value_rate_stat(question, answer),
            won_value_stat(question, answer),
            cohort_stat(question, answer),
        ],
        "rows": [rate_row(question, row) for row in rows[:MOST_ROWS]],
        "left_out": max(len(rows) - MOST_ROWS, 0),
        "figure": figure,
        "chart": charts.rate_bars(question, answer["rows"], figure),
        "chart_size": charts.size_for(len(answer["rows"]), 3, 9),
        "bars_left_out": max(len(answer["rows"]) - charts.MOST_BARS, 0),
        "months": months["rows"],
        "month_chart": charts.rate_by_month(months["rows"]),
        "sort": request.GET.get("sort", ""),
        "is_empty": is_empty(answer),
        "few": any(words.is_few(row["win_rate"]) for row in rows),
        "breakdowns": words.breakdowns(BREAKDOWNS),
        "head": words.head_of(filters.by or "owner"),
    }
    return page(request, "insight/win_rate.html", question, context)


@login_required
@require_GET
def funnel(request: HttpRequest) -> HttpResponse:
    """The funnel of a pipeline, what lies in it now, and the conversions by a breakdown."""
    user = asker(request)
    question = read_question(request)
    filters = question.filters
    answer = report("funnel", filters, user)
    broken_down = filters.by not in (None, "stage")
    whole = {**answer, "rows": answer["total"]["stages"]} if broken_down else answer
    before = replace(filters, by=None).period_before()
    stages = staged(question, whole["rows"])
    context = {
        "answer": whole,
        "stats": [
            funnel_stat(question, whole, report("funnel", before, user) if before else None),
            *leak_stats(question, whole),
            open_stat(question, whole),
        ],
        "stages": stages,
        "chart": charts.funnel_bars(question, whole["rows"]),
        "chart_size": charts.size_for(len(stages), 4, 7),
        "matrix": matrix(question, answer["rows"][:MOST_ROWS]) if broken_down else [],
        "left_out": max(len(answer["rows"]) - MOST_ROWS, 0) if broken_down else 0,
        "is_empty": is_empty(None, whole),
        "breakdowns": words.breakdowns(
            tuple(name for name in funnels.BREAKDOWNS if name not in ("stage", "pipeline"))
        ),
        "head": words.head_of(str(filters.by)) if broken_down else "",
        "pipeline": whole["filters"].get("pipeline", ""),
    }
    return page(request, "insight/funnel.html", question, context)


@login_required
@require_GET
def leads(request: HttpRequest) -> HttpResponse:
    """The leads behind a figure, a page at a time."""
    user = asker(request)
    question = read_question(request)
    asked = request.GET
    metric, part = asked.get("metric", "win-rate"), asked.get("part", "closed")
    found = leads_behind(
        metric, question.filters, asked.get("key", ""), part, user, stage=asked.get("stage", "")
    )
    pages = Paginator(found.with_names().order_by("-opened_at", "-id"), LEADS_A_PAGE)
    shown = pages.get_page(asked.get("page"))
    context = {
        "title": words.list_named(metric, part),
        "count": pages.count,
        "shown": shown,
        "metric": metric,
        "subtitle": behind_what(question, metric, asked.get("key", ""), asked.get("stage", "")),
        "back": question.address("funnel" if metric == "funnel" else "win-rate"),
    }
    return page(request, "insight/leads.html", question, context)


def behind_what(question: Question, metric: str, key: str, stage: str) -> str:
    """Which row and stage a list belongs to, and the period."""
    by = question.filters.by
    inner = stage or (key if metric == "funnel" and by in (None, "stage") else "")
    names = []
    if key and key != inner and by:
        names.append(row_named(by, key))
    if inner:
        names.append(funnels.stage_label(question.filters, inner))
    return " · ".join([*names, words.period(question)])


@login_required
@require_GET
def download(request: HttpRequest, metric: str) -> HttpResponse:
    """A report's table as a file."""
    user = asker(request)
    question = read_question(request)
    answer = report(metric, question.filters, user)
    period = answer["period"]
    name = f"{metric}-{period['from']}-{question.last_day.isoformat()}.csv"
    # The mark at the start tells spreadsheets that the file is UTF-8.
    response = HttpResponse("\ufeff" + as_csv(answer), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def page(
    request: HttpRequest, template: str, question: Question, context: dict[str, Any]
) -> HttpResponse:
    """A page of Insight with what all of them have: the question, the choices, the way about."""
    shared: dict[str, Any] = {
        "question": question,
        "filters": request.GET,
        "period_text": words.period(question),
        "tabs": {
            "overview": question.address("overview", by=""),
            "win_rate": question.address("win-rate", by=""),
            "funnel": question.address("funnel", by=""),
        },
    }
    if template != "insight/leads.html":
        shared["choices"] = {"period": spans_named(), **filter_options()}
    metric = {"insight/win_rate.html": "win-rate", "insight/funnel.html": "funnel"}.get(template)
    if metric:
        shared["csv"] = question.address("csv", metric, by=question.filters.by or "")
    return render(request, template, {**shared, **context})


# ── figures ─────────────────────────────────────────────────────────────────────────────────


def rate_stat(question: Question, answer: words.Figures, before: words.Figures | None) -> Stat:
    """Win rate by number, with its change."""
    rate = answer["total"]["win_rate"]
    trend, tone = words.change(rate, before and before["total"]["win_rate"])
    return Stat(
        _("Win rate"),
        percent(rate["value"]),
        words.of_leads(rate),
        words.interval(rate),
        trend,
        tone,
        question.behind("win-rate", "closed") if rate["denominator"] else "",
        _("Won as a share of won and lost, among the leads closed in the period."),
    )


def value_rate_stat(question: Question, answer: words.Figures) -> Stat:
    """Win rate by value."""
    total = answer["total"]
    rate = total["win_rate_by_value"]
    note = words.reason(rate.get("reason", ""))
    if not note and total["without_value"]:
        note = _("%(leads)s without a value") % {"leads": number(total["without_value"])}
    return Stat(
        _("Win rate by value"),
        percent(rate["value"]),
        note,
        words.interval(rate),
        href=question.behind("win-rate", "worthless") if total["without_value"] else "",
        help=_(
            "The value won as a share of the value won and lost. Leads without one add nothing."
        ),
    )


def won_value_stat(question: Question, answer: words.Figures) -> Stat:
    """The value won."""
    total = answer["total"]
    won = _("%(leads)s leads won") % {"leads": number(total["won"])}
    return Stat(
        _("Won"),
        money_short(as_money(total["won_value"])),
        won,
        href=question.behind("win-rate", "won") if total["won"] else "",
        help=_("The value of the leads won in the period, at the rate of the day they closed."),
    )


def cohort_stat(question: Question, answer: words.Figures) -> Stat:
    """Win rate of the leads opened in the period."""
    cohort = answer["total"]["cohort"]
    rate = cohort["win_rate"]
    note = words.of_leads(rate)
    if cohort["open"]:
        note += " · " + _("%(leads)s still open") % {"leads": number(cohort["open"])}
    return Stat(
        _("Win rate of leads opened"),
        percent(rate["value"]),
        note,
        words.interval(rate),
        href=question.behind("win-rate", "opened") if cohort["opened"] else "",
        help=_("The same among the leads opened in the period. Those still open do not count yet."),
    )


def funnel_stat(question: Question, answer: words.Figures, before: words.Figures | None) -> Stat:
    """Won of those that entered the first stage; the open ones apart.

    Compared with the period before among the decided only: a young period has many open ones.
    """
    total = answer["total"]
    rate = total["win_rate"]
    trend, tone = words.change(rate, before and before["total"]["win_rate"])
    note = words.of_leads(rate)
    still = total["entered"] - rate["denominator"]
    if still:
        note += " · " + _("%(leads)s still open") % {"leads": number(still)}
    stage = total["stage"] or ""
    place = {"stage": stage} if question.filters.by else {"key": stage}
    return Stat(
        _("From first stage to won"),
        percent(rate["value"]),
        note,
        words.interval(rate),
        trend,
        tone,
        question.behind("funnel", "decided", **place) if rate["denominator"] else "",
        _("Of the leads that entered the first stage in the period and are decided: how many won."),
    )


def leak_stats(question: Question, answer: words.Figures) -> list[Stat]:
    """The stage that loses most, and the one that takes longest."""
    rows = [row for row in answer["rows"] if not row["ends_in"]]
    stats = []
    leaks = [row for row in rows if row["lost"]]
    if leaks:
        worst = max(leaks, key=lambda row: row["lost"])
        stats.append(
            Stat(
                _("Most leads lost in"),
                worst["label"],
                _("%(lost)s of %(entered)s that entered")
                % {"lost": number(worst["lost"]), "entered": number(worst["entered"])},
                href=question.behind("funnel", "lost", **charts.where(question, worst)),
                help=_("The stage in which most leads were lost before they reached a higher one."),
            )
        )
    slow = [row for row in rows if row["days"]["median"] is not None]
    if slow:
        slowest = max(slow, key=lambda row: row["days"]["median"])
        stats.append(
            Stat(
                _("Longest in"),
                slowest["label"],
                _("%(days)s (median)") % {"days": words.days(slowest["days"]["median"])},
                help=_("The stage in which leads that go on stay longest; half of them take less."),
            )
        )
    return stats


def open_stat(question: Question, answer: words.Figures) -> Stat:
    """What is open now in the pipeline."""
    present = [row["snapshot"] for row in answer["rows"] if "snapshot" in row]
    count = sum(stage["leads"] for stage in present)
    values = [value for stage in present if (value := as_money(stage["value"])) is not None]
    worth = sum(values[1:], values[0]) if values else None
    return Stat(
        _("Open now"),
        money_short(worth) if worth is not None and worth.amount else number(count),
        _("%(leads)s open leads in this pipeline") % {"leads": number(count)},
        help=_("The value of all open leads of the pipeline, whatever the period."),
    )


def as_money(value: words.Figures) -> Money | None:
    """An amount of a report as money; None when it is not known."""
    return None if value["amount"] is None else Money(value["amount"], value["currency"])


def is_empty(rates: words.Figures | None, stages: words.Figures | None = None) -> bool:
    """Whether the period holds nothing at all to show."""
    if rates is not None:
        total = rates["total"]
        if total["win_rate"]["denominator"] or total["cohort"]["opened"]:
            return False
    return not any(
        row["entered"] or row.get("snapshot", {}).get("leads")
        for row in (stages or {}).get("rows", [])
    )


# ── rows ────────────────────────────────────────────────────────────────────────────────────

RATE_SORTS = {
    "label": lambda row: row["label"].lower(),
    "rate": lambda row: row["win_rate"]["value"],
    "won": lambda row: row["won"],
    "lost": lambda row: row["lost"],
    "share": lambda row: row["share_of_lost"]["value"],
    "value": lambda row: won.amount if (won := as_money(row["won_value"])) else None,
    "opened": lambda row: row["cohort"]["opened"],
    "cohort": lambda row: row["cohort"]["win_rate"]["value"],
}


def sorted_rows(
    request: HttpRequest, rows: list[words.Figures], keys: dict[str, Any]
) -> list[words.Figures]:
    """The rows in the order that the address asks for; rows without the figure come last."""
    asked = request.GET.get("sort", "")
    key = keys.get(asked.removeprefix("-"))
    if key is None:
        return rows
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=asked.startswith("-")) + unknown


def rate_row(question: Question, row: words.Figures) -> words.Figures:
    """A row of the win rate with what the page adds: links, money, the interval in words."""
    parts = ("closed", "won", "lost", "opened", "opened_decided")
    return {
        **row,
        "links": {part: question.behind("win-rate", part, key=row["key"]) for part in parts},
        "won_money": as_money(row["won_value"]),
        "interval": words.interval(row["win_rate"]),
        "share_interval": words.interval(row["share_of_lost"]),
        "cohort_interval": words.interval(row["cohort"]["win_rate"]),
        "reason": words.reason(row["win_rate"].get("reason", "")),
        "is_few": words.is_few(row["win_rate"]),
    }


def staged(question: Question, rows: list[words.Figures]) -> list[words.Figures]:
    """The stages of the total with links and words."""
    parts = ("entered", "reached_next", "lost", "stalled", "active", "resolved", "present", "idle")
    shown = []
    for row in rows:
        place = charts.where(question, row)
        present = row.get("snapshot")
        more: words.Figures = {}
        if present is not None:
            weight = present["weighted_value"]
            more = {
                "value": as_money(present["value"]),
                "weighted": as_money(weight) if weight else None,
                "age": words.days(present["days"]["median"]),
            }
        shown.append(
            {
                **row,
                **more,
                "links": {part: question.behind("funnel", part, **place) for part in parts},
                "interval": words.interval(row["conversion"]),
                "resolved_interval": words.interval(row["conversion_resolved"]),
                "is_few": words.is_few(row["conversion"]),
                "reason": words.reason(row["conversion"].get("reason", "")),
                "median": words.days(row["days"]["median"]),
                "p85": words.days(row["days"]["p85"]),
            }
        )
    return shown


def matrix(question: Question, rows: list[words.Figures]) -> list[words.Figures]:
    """Conversions by row and stage; the stage that ends in won shows how many got there."""
    return [
        {
            **row,
            "href": question.behind("funnel", "entered", key=row["key"]) if row["entered"] else "",
            "cells": [
                {
                    **stage,
                    "is_few": words.is_few(stage["conversion"]),
                    "interval": words.interval(stage["conversion"]),
                    "href": question.behind(
                        "funnel", "entered", key=row["key"], stage=stage["key"]
                    ),
                }
                for stage in row["stages"]
            ],
        }
        for row in rows
    ]
