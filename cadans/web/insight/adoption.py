"""Adoption: whether the team really uses the process, what left it, and what is stuck."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from moneyed import Money

from cadans.ground.text import in_language
from cadans.insight.adoption import BREAKDOWNS, NEWEST, breaches_count, breaches_of
from cadans.insight.reports import report
from cadans.insight.worked import KINDS
from cadans.process.models import Stage
from cadans.web.insight import adoption_charts, charts, words
from cadans.web.insight.page import MOST_ROWS, Stat, about, as_money, page, sorted_rows
from cadans.web.insight.question import Question, asker, read_question
from cadans.web.writing import NOTHING, money_short, number, percent


@login_required
@require_GET
def adoption(request: HttpRequest) -> HttpResponse:
    """Adoption in total, by month and by a breakdown; its breaches; where deals get stuck."""
    user = asker(request)
    question = read_question(request, by="owner")
    if question.filters.by not in BREAKDOWNS:
        question = replace(question, filters=replace(question.filters, by="owner"))
    filters = question.filters
    answer = report("adoption", filters, user)
    months = (
        answer if filters.by == "month" else report("adoption", replace(filters, by="month"), user)
    )
    rows, stages = sorted_rows(request, answer["rows"], SORTS), answer["total"]["stages"]
    context = {
        "stats": [
            adoption_stat(question, answer),
            worked_stat(question, answer),
            breaches_stat(question, answer),
            stuck_stat(question, stages),
        ],
        "kinds": [kind_row(question, kind, answer["total"]) for kind in KINDS],
        "kinds_named": kinds_named(),
        "rows": [adoption_row(question, row) for row in rows[:MOST_ROWS]],
        "left_out": max(len(rows) - MOST_ROWS, 0),
        "chart": adoption_charts.adoption_bars(question, answer["rows"]),
        "chart_size": charts.size_for(min(len(answer["rows"]), charts.MOST_BARS), 3, 9),
        "bars_left_out": max(len(answer["rows"]) - charts.MOST_BARS, 0),
        "months": months["rows"],
        "month_chart": adoption_charts.adoption_by_month(months["rows"]),
        "stages": [stage_row(question, stage) for stage in stages],
        "stuck_chart": adoption_charts.stuck_bars(question, stages),
        "stuck_size": charts.size_for(len(stages), 3, 9),
        "sort": request.GET.get("sort", ""),
        "is_empty": not (answer["total"]["worked"] or any(stage["open"] for stage in stages)),
        "few": any(words.is_few(row["adoption"]) for row in rows),
        "breakdowns": words.breakdowns(BREAKDOWNS),
        "head": words.head_of(filters.by or "owner"),
        "breaches_href": question.address("breaches", by=filters.by or ""),
    }
    return page(request, "adoption", question, context)


@login_required
@require_GET
def breaches(request: HttpRequest) -> HttpResponse:
    """The breaches one by one, the newest first, each with its lead and moment."""
    user = asker(request)
    question = read_question(request)
    kind = request.GET.get("kind") or None
    plain = replace(question.filters, by=None)
    total = report("adoption", plain, user)["total"]
    pages = Paginator(range(breaches_count(total, kind)), NEWEST)
    shown = pages.get_page(request.GET.get("page"))
    found = breaches_of(plain, user, kind=kind, most=NEWEST, skip=(shown.number - 1) * NEWEST)
    stages = Stage.objects.in_bulk({one["stage_id"] for one in found})
    named = kinds_named()
    context = {
        "title": named[kind]["name"] if kind else _("Breaches of the process"),
        "count": pages.count,
        "shown": shown,
        "kind": kind or "",
        "kinds": [
            {
                "kind": name,
                "href": question.address("breaches", kind=name),
                "count": breaches_count(total, name),
                **named[name],
            }
            for name in KINDS
        ],
        "every": {"href": question.address("breaches"), "count": breaches_count(total, None)},
        "breaches": [
            {
                **one,
                **named[one["kind"]],
                "stage": stages[one["stage_id"]].label,
                "what": in_language(one["task_in"] or {}) or one["task"] or "",
            }
            for one in found
        ],
        "back": question.address("adoption"),
    }
    return render(request, "insight/breaches.html", {**about(request, question), **context})


def kinds_named() -> dict[str, dict[str, str]]:
    """Each kind of breach: its name, its name at the head of a column, and what it is."""
    return {
        "override": {
            "name": _("Moved on with goals unmet"),
            "short": _("Goals unmet"),
            "icon": "arrow-right",
            "help": _(
                "Somebody moved the lead on by hand though the goals of its stage were unmet."
            ),
        },
        "jump": {
            "name": _("Stage passed over"),
            "short": _("Passed over"),
            "icon": "layers",
            "help": _("A stage was passed over: the lead never was in it."),
        },
        "late_task": {
            "name": _("Required task late"),
            "short": _("Task late"),
            "icon": "clock-alert",
            "help": _("A required task was still open a working day after it was due."),
        },
        "stalled": {
            "name": _("Left lying"),
            "short": _("Left lying"),
            "icon": "clock",
            "help": _("Nobody touched the lead for longer than the idle limit of its stage."),
        },
        "silent_close": {
            "name": _("Closed without account"),
            "short": _("Silent close"),
            "icon": "circle-x",
            "help": _("Lost without a reason, or won though the goals of its stage were unmet."),
        },
    }


def adoption_stat(question: Question, answer: words.Figures) -> Stat:
    """Adoption, beside its target."""
    rate = answer["total"]["adoption"]
    note = words.of_leads(rate)
    if rate["value"] is not None:
        target = percent(answer["total"]["target"], 0)
        note += " · " + _("target %(target)s") % {"target": target}
    return Stat(
        _("Adoption"),
        percent(rate["value"]),
        note,
        words.interval(rate),
        href=question.behind("adoption", "in_process") if rate["numerator"] else "",
        help=_("Of the leads worked in the period, those in which nothing left the process."),
    )


def worked_stat(question: Question, answer: words.Figures) -> Stat:
    """The leads worked."""
    total = answer["total"]
    note = ""
    if total["worked"]:
        note = _("%(leads)s with a breach") % {"leads": number(total["breached"])}
    return Stat(
        _("Leads worked"),
        number(total["worked"]),
        note,
        href=question.behind("adoption", "worked") if total["worked"] else "",
        help=_("Leads that somebody owned while they were open, at any time in the period."),
    )


def breaches_stat(question: Question, answer: words.Figures) -> Stat:
    """The breaches, and the kind that occurs most."""
    counts = answer["total"]["breaches"]
    most = max(KINDS, key=lambda kind: counts[kind]["count"])
    note = ""
    if counts[most]["count"]:
        note = _("most: %(kind)s") % {"kind": kinds_named()[most]["name"].lower()}
    every = breaches_count(answer["total"], None)
    return Stat(
        _("Breaches"),
        number(every),
        note,
        href=question.address("breaches") if every else "",
        help=_("What left the process, each time. One lead can have several."),
    )


def stuck_stat(question: Question, stages: list[words.Figures]) -> Stat:
    """What is stuck now, and what it is worth."""
    leads = sum(stage["stuck"] for stage in stages)
    note = ""
    if leads:
        worth = sum((Decimal(stage["value"]["amount"]) for stage in stages), Decimal(0))
        note = money_short(Money(worth, stages[0]["value"]["currency"]))
    return Stat(
        _("Stuck now"),
        number(leads) if stages else NOTHING,
        note,
        href=question.behind("adoption", "stuck") if leads else "",
        help=_("Open leads that nobody touched for longer than the idle limit of their stage."),
    )


SORTS: dict[str, Any] = {
    "label": lambda row: row["label"].lower(),
    "adoption": lambda row: row["adoption"]["value"],
    "worked": lambda row: row["worked"],
    **{kind: (lambda row, kind=kind: row["breaches"][kind]["leads"]) for kind in KINDS},
}


def kind_row(question: Question, kind: str, total: words.Figures) -> words.Figures:
    """A kind of breach with its counts and the ways on."""
    found = total["breaches"][kind]
    return {
        **kinds_named()[kind],
        **found,
        "share": percent(found["leads"] / total["worked"], 1) if total["worked"] else NOTHING,
        "href": question.behind("adoption", kind),
        "list": question.address("breaches", kind=kind),
    }


def adoption_row(question: Question, row: words.Figures) -> words.Figures:
    """A row with what the page adds: links, the interval in words."""
    return {
        **row,
        "links": {
            part: question.behind("adoption", part, key=row["key"])
            for part in ("worked", "in_process")
        },
        "kinds": [
            {
                "leads": row["breaches"][kind]["leads"],
                "href": question.behind("adoption", kind, key=row["key"]),
            }
            for kind in KINDS
        ],
        "interval": words.interval(row["adoption"]),
        "reason": words.reason(row["adoption"].get("reason", "")),
        "is_few": words.is_few(row["adoption"]),
    }


def stage_row(question: Question, stage: words.Figures) -> words.Figures:
    """A stage with what the page adds."""
    return {
        **stage,
        "money": as_money(stage["value"]) if stage["stuck"] else None,
        "share": percent(stage["stuck"] / stage["open"], 0) if stage["open"] else NOTHING,
        "limit": words.days(stage["idle_days"]),
        "median": words.days(stage["days"]["median"]),
        "p85": words.days(stage["days"]["p85"]),
        "href": question.behind("adoption", "stuck", stage=stage["key"]),
    }
