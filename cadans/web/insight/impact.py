"""Process impact: whether the process paid, before and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from cadans.insight.impact import (
    BREAKDOWNS,
    SIDES,
    Comparison,
    closed_in,
    comparison,
    day_of,
    versions_to_compare,
)
from cadans.insight.reports import report
from cadans.process.models import ProcessVersion
from cadans.web.insight import impact_charts, words
from cadans.web.insight.page import MOST_ROWS, as_money, files_of, page, sorted_rows
from cadans.web.insight.question import OWN, PERIOD_BEFORE, Question, asker, read_question
from cadans.web.writing import NOTHING, day, money_short, number, percent

ASKED = ("version", "against", "against_from", "against_through")
"""What this page asks beside the filters of all."""


@login_required
@require_GET
def impact(request: HttpRequest) -> HttpResponse:
    """Win rate, cycle length and deal size on two sides, with their changes."""
    user = asker(request)
    question = read_question(request)
    if question.filters.by not in BREAKDOWNS:
        question = replace(question, filters=replace(question.filters, by=None))
    filters = question.filters
    answer = report("impact", filters, user)
    compared = comparison(filters)
    months = report("win-rate", months_of(compared, question), user)
    named = sides_named(compared, question)
    figures = figures_of(question, answer["total"])
    rows = sorted_rows(request, answer["rows"], SORTS)
    published = None
    if compared.version is not None and compared.basis == "publication":
        published = day_of(compared.version, filters)
    versions = versions_to_compare(filters)
    by = filters.by or ""
    context = {
        "figures": figures,
        "sides": named,
        "basis": basis_in_words(compared, question),
        "summary": summary(figures),
        "change_chart": impact_charts.change_bars(figures),
        "months": months["rows"],
        "month_chart": impact_charts.rate_with_publication(
            months["rows"], published, _("published")
        ),
        "mix": mix_in_words(answer),
        "rows": [impact_row(question, row) for row in rows[:MOST_ROWS]],
        "left_out": max(len(rows) - MOST_ROWS, 0),
        "sort": request.GET.get("sort", ""),
        "is_empty": closed_in(answer["total"]) == 0,
        "one_sided": any(not answer["total"]["win_rate"][side]["denominator"] for side in SIDES),
        "breakdowns": words.breakdowns(BREAKDOWNS),
        "head": words.head_of(by) if by else "",
        "extra": "insight/_impact_bar.html",
        "versions": [(str(one.id), version_named(one, question)) for one in versions],
        "version": str(filters.version or ""),
        "against": request.GET.get("against", ""),
        "against_through": request.GET.get("against_through", ""),
        "against_choices": [
            *((str(one.id), version_named(one, question)) for one in versions[1:]),
            (PERIOD_BEFORE, _("The period before")),
            (OWN, _("Own period…")),
        ],
        "files": {
            **files_of(request, "impact", question),
            **{
                kind: question.address(kind, "impact", by=by, **asked_of(question))
                for kind in ("csv", "xlsx")
            },
        },
    }
    return page(request, "impact", question, context)


def months_of(compared: Comparison, question: Question) -> Any:
    """Both sides and what lies between them, by month."""
    filters = replace(question.filters, by="month", version=None)
    filters = replace(filters, against=None, against_since=None, against_until=None)
    if compared.before is not None and compared.basis == "periods":
        filters = replace(filters, since=min(compared.before.since, filters.since))
    if compared.version is not None:
        filters = replace(filters, pipeline=compared.version.pipeline_id)
    return filters


def asked_of(question: Question) -> dict[str, str]:
    """What was asked beside the filters of all pages, for an address."""
    return {name: value for name in ASKED if (value := question.asked.get(name))}


def behind(question: Question, part: str, key: str = "") -> str:
    """The address of the leads behind a figure."""
    return question.address(
        "leads",
        metric="impact",
        part=part,
        key=key,
        by=question.filters.by or "",
        **asked_of(question),
    )


def version_named(version: ProcessVersion, question: Question) -> str:
    """“Version 3 (12 Mar 2026)”."""
    return _("Version %(number)s (%(day)s)") % {
        "number": version.number,
        "day": day(day_of(version, question.filters)),
    }


def sides_named(compared: Comparison, question: Question) -> dict[str, dict[str, str]]:
    """What each side is: its head and its days."""
    heads = {"before": pgettext("figures", "Before"), "after": pgettext("figures", "After")}
    if compared.basis == "versions" and compared.version and compared.against:
        heads = {
            "before": version_named(compared.against, question),
            "after": version_named(compared.version, question),
        }
    sides = zip(SIDES, (compared.before, compared.after), strict=True)
    return {
        name: {
            "head": heads[name],
            "days": NOTHING if side is None else span(side.since, side.until),
        }
        for name, side in sides
    }


def span(since: date, until: date) -> str:
    """“1 Jan – 1 Mar”, with both days counting."""
    last = until - timedelta(days=1)
    return day(since) if since == last else f"{day(since)} – {day(last)}"


def basis_in_words(compared: Comparison, question: Question) -> str:
    """What is compared with what, as a sentence."""
    if compared.basis == "versions":
        return _("Leads closed under one version of the process beside those under another.")
    if compared.basis == "periods":
        return _("Leads closed in this period beside those closed in another.")
    if compared.version is None:
        return ""
    return _("Leads closed before version %(number)s was published, on %(day)s, and since.") % {
        "number": compared.version.number,
        "day": day(day_of(compared.version, question.filters)),
    }


def figures_of(question: Question, total: words.Figures) -> list[words.Figures]:
    """The three figures, each with both sides and its change in words."""
    return [
        {
            "name": _("Win rate"),
            "help": _("Won as a share of won and lost."),
            "better": _("higher is better"),
            **told(question, total["win_rate"], rate_side, "closed"),
        },
        {
            "name": _("Cycle length"),
            "help": _("Mean days from opening to won."),
            "better": _("shorter is better"),
            **told(question, total["cycle"], days_side, "won"),
        },
        {
            "name": _("Deal size"),
            "help": _("Mean value of the leads won that have one."),
            "better": _("higher is better"),
            **told(question, total["deal_size"], money_side, "valued"),
        },
    ]


def told(question: Question, figure: words.Figures, side_of: Any, part: str) -> words.Figures:
    """A figure for the page."""
    sides = [side_of(figure[side]) for side in SIDES]
    for name, side in zip(SIDES, sides, strict=True):
        if side["leads"]:
            side["href"] = behind(question, f"{name}_{part}")
    change = figure["change"]
    return {"sides": sides, "change": change, **change_in_words(change)}


def rate_side(rate: words.Figures) -> words.Figures:
    """One side of the win rate."""
    return {
        "value": percent(rate["value"]),
        "note": words.of_leads(rate),
        "interval": words.interval(rate),
        "leads": rate["denominator"],
    }


def days_side(length: words.Figures) -> words.Figures:
    """One side of the cycle length."""
    low, high = length["low"], length["high"]
    return {
        "value": words.days(length["mean"]),
        "note": leads_in_words(length),
        "interval": "" if low is None else f"{number(low, 1)} – {number(high, 1)}",
        "leads": length["leads"],
    }


def money_side(size: words.Figures) -> words.Figures:
    """One side of the deal size."""
    currency = size["currency"]
    low, high = (
        None if size[name] is None else as_money({"amount": size[name], "currency": currency})
        for name in ("low", "high")
    )
    amount = as_money(size)
    return {
        "value": NOTHING if amount is None else money_short(amount),
        "note": leads_in_words(size),
        "interval": "" if low is None else f"{money_short(low)} – {money_short(high)}",
        "leads": size["leads"],
    }


def leads_in_words(figure: words.Figures) -> str:
    """“248 leads won”, or why there is nothing to say."""
    if not figure["leads"]:
        return words.reason("no_leads")
    return _("%(leads)s leads won") % {"leads": number(figure["leads"])}


TONES = {"better": "good", "worse": "bad", "chance": "quiet", "unknown": "quiet"}


def change_in_words(change: words.Figures) -> words.Figures:
    """A change in per cent: its figure, its interval, what it says, and the benchmark."""
    said = {
        "better": _("better, by more than chance explains"),
        "worse": _("worse, by more than chance explains"),
        "chance": _("may be chance: no change is possible too"),
        "unknown": words.reason(change.get("reason", "")),
    }[change["verdict"]]
    return {
        "changed": signed(change["value"]),
        "sure": ""
        if change["low"] is None
        else f"{signed(change['low'])} – {signed(change['high'])}",
        "said": said,
        "tone": TONES[change["verdict"]],
        "benchmark": signed(change["benchmark"], 0),
    }


def signed(value: float | None, places: int = 1) -> str:
    """“+12.3%”, with a true minus; a dash for nothing."""
    if value is None:
        return NOTHING
    return f"{'−' if value < 0 else '+'}{percent(abs(value), places)}"


def summary(figures: list[words.Figures]) -> str:
    """What can be said of all three, in a sentence."""
    verdicts = [figure["change"]["verdict"] for figure in figures]
    better, worse = verdicts.count("better"), verdicts.count("worse")
    if better and not worse:
        return _("Something got better, by more than chance explains. What else changed meanwhile?")
    if worse and not better:
        return _("Something got worse, by more than chance explains. What else changed meanwhile?")
    if better and worse:
        return _("Some figures got better and some worse, by more than chance explains.")
    if "chance" in verdicts:
        return _("All changes may be chance: there is no telling yet whether the process paid.")
    return _("There are too few closed leads to say whether the process paid.")


def mix_in_words(answer: words.Figures) -> words.Figures | None:
    """The warning about a shift in sources; None when there was none."""
    mix = answer["mix"]
    if not mix["shifted"]:
        return None
    largest = mix["segments"][0]
    return {
        "text": _(
            "The leads came from other sources than before: %(source)s went from %(before)s to"
            " %(after)s of the closed leads. Part of the change may come from that."
        )
        % {
            "source": largest["label"],
            "before": percent(largest["before"], 0),
            "after": percent(largest["after"], 0),
        },
        "like": ""
        if mix["like_for_like"] is None
        else _("With the sources of before, the win rate after would be %(rate)s.")
        % {"rate": percent(mix["like_for_like"])},
    }


SORTS: dict[str, Any] = {
    "label": lambda row: row["label"].lower(),
    "win_rate": lambda row: row["win_rate"]["change"]["value"],
    "cycle": lambda row: row["cycle"]["change"]["value"],
    "deal_size": lambda row: row["deal_size"]["change"]["value"],
}


def impact_row(question: Question, row: words.Figures) -> words.Figures:
    """A row for the page: each figure's two sides and its change."""
    sides = {"win_rate": rate_side, "cycle": days_side, "deal_size": money_side}
    closed = [row["win_rate"][side]["denominator"] for side in SIDES]
    return {
        "label": row["label"],
        "href": behind(question, "after_closed" if closed[1] else "before_closed", row["key"]),
        "closed": " → ".join(number(leads) for leads in closed),
        "figures": [
            {
                "sides": " → ".join(side_of(row[name][side])["value"] for side in SIDES),
                **change_in_words(row[name]["change"]),
            }
            for name, side_of in sides.items()
        ],
    }
