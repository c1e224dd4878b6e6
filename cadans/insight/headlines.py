"""The main figures of each report in words: for mails, and wherever a report is told briefly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import numbers
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cadans.insight.columns import column_named

NOTHING = "–"
LOCALES = {"nl": "nl_NL", "en": "en_GB"}

HEADLINES: dict[str, tuple[str, ...]] = {
    "adoption": ("adoption", "worked", "breached"),
    "win-rate": ("win_rate", "win_rate_by_value", "won_value", "won", "lost"),
    "win-rate-why": ("leads.early_losses", "leads.without_early"),
    "funnel": ("win_rate", "entered"),
    "cycle": ("won.median", "lost.median", "asked"),
    "deal-size": ("mean", "median", "won_value", "won"),
    "forecast": ("model", "stage", "basic", "already_won", "quota"),
    "quotas": ("won", "quota", "attainment", "still_to_win"),
    "impact": ("win_rate.after", "cycle.after.median", "deal_size.after"),
    "quick-no": (),
    "committee": (),
}
"""The main figures of each report: their places in its total, the first one foremost."""


@dataclass(frozen=True)
class Headline:
    """A figure as a mail shows it: its name, how it stands, what it rests on, how it changed."""

    name: str
    value: str
    rests_on: str = ""
    change: str = ""
    is_sure: bool = False


def headlines(
    metric: str, answer: Mapping[str, Any], before: Mapping[str, Any] | None
) -> list[Headline]:
    """The main figures of an answer, each beside that of the period before."""
    told = []
    for place in HEADLINES.get(metric, ()):
        now = at(answer["total"], place)
        then = None if before is None else at(before["total"], place)
        if now is not None:
            told.append(_headline(place, now, then))
    return told


def at(figures: Any, place: str) -> Any:
    """What stands at a place in an answer; None when there is no such place."""
    for name in place.split("."):
        figures = figures.get(name) if isinstance(figures, Mapping) else None
    return figures


def _headline(place: str, now: Any, then: Any) -> Headline:
    name = column_named(place)
    if isinstance(now, Mapping) and "denominator" in now:
        return _of_rate(name, now, then)
    if isinstance(now, Mapping):
        amount, past = now.get("amount"), then.get("amount") if isinstance(then, Mapping) else None
        value = NOTHING if amount is None else money(amount, now.get("currency", ""))
        return Headline(name, value, change=_by_part(amount, past))
    if place.endswith("median"):
        return Headline(name, days(now), change=_by_part(now, then))
    if place == "attainment":
        return Headline(name, percent(now))
    return Headline(name, number(now), change=_by_part(now, then))


def _of_rate(name: str, now: Mapping[str, Any], then: Mapping[str, Any] | None) -> Headline:
    if now["value"] is None:
        return Headline(name, NOTHING)
    rests_on = ""
    if isinstance(now["numerator"], int):
        parts = {"part": number(now["numerator"]), "whole": number(now["denominator"])}
        rests_on = _("%(part)s of %(whole)s") % parts
    if not then or then["value"] is None:
        return Headline(name, percent(now["value"]), rests_on)
    points = (now["value"] - then["value"]) * 100
    change = _("%(points)s pts") % {"points": signed(points)}
    sure = now["low"] > then["high"] or now["high"] < then["low"]
    return Headline(name, percent(now["value"]), rests_on, change, sure)


def _by_part(now: Any, then: Any) -> str:
    """The change of an amount or a number in per cent; nothing where there was nothing."""
    if now is None or not then or not Decimal(str(then)):
        return ""
    return f"{signed(float(Decimal(str(now)) / Decimal(str(then)) - 1) * 100)}%"


def locale() -> str:
    """The Babel locale of the language at hand."""
    return LOCALES.get((get_language() or "en")[:2], "en_GB")


def number(value: Any, places: int = 0) -> str:
    """A number with the language's own marks."""
    if value is None:
        return NOTHING
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return str(numbers.format_decimal(value, format=pattern, locale=locale()))


def signed(value: float) -> str:
    """`+1.2`, `−0.4`."""
    return f"{'+' if value >= 0 else '−'}{number(abs(value), 1)}"


def percent(value: float | None) -> str:
    """`22.7%`."""
    if value is None:
        return NOTHING
    return str(numbers.format_percent(value, format="#,##0.#%", locale=locale()))


def money(amount: Any, currency: str) -> str:
    """`€ 1.250`, to whole units."""
    if not currency:
        return number(amount)
    whole = Decimal(str(amount)).quantize(Decimal(1))
    pattern = numbers.parse_pattern("¤ #,##0" if locale() == "nl_NL" else "¤#,##0").pattern
    return str(
        numbers.format_currency(
            whole, currency, format=pattern, locale=locale(), currency_digits=False
        )
    )


def days(value: float | None) -> str:
    """`12.5 days`."""
    if value is None:
        return NOTHING
    return ngettext("%(days)s day", "%(days)s days", 1 if value == 1 else 2) % {
        "days": number(value, 1)
    }
