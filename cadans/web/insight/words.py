"""What Insight says in words: reasons, breakdowns, comparisons, the names of lists."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadans.insight.intervals import FEW
from cadans.web.insight.question import Question
from cadans.web.writing import NOTHING, day, number, percent

Figures = dict[str, Any]

NARROW = 0.04
"""Below this width whole per cents would hide the interval."""


NO_BREAK = "\u00a0"


def reason(word: str) -> str:
    """Why a figure is missing, as a sentence."""
    return {
        "no_leads": _("No leads to count in this period."),
        "mail_not_tracked": _("Opens and clicks are not tracked, so they say nothing here."),
        "no_touches": _("No lead was touched in its first days, so there is nothing to compare."),
        "few_reps": _("It takes eight reps with at least 20 closed leads each to say anything."),
        "no_values": _("None of these leads has a value."),
        "lost_without_value": _("None of the lost leads has a value, so a rate says nothing."),
        "won_without_value": _("None of the won leads has a value, so a rate says nothing."),
        "only_lost": _("Only lost leads have a reason."),
        "last_stage": _("The last stage: there is no next one."),
        "too_young": _("Too many of these leads are still under way to foresee how they end."),
        "few_leads": _("Too few leads were decided to say."),
        "no_won_value": _("No won deal of this period has a value."),
        "none_before": _("There was nothing before, so no change in per cent."),
        "too_few": _("Too few leads to say anything."),
        "no_usual_cycle": _("Too few leads were won to know the usual cycle."),
    }.get(word, "")


def breakdowns(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Breakdowns to choose from: (value in the address, name)."""
    named = {
        "owner": _("By owner"),
        "team": _("By team"),
        "territory": _("By territory"),
        "product": _("By product"),
        "product_line": _("By product line"),
        "source": _("By source"),
        "stage": _("By stage"),
        "loss_reason": _("By loss reason"),
        "month": _("By month"),
        "quarter": _("By quarter"),
        "pipeline": _("By pipeline"),
    }
    return [(name, named[name]) for name in names]


def head_of(by: str) -> str:
    """The head of a breakdown's first column."""
    return {
        "owner": _("Owner"),
        "team": _("Team"),
        "territory": _("Territory"),
        "product": _("Product"),
        "product_line": _("Product line"),
        "source": _("Source"),
        "stage": _("Stage"),
        "loss_reason": _("Loss reason"),
        "month": _("Month"),
        "quarter": _("Quarter"),
        "pipeline": _("Pipeline"),
    }[by]


def of_leads(rate: Figures) -> str:
    """“248 of 391”, or why there is nothing to say."""
    if rate["value"] is None:
        return reason(rate["reason"])
    return _("%(part)s of %(whole)s") % {
        "part": number(rate["numerator"]),
        "whole": number(rate["denominator"]),
    }


def interval(rate: Figures) -> str:
    """“59% – 68%”, with a decimal when it is narrow; nothing when there is none."""
    if rate["low"] is None:
        return ""
    places = 1 if rate["high"] - rate["low"] < NARROW else 0
    return f"{percent(rate['low'], places)} – {percent(rate['high'], places)}"


def is_few(rate: Figures) -> bool:
    """Whether a rate rests on few leads."""
    return rate["value"] is not None and rate["denominator"] < FEW


def change(now: Figures, before: Figures | None) -> tuple[str, str]:
    """The change of a rate in points, with its tone: quiet while it may well be chance."""
    if before is None or now["value"] is None or before["value"] is None:
        return "", "quiet"
    points = (now["value"] - before["value"]) * 100
    figure = f"{'+' if points >= 0 else '−'}{number(abs(points), 1)}"
    text = (_("%(points)s pts") % {"points": figure}).replace(" ", NO_BREAK)
    if now["low"] > before["high"]:
        return text, "good"
    if now["high"] < before["low"]:
        return text, "bad"
    return text, "quiet"


def period(question: Question) -> str:
    """“1 Dec 2025 – 24 Nov”, with both days counting."""
    if question.is_ever:
        return _("All time")
    first, last = question.filters.since, question.last_day
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def days(value: float | None) -> str:
    """“3.2 days”, with more places for less than a day; a dash for nothing."""
    if value is None:
        return NOTHING
    places = 1 if value >= 0.05 or value == 0 else 3
    return ngettext("%(days)s day", "%(days)s days", 2 if value != 1 else 1) % {
        "days": number(value, places)
    }


def list_named(metric: str, part: str) -> str:
    """What a list behind a figure holds."""
    return {
        ("adoption", "worked"): _("Leads worked"),
        ("adoption", "in_process"): _("Leads in process"),
        ("adoption", "breached"): _("Leads with a breach"),
        ("adoption", "override"): _("Leads moved on with goals unmet"),
        ("adoption", "jump"): _("Leads for which a stage was passed over"),
        ("adoption", "late_task"): _("Leads with a required task late"),
        ("adoption", "stalled"): _("Leads left lying"),
        ("adoption", "silent_close"): _("Leads closed without account"),
        ("adoption", "stuck"): _("Leads stuck now"),
        ("impact", "before_closed"): _("Leads won or lost before"),
        ("impact", "before_won"): _("Leads won before"),
        ("impact", "before_valued"): _("Leads won before, with a value"),
        ("impact", "after_closed"): _("Leads won or lost after"),
        ("impact", "after_won"): _("Leads won after"),
        ("impact", "after_valued"): _("Leads won after, with a value"),
        ("cycle", "closed"): _("Leads won or lost"),
        ("cycle", "won"): _("Leads won"),
        ("cycle", "lost"): _("Leads lost"),
        ("cycle", "asked"): _("Leads in which the decision was asked for"),
        ("committee", "closed"): _("Leads won or lost"),
        ("committee", "won"): _("Leads won"),
        ("committee", "lost"): _("Leads lost"),
        ("committee", "known"): _("Leads with somebody in this role"),
        ("committee", "touched"): _("Leads with this role touched"),
        ("committee", "informed"): _("Leads with this role informed"),
        ("quick-no", "closed"): _("Leads won or lost"),
        ("quick-no", "quick"): _("Leads lost at once"),
        ("quick-no", "won"): _("Leads won"),
        ("deal-size", "won"): _("Leads won"),
        ("deal-size", "valued"): _("Leads won with a value"),
        ("deal-size", "unknown"): _("Leads won without a value"),
        ("win-rate", "closed"): _("Leads won or lost"),
        ("win-rate", "won"): _("Leads won"),
        ("win-rate", "lost"): _("Leads lost"),
        ("win-rate", "worthless"): _("Closed leads without a value"),
        ("win-rate", "opened"): _("Leads opened"),
        ("win-rate", "opened_decided"): _("Leads opened that are decided"),
        ("win-rate", "opened_won"): _("Leads opened that were won"),
        ("win-rate", "opened_lost"): _("Leads opened that were lost"),
        ("win-rate", "opened_open"): _("Leads opened that are still open"),
        ("win-rate-why", "lost_early"): _("Leads lost in the first third of the stages"),
        ("win-rate-why", "not_lost_early"): _("Leads won, or lost past the first third"),
        ("win-rate-why", "nurtured"): _("Leads nurtured at first"),
        ("win-rate-why", "not_nurtured"): _("Leads not nurtured at first"),
        ("funnel", "entered"): _("Leads that entered the stage"),
        ("funnel", "reached_next"): _("Leads that went on to a next stage"),
        ("funnel", "resolved"): _("Leads that went on or were lost"),
        ("funnel", "lost"): _("Leads lost before a next stage"),
        ("funnel", "stalled"): _("Leads that stall"),
        ("funnel", "active"): _("Leads under way"),
        ("funnel", "won"): _("Leads that were won in the end"),
        ("funnel", "decided"): _("Leads that were won or lost in the end"),
        ("funnel", "present"): _("Leads in the stage now"),
        ("funnel", "idle"): _("Leads idle in the stage now"),
        ("conversion", "resolved"): _("Leads decided at the stage"),
        ("conversion", "reached_next"): _("Leads that went on"),
        ("conversion", "lost"): _("Leads lost at the stage"),
        ("forecast", "open"): _("Open leads in the forecast"),
        ("forecast", "expected"): _("Open leads expected in the period"),
        ("forecast", "won"): _("Leads won in the period"),
        ("forecast", "won_expected"): _("Leads won as expected"),
        ("forecast", "pulled_in"): _("Leads pulled in"),
        ("forecast", "won_unplanned"): _("Leads won unplanned"),
        ("forecast", "value_changed"): _("Won leads whose value changed"),
        ("forecast", "slipped"): _("Leads that slipped out"),
        ("forecast", "lost"): _("Leads lost that were counted on"),
        ("forecast", "gone"): _("Leads that were counted on and are gone"),
        ("quotas", "won"): _("Leads won in the period"),
    }.get((metric, part.rpartition(".")[2]), _("Leads"))
