"""The funnel of a pipeline, what lies in it now, and the conversions by a breakdown."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from moneyed import Money

from cadans.insight import funnel as funnels
from cadans.insight.actions.key_conversions import (
    DECIDERS,
    mark_key_conversion,
    unmark_key_conversion,
)
from cadans.insight.reports import report
from cadans.web.insight import charts, words
from cadans.web.insight.page import MOST_ROWS, Stat, as_money, page
from cadans.web.insight.question import Question, asker, read_question
from cadans.web.writing import money_short, number, percent


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
            *key_stats(question, whole),
            funnel_stat(question, whole, report("funnel", before, user) if before else None),
            *leak_stats(question, whole),
            open_stat(question, whole),
        ],
        "stages": stages,
        "chart": charts.funnel_bars(question, whole["rows"]),
        "chart_size": charts.size_for(len(stages), 4, 7),
        "matrix": matrix(question, answer["rows"][:MOST_ROWS]) if broken_down else [],
        "left_out": max(len(answer["rows"]) - MOST_ROWS, 0) if broken_down else 0,
        "is_empty": is_empty(whole),
        "breakdowns": words.breakdowns(
            tuple(name for name in funnels.BREAKDOWNS if name not in ("stage", "pipeline"))
        ),
        "head": words.head_of(str(filters.by)) if broken_down else "",
        "pipeline": whole["filters"].get("pipeline", ""),
        "may_mark": user.role in DECIDERS,
    }
    return page(request, "funnel", question, context)


@login_required
@require_POST
def key_conversion(request: HttpRequest) -> HttpResponse:
    """Mark the conversion from a stage as decisive, or no longer; then back to the funnel."""
    user = asker(request)
    question = read_question(request)
    filters = funnels.in_one_pipeline(replace(question.filters, by=None))
    stage = funnels.stage_named(filters, request.POST.get("stage", ""))
    act = unmark_key_conversion if request.POST.get("mark") == "no" else mark_key_conversion
    act(user, stage)
    return redirect(question.address("funnel"))


def key_stats(question: Question, answer: words.Figures) -> list[Stat]:
    """The conversions that a manager marked as decisive: what is expected of them."""
    stats = []
    for row in answer["rows"]:
        if not row.get("is_key"):
            continue
        rate = row["conversion_expected"]
        stats.append(
            Stat(
                _("Go on from %(stage)s") % {"stage": row["label"]},
                percent(rate["value"]),
                words.of_leads(rate if rate["value"] is not None else row["conversion"]),
                words.interval(rate),
                href=question.behind("funnel", "entered", **charts.where(question, row)),
                help=_(
                    "Marked as decisive. The share that is expected to go on in the end, also of"
                    " the leads that are still under way."
                ),
            )
        )
    return stats


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


def is_empty(answer: words.Figures) -> bool:
    """Whether nothing entered a stage in the period and nothing lies in one now."""
    return not any(row["entered"] or row.get("snapshot", {}).get("leads") for row in answer["rows"])


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
                "expected_interval": words.interval(row["conversion_expected"]),
                "expected_reason": words.reason(row["conversion_expected"].get("reason", "")),
                "effect_money": whole(as_money(row["effect"])) if "effect" in row else None,
                "effect_reason": words.reason(row.get("effect", {}).get("reason", "")),
                "reason": words.reason(row["conversion"].get("reason", "")),
                "median": words.days(row["days"]["median"]),
                "p85": words.days(row["days"]["p85"]),
            }
        )
    return shown


def whole(worth: Money | None) -> Money | None:
    """An estimate without its cents."""
    return None if worth is None else worth.round(0)


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
