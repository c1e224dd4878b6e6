"""Deal size: what won leads are worth, by month, by a breakdown, and why it changed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET
from moneyed import Money

from cadans.insight.filters import BREAKDOWNS
from cadans.insight.intervals import FEW
from cadans.insight.reports import report
from cadans.web.insight import charts, deal_size_charts, words
from cadans.web.insight.page import MOST_ROWS, Stat, as_money, page, sorted_rows
from cadans.web.insight.question import Question, asker, read_question
from cadans.web.writing import NOTHING, money, money_short, number, percent

BY = tuple(name for name in BREAKDOWNS if name != "loss_reason")

WORD_JOINER = "\u2060"
"""Keeps a sign and its amount on one line."""

MOST_NAMES = 3
"""More segments than this are not named in a sentence."""


@login_required
@require_GET
def deal_size(request: HttpRequest) -> HttpResponse:
    """Mean, median and sum of won value, and what changed since the period before."""
    user = asker(request)
    question = read_question(request, by="owner")
    if question.filters.by == "loss_reason":
        question = replace(question, filters=replace(question.filters, by="owner"))
    filters = question.filters
    answer = report("deal-size", filters, user)
    months = (
        answer if filters.by == "month" else report("deal-size", replace(filters, by="month"), user)
    )
    rows = sorted_rows(
        request, [row for row in answer["rows"] if row["won"] or filters.by == "month"], SORTS
    )
    changed = [row for row in answer["rows"] if row["change"]]
    changed.sort(key=lambda row: -abs(Decimal(row["change"]["whole"])))
    change = answer["total"]["change"]
    context = {
        "answer": answer,
        "stats": [
            mean_stat(question, answer),
            median_stat(question, answer),
            sum_stat(question, answer),
            trend_stat(answer),
        ],
        "verdict": verdict(question, answer, changed),
        "changed": [change_row(row) for row in changed[:MOST_ROWS]],
        "change_chart": deal_size_charts.change_bars(changed),
        "change_size": charts.size_for(min(len(changed), charts.MOST_BARS), 3, 9),
        "whole": {name: signed(change, change[name]) for name in ("amount", "within", "mix")},
        "rows": [size_row(question, row) for row in rows[:MOST_ROWS]],
        "left_out": max(len(rows) - MOST_ROWS, 0),
        "chart": deal_size_charts.mean_bars(question, rows),
        "chart_size": charts.size_for(len(rows), 3, 9),
        "bars_left_out": max(len(rows) - charts.MOST_BARS, 0),
        "months": [size_row(question, row) for row in months["rows"]],
        "month_chart": deal_size_charts.mean_by_month(months["rows"]),
        "sort": request.GET.get("sort", ""),
        "is_empty": not answer["total"]["won"],
        "has_values": bool(answer["total"]["leads"]),
        "few": any(0 < row["leads"] < FEW for row in rows),
        "breakdowns": words.breakdowns(BY),
        "head": words.head_of(filters.by or "owner"),
    }
    return page(request, "deal-size", question, context)


# ── figures ─────────────────────────────────────────────────────────────────────────────────


def mean_stat(question: Question, answer: words.Figures) -> Stat:
    """The mean, with its change since the period before."""
    total = answer["total"]
    change, tone = change_since(total["change"])
    return Stat(
        _("Mean deal"),
        money(rounded(total["mean"])),
        leads_won(total),
        interval(total["mean"]),
        change,
        tone,
        question.behind("deal-size", "valued") if total["leads"] else "",
        _("The value of the leads won in the period, divided by their number."),
    )


def median_stat(question: Question, answer: words.Figures) -> Stat:
    """The median, and what the largest deals are worth."""
    total = answer["total"]
    note = words.reason(total["median"].get("reason", ""))
    if not note:
        note = _("15%% are above %(amount)s") % {"amount": money(rounded(total["p85"]))}
    return Stat(
        _("Median deal"),
        money(rounded(total["median"])),
        note,
        interval(total["median"]),
        href=question.behind("deal-size", "valued") if total["leads"] else "",
        help=_("Half of the deals are smaller, half are larger. A few large ones do not move it."),
    )


def sum_stat(question: Question, answer: words.Figures) -> Stat:
    """The sum, and the leads without a value apart."""
    total, missing = answer["total"], answer["total"]["without_value"]
    note = leads_won(total)
    if missing:
        note = _("%(leads)s without a value") % {"leads": number(missing)}
    return Stat(
        _("Value won"),
        money_short(as_money(total["won_value"])),
        note,
        href=question.behind("deal-size", "won") if total["won"] else "",
        help=_("The value of the leads won in the period, at the rate of the day they closed."),
    )


def trend_stat(answer: words.Figures) -> Stat:
    """How much a deal grows from month to month."""
    trend = answer["total"]["trend"]
    if trend["amount"] is None:
        note = words.reason(trend["reason"])
    elif Decimal(trend["low"]) > 0:
        note = _("Deals are growing.")
    elif Decimal(trend["high"]) < 0:
        note = _("Deals are shrinking.")
    else:
        note = _("No clear direction.")
    return Stat(
        _("Trend a month"),
        signed(trend, trend["amount"]),
        note,
        " – ".join(signed(trend, trend[end]) for end in ("low", "high") if trend[end]),
        help=_("The slope of the straight line through all deals by the month they were won in."),
    )


def leads_won(total: words.Figures) -> str:
    """“248 leads won”."""
    if not total["won"]:
        return words.reason("no_leads")
    return ngettext("%(leads)s lead won", "%(leads)s leads won", total["won"]) % {
        "leads": number(total["won"])
    }


def rounded(figure: words.Figures) -> Money | None:
    """An amount of at least a hundred without its cents: nobody reads them in a mean."""
    value = as_money(figure)
    if value is None or abs(value.amount) < 100:
        return value
    return Money(round(value.amount), value.currency)


def interval(figure: words.Figures) -> str:
    """“€ 1.250 – € 1.480”; nothing when there is none."""
    if figure.get("low") is None:
        return ""
    ends = (
        rounded({"amount": figure[end], "currency": figure["currency"]}) for end in ("low", "high")
    )
    return " – ".join(money(end) for end in ends)


def signed(figure: words.Figures, amount: str | None) -> str:
    """“+€ 120” or “−€ 80”; a dash for nothing."""
    if amount is None:
        return NOTHING
    value = rounded({"amount": amount, "currency": figure["currency"]})
    assert value is not None
    sign = "" if not value.amount else "+" if value.amount > 0 else "−"
    return f"{sign}{WORD_JOINER}{money(abs(value))}" if sign else money(value)


def change_since(change: words.Figures) -> tuple[str, str]:
    """The change of the mean in per cent, with its tone: quiet while it may be chance."""
    if change["amount"] is None:
        return "", "quiet"
    before = Decimal(change["before"]["mean"]["amount"])
    if not before:
        return "", "quiet"
    share = Decimal(change["amount"]) / before
    text = f"{'+' if share >= 0 else '−'}{percent(abs(share))}"
    if change["low"] is None or Decimal(change["low"]) <= 0 <= Decimal(change["high"]):
        return text, "quiet"
    return text, "good" if share > 0 else "bad"


# ── what changed, in words ──────────────────────────────────────────────────────────────────


def verdict(question: Question, answer: words.Figures, changed: list[words.Figures]) -> list[str]:
    """What changed since the period before, in sentences."""
    change = answer["total"]["change"]
    if change["amount"] is None:
        return [why_no_change(change["reason"])]
    before, now = change["before"]["mean"], answer["total"]["mean"]
    sentences = [
        _("The mean deal went from %(before)s in the period before to %(now)s (%(change)s).")
        % {
            "before": money(rounded(before)),
            "now": money(rounded(now)),
            "change": signed(change, change["amount"]),
        }
    ]
    if change["low"] is None:
        sentences.append(_("There are too few deals to say whether that is more than chance."))
    elif change["verdict"] == "chance":
        sentences.append(
            _("That may well be chance: the true change lies between %(low)s and %(high)s (95%%).")
            % {"low": signed(change, change["low"]), "high": signed(change, change["high"])}
        )
    elif change["verdict"]:
        sentences.append(
            how(change, [row["label"] for row in changed if row["change"]["is_driver"]])
        )
    return sentences


def how(change: words.Figures, drivers: list[str]) -> str:
    """Whether growth is across the board, driven by a few, or by the mix."""
    names = ", ".join(drivers[:MOST_NAMES])
    if len(drivers) > MOST_NAMES:
        names = _("%(names)s and others") % {"names": names}
    grew = Decimal(change["amount"]) > 0
    told = {
        ("across_the_board", True): _("Deals grew across the board."),
        ("across_the_board", False): _("Deals shrank across the board."),
        ("a_few", True): _("The growth is driven by a few: %(names)s."),
        ("a_few", False): _("The fall is driven by a few: %(names)s."),
        ("mix", True): _(
            "Mostly the mix: not larger deals, but other shares. What counted most: %(names)s."
        ),
        ("mix", False): _(
            "Mostly the mix: not smaller deals, but other shares. What counted most: %(names)s."
        ),
        ("uneven", True): _("Some grew and others shrank; most of the growth came from %(names)s."),
        ("uneven", False): _("Some shrank and others grew; most of the fall came from %(names)s."),
    }[change["verdict"], grew]
    return told % {"names": names}


def why_no_change(word: str) -> str:
    """Why nothing can be said about a change."""
    return {
        "no_period_before": _("All time has no period before it to compare with."),
        "none_before": _("No deals with a value were won in the period before."),
        "none_now": _("No deals with a value were won in this period."),
    }[word]


# ── rows ────────────────────────────────────────────────────────────────────────────────────


SORTS = {
    "label": lambda row: row["label"].lower(),
    "won": lambda row: row["won"],
    "mean": lambda row: deal_size_charts.amount(row, "mean"),
    "median": lambda row: deal_size_charts.amount(row, "median"),
    "p85": lambda row: deal_size_charts.amount(row, "p85"),
    "sum": lambda row: deal_size_charts.amount(row, "won_value"),
}


def size_row(question: Question, row: words.Figures) -> words.Figures:
    """A row with what the page adds: links, money, the interval in words."""
    return {
        **row,
        "links": {
            part: question.behind("deal-size", part, key=row["key"])
            for part in ("won", "valued", "unknown")
        },
        "mean_money": rounded(row["mean"]),
        "median_money": rounded(row["median"]),
        "p85_money": rounded(row["p85"]),
        "sum_money": as_money(row["won_value"]),
        "interval": interval(row["mean"]),
        "reason": words.reason(row["mean"].get("reason", "")),
        "is_few": 0 < row["leads"] < FEW,
    }


def change_row(row: words.Figures) -> words.Figures:
    """What a row brought to the change, in words."""
    change, currency = row["change"], row["mean"]["currency"]
    told = {"currency": currency}
    return {
        "label": row["label"],
        "is_driver": change["is_driver"],
        "share": change["share"],
        "share_before": change["share_before"],
        "mean": money(rounded({**told, "amount": change["mean"]})),
        "mean_before": money(rounded({**told, "amount": change["mean_before"]})),
        **{name: signed(told, change[name]) for name in ("within", "mix", "whole")},
    }
