"""The forecast: three methods side by side, how it developed, how right it was, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET
from moneyed import Money

from cadans.insight.dimensions import row_named
from cadans.insight.forecast.accuracy import MARKS
from cadans.insight.forecast.report import BREAKDOWNS, Weighed, weighed_leads
from cadans.insight.forecast.waterfall import waterfall
from cadans.insight.reports import report
from cadans.leads.models import Lead
from cadans.process.models import Stage
from cadans.team.models import User
from cadans.team.queries import organisation
from cadans.web.insight import charts, words
from cadans.web.insight import forecast_charts as drawn
from cadans.web.insight import forecast_words as said
from cadans.web.insight.page import MOST_ROWS, Stat, about, as_money, page, sorted_rows
from cadans.web.insight.question import OWN, SPANS, Question, asker, read_question
from cadans.web.writing import money_short, number, percent

MOST_LEADS = 15
LEADS_A_PAGE = 50

AHEAD = tuple(name for name in SPANS if name not in ("12-months", "all"))
"""The periods that can be forecast."""


@login_required
@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """The forecast of a period, with what it rests on and how far it may be trusted."""
    user = asker(request)
    question = question_ahead(request)
    filters = question.filters
    answer = report("forecast", filters, user)
    total = answer["total"]
    mark = request.GET.get("mark", "")
    mark = mark if mark in MARKS else "start"
    leads = weighed_leads(replace(filters, by=None), user)
    rows = sorted_rows(request, answer["rows"], SORTS)
    context = {
        "answer": answer,
        "spans": spans_ahead(),
        "stats": [
            expected_stat(question, answer),
            won_stat(question, answer),
            open_stat(question, answer),
            quota_stat(answer),
        ],
        "needs": answer["needs"],
        "methods": [method_row(answer, method) for method in drawn.METHODS],
        "method_chart": drawn.method_bars(total),
        "history": [history_row(day, total) for day in reversed(answer["history"])],
        "history_chart": drawn.history_lines(answer["history"], total),
        **accuracy_part(answer, mark),
        **fall_part(request, question, answer, user),
        "rows": [breakdown_row(question, row) for row in rows[:MOST_ROWS]],
        "left_out": max(len(rows) - MOST_ROWS, 0),
        "sort": request.GET.get("sort", ""),
        "leads": shown_leads(leads[:MOST_LEADS], user),
        "leads_count": len(leads),
        "all_leads": question.address("forecast-leads"),
        "is_empty": is_empty(answer),
        "breakdowns": words.breakdowns(BREAKDOWNS),
        "head": words.head_of(filters.by or "owner"),
        "quotas_page": question.address("quotas", by=""),
    }
    return page(request, "forecast", question, context)


@login_required
@require_GET
def forecast_leads(request: HttpRequest) -> HttpResponse:
    """The leads of a forecast (or of one of its rows) with their chances, a page at a time."""
    user = asker(request)
    question = question_ahead(request)
    key = request.GET.get("key", "")
    found = weighed_leads(question.filters, user, key)
    pages = Paginator(found, LEADS_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    by = question.filters.by
    names = [row_named(by, key)] if key and by else []
    context = {
        "leads": shown_leads(shown.object_list, user),
        "count": pages.count,
        "shown": shown,
        "subtitle": " · ".join([*names, words.period(question)]),
        "back": question.address("forecast"),
    }
    return render(request, "insight/forecast_leads.html", {**about(request, question), **context})


def question_ahead(request: HttpRequest) -> Question:
    """The question in the address; about this quarter unless it names a period to be forecast."""
    asked = request.GET.copy()
    if asked.get("period") not in (*AHEAD, OWN):
        asked["period"] = "quarter"
    request.GET = asked  # type: ignore[assignment]
    return read_question(request, by="owner")


def spans_ahead() -> list[tuple[str, str]]:
    """The periods to choose from."""
    return [
        ("month", _("This month")),
        ("next-month", _("Next month")),
        ("quarter", _("This quarter")),
        ("next-quarter", _("Next quarter")),
        ("year", _("This year")),
        ("last-month", _("Last month")),
        ("last-quarter", _("Last quarter")),
        ("last-year", _("Last year")),
        (OWN, _("Own period…")),
    ]


def is_empty(answer: words.Figures) -> bool:
    """Whether there is nothing to forecast from and nothing was won."""
    total = answer["total"]
    return not (
        total["open"]["leads"]
        or total["already_won"]["leads"]
        or total["actual"].get("leads")
        or total["quota"]["amount"]
        or any(row["actual"]["amount"] != "0.00" for row in answer["accuracy"]["periods"])
    )


# ── figures ─────────────────────────────────────────────────────────────────────────────────


def expected_stat(question: Question, answer: words.Figures) -> Stat:
    """What is expected to be won, by the best method that speaks."""
    total = answer["total"]
    method = said.best(total)
    figure = total[method]
    name = drawn.methods_named()[method]
    note = said.reason(figure.get("reason", "")) or _("by: %(method)s") % {"method": name.lower()}
    label = _("Forecast at the start") if answer["is_over"] else _("Forecast")
    return Stat(
        label,
        money_short(as_money(figure)),
        note,
        said.between(figure),
        href=question.address("forecast-leads") if total["open"]["leads"] else "",
        help=_("What will have been won at the end of the period, what was won already included."),
    )


def won_stat(question: Question, answer: words.Figures) -> Stat:
    """What was won: so far, or in the whole period."""
    total = answer["total"]
    figure = total["actual"] if answer["is_over"] else total["already_won"]
    trend, tone = "", "quiet"
    if answer["is_over"] and (bias := said.off_by(total)) is not None:
        trend = f"{'+' if bias >= 0 else '−'}{percent(abs(bias), 0)}"
    return Stat(
        _("Won") if answer["is_over"] else _("Won already"),
        money_short(as_money(figure)),
        ngettext("%(leads)s lead", "%(leads)s leads", figure["leads"])
        % {"leads": number(figure["leads"])},
        "",
        trend,
        tone,
        question.behind("forecast", "won") if figure["leads"] else "",
        _("The value of the leads won in the period, at the rate of the day they closed."),
    )


def open_stat(question: Question, answer: words.Figures) -> Stat:
    """What is open and expected to close in the period."""
    figure = answer["total"]["open_expected"]
    note = ngettext("%(leads)s lead", "%(leads)s leads", figure["leads"]) % {
        "leads": number(figure["leads"])
    }
    if figure["without_value"]:
        note += " · " + _("%(leads)s without a value") % {"leads": number(figure["without_value"])}
    return Stat(
        _("Open, expected in the period"),
        money_short(as_money(figure)),
        note,
        href=question.behind("forecast", "expected") if figure["leads"] else "",
        help=_(
            "The full value of the open leads whose close is expected in the period, or on no day."
        ),
    )


def quota_stat(answer: words.Figures) -> Stat:
    """How the quota stands."""
    total = answer["total"]
    quota = as_money(total["quota"])
    if quota is None:
        return Stat(_("Quota"), "–", _("No quota is set for this period."), help=said.quota_help())
    parts = [_("of %(quota)s") % {"quota": money_short(quota)}]
    if total["pace"]["value"] is not None and not answer["is_over"]:
        parts.append(_("pace %(pace)s") % {"pace": percent(total["pace"]["value"], 0)})
    if total["coverage"]["value"] is not None and not answer["is_over"]:
        cover = _("covered %(times)s×") % {"times": number(total["coverage"]["value"], 1)}
        parts.append(cover)
    return Stat(
        _("Quota"),
        percent(total["attainment"]["value"], 0),
        " · ".join(parts),
        help=said.quota_help(),
    )


def method_row(answer: words.Figures, method: str) -> words.Figures:
    """A method with its figure, its interval, and how far it was off of late."""
    figure = answer["total"][method]
    judged = answer["accuracy"]["methods"].get(method, {}).get("start")
    off = judged["mape"]["12"] if judged else {"value": None, "periods": 0}
    return {
        "name": drawn.methods_named()[method],
        "about": said.about(method),
        "amount": said.rounded(as_money(figure)),
        "between": said.between(figure),
        "won": figure["won"],
        "reason": said.reason(figure.get("reason", "")),
        "off": off["value"],
        "off_of": off["periods"],
    }


def history_row(day: words.Figures, total: words.Figures) -> words.Figures:
    """A day of the forecast's development."""
    currency = total["already_won"]["currency"]

    def amount(value: str | None) -> Money | None:
        return None if value is None else Money(value, currency)

    model = day.get("model", {})
    return {
        "day": date.fromisoformat(day["day"]),
        "won": amount(day["already_won"]),
        "between": said.between({**model, "currency": currency}) if model.get("low") else "",
        **{method: amount(day.get(method, {}).get("amount")) for method in drawn.METHODS},
    }


# ── how right it was ────────────────────────────────────────────────────────────────────────


def accuracy_part(answer: words.Figures, mark: str) -> words.Figures:
    """Past periods and how right each method was about them, from the forecast at the mark."""
    found = answer["accuracy"]
    named = drawn.methods_named()
    periods = [{**row, "short": said.period_short(row, found["unit"])} for row in found["periods"]]
    return {
        "accuracy": found,
        "accuracy_reason": said.reason(found.get("reason", "")),
        "accuracy_chart": drawn.accuracy_bars(periods, mark, answer["total"]),
        "accuracy_rows": [accuracy_row(row, mark) for row in periods],
        "has_accuracy": any(
            row["methods"][method][mark]["forecast"] is not None
            for row in periods
            for method in drawn.METHODS
        ),
        "marks": [(name, text) for name, text in said.marks_named().items()],
        "mark": mark,
        "summaries": [
            {
                "name": named[method],
                "mape": [found["methods"][method][mark]["mape"][most] for most in ("4", "8", "12")],
                "bias": found["methods"][method][mark]["bias"]["12"],
                "coverage": found["methods"][method][mark]["coverage"],
                "coverage_interval": words.interval(found["methods"][method][mark]["coverage"]),
            }
            for method in drawn.METHODS
            if found["methods"]
        ],
    }


def accuracy_row(row: words.Figures, mark: str) -> words.Figures:
    """A past period with what each method had said of it."""
    currency = row["actual"]["currency"]
    cells = []
    for method in drawn.METHODS:
        judged = row["methods"][method][mark]
        forecast = judged["forecast"]
        cells.append(
            {
                "forecast": None if forecast is None else Money(forecast, currency),
                "accuracy": judged["accuracy"],
                "reason": said.reason(judged.get("reason", "")),
            }
        )
    return {**row, "won": as_money(row["actual"]), "cells": cells}


def fall_part(
    request: HttpRequest, question: Question, answer: words.Figures, user: User
) -> words.Figures:
    """The waterfall of the period asked for: this one, or the last that is over."""
    filters, periods = replace(question.filters, by=None), answer["accuracy"]["periods"]
    chosen = next((row for row in periods if row["key"] == request.GET.get("of")), None)
    own = answer["waterfalls"]
    has_own = any(fall["forecast"] is not None for fall in own.values())
    if chosen is None and not (answer["is_over"] and has_own):
        known = [row for row in periods if said.was_kept(row)]
        chosen = known[0] if known else None
    if chosen is not None:
        span = replace(
            filters,
            since=date.fromisoformat(chosen["from"]),
            until=date.fromisoformat(chosen["to"]),
        )
    else:
        span = filters
    method = request.GET.get("method", "")
    falls = own if span == filters else {}
    order = [method] if method in drawn.METHODS else list(drawn.METHODS)
    fall: words.Figures = {"forecast": None, "method": order[0]}
    for name in order:
        fall = falls.get(name) or waterfall(span, user, name)
        if fall["forecast"] is not None:
            break
    names = said.steps_named(is_over=fall.get("is_over", True))
    if fall["forecast"] is not None:
        within = question_about(question, span)
        for step in fall["steps"]:
            part = f"{fall['method']}.{step['key']}"
            step["href"] = within.behind("forecast", part) if step["leads"] else ""
            step["name"] = names[step["key"]]
            step["money"] = as_money(step["amount"])
            step["help"] = said.steps_explained()[step["key"]]
    return {
        "fall": fall,
        "fall_period": chosen["label"] if chosen else words.period(question),
        "fall_key": chosen["key"] if chosen else "",
        "fall_reason": said.reason(fall.get("reason", "")),
        "fall_chart": drawn.fall_bars(fall, names) if fall["forecast"] is not None else {},
        "fall_size": charts.size_for(len(fall.get("steps", [])) + 2, 4, 6),
        "fall_from": as_money(fall["forecast"]) if fall["forecast"] else None,
        "fall_to": as_money(fall["actual"]) if fall["forecast"] else None,
        "fall_methods": list(drawn.methods_named().items()),
        "fall_periods": [row for row in periods if said.was_kept(row)],
    }


def question_about(question: Question, span: Any) -> Question:
    """The same question about another period."""
    asked = question.asked.copy()
    asked["period"] = OWN
    asked["from"] = span.since.isoformat()
    asked["through"] = replace(question, filters=span).last_day.isoformat()
    return Question(asked, replace(span, by=question.filters.by), OWN)


# ── rows and leads ──────────────────────────────────────────────────────────────────────────


def _amount(name: str) -> Any:
    def key(row: words.Figures) -> Any:
        value = as_money(row[name])
        return None if value is None else value.amount

    return key


SORTS = {
    "label": lambda row: row["label"].lower(),
    **{name: _amount(name) for name in (*drawn.METHODS, "already_won", "open_expected", "quota")},
    "actual": _amount("actual"),
    "attainment": lambda row: row["attainment"]["value"],
    "pace": lambda row: row["pace"]["value"],
    "chance": lambda row: row["chance"]["value"],
}


def breakdown_row(question: Question, row: words.Figures) -> words.Figures:
    """A row of the breakdown with links, money and words."""
    names = (*drawn.METHODS, "already_won", "open_expected", "quota", "actual", "still_to_win")
    return {
        **row,
        "money": {name: said.rounded(as_money(row[name])) for name in names},
        "between": said.between(row["model"]),
        "reasons": {name: said.reason(row[name].get("reason", "")) for name in drawn.METHODS},
        "chance_reason": said.reason(row["chance"].get("reason", "")),
        "pace_tone": said.pace_tone(row["pace"]["value"]),
        "href": question.address("forecast-leads", by=question.filters.by or "", key=row["key"])
        if row["open"]["leads"]
        else "",
        "won_href": question.behind("forecast", "won", key=row["key"]),
    }


def shown_leads(weighed: Any, user: User) -> list[words.Figures]:
    """Leads with their names, chances and what they count for, in the order given."""
    rows: list[Weighed] = list(weighed)
    ids = [row.lead.id for row in rows]
    named = Lead.objects.visible_to(user).with_names().in_bulk(ids)
    stages = Stage.objects.in_bulk({row.lead.stage for row in rows})
    currency = organisation().currency
    shown = []
    for row in rows:
        lead = named.get(row.lead.id)
        if lead is None:
            continue
        value = None if row.lead.value is None else Money(row.lead.value, currency)
        shown.append(
            {
                "lead": lead,
                "stage_then": stages[row.lead.stage].label,
                "value": value,
                "model": row.model,
                "stage": row.stage,
                "is_expected": row.is_expected,
                "close": row.lead.expected_close,
                "counts_for": None if value is None else Money(round(row.counts_for), currency),
            }
        )
    return shown
