"""The win rate: in total, by month and by a breakdown."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadans.insight.filters import BREAKDOWNS
from cadans.insight.reports import report
from cadans.web.insight import charts, why, words
from cadans.web.insight.page import MOST_ROWS, Stat, as_money, is_printed, page, sorted_rows
from cadans.web.insight.question import Question, asker, read_question
from cadans.web.writing import money_short, number, percent


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
        "why_part": question.address("win-rate-why", by=""),
        "is_empty": is_empty(answer),
        "few": any(words.is_few(row["win_rate"]) for row in rows),
        "breakdowns": words.breakdowns(BREAKDOWNS),
        "head": words.head_of(filters.by or "owner"),
    }
    if is_printed(request):
        context |= why.reasons(question, user)
    return page(request, "win-rate", question, context)


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


def is_empty(answer: words.Figures) -> bool:
    """Whether no lead was closed and none opened in the period."""
    total = answer["total"]
    return not (total["win_rate"]["denominator"] or total["cohort"]["opened"])


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
