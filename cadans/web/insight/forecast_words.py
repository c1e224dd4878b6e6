"""What the pages of the forecast and of quotas say in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from moneyed import Money

from cadans.insight.forecast.accuracy import MARKS
from cadans.web.insight.charts import month_short
from cadans.web.insight.words import Figures
from cadans.web.writing import money_short

ON_PACE, BEHIND = 0.95, 0.8
"""From which pace on somebody is on schedule, and below which far behind."""


def reason(word: str) -> str:
    """Why a figure is missing, as a sentence."""
    return {
        "too_little_history": _("Too little history for the model to speak."),
        "model_not_learned_yet": _("The model has not been learned yet. Look again tomorrow."),
        "no_closed_leads": _("No lead was closed in the twelve months before, so no win rate."),
        "no_values": _("None of these leads has a value."),
        "no_leads": _("No open leads."),
        "no_snapshot": _("No forecast was kept on that day."),
        "not_kept": _(
            "Forecasts are kept of all leads, and of each owner, team and pipeline. Choose one of"
            " those to see how right they were."
        ),
        "nothing_won": _("Nothing was won in this period, so there is nothing to compare with."),
        "no_quota": _("No quota is set for this period."),
        "not_begun": _("No working day of the period is over yet."),
        "period_over": _("The period is over."),
        "of_many": _("For several together: look at the forecast."),
        "no_interval": _("The forecast has no interval here."),
        "no_periods": _("No period to judge by yet."),
        "no_intervals": _("No intervals to judge by yet."),
    }.get(word, "")


def about(method: str) -> str:
    """A method in a sentence."""
    return {
        "model": _("each lead’s value × its chance to be won in time, and the leads still to come"),
        "stage": _("each open lead’s value × the win rate from its stage"),
        "basic": _("open value expected in the period × the win rate of the past year"),
    }[method]


def best(total: Figures) -> str:
    """The method that a single figure shows: the model where it speaks."""
    for method in ("model", "stage", "basic"):
        if total[method]["amount"] is not None:
            return method
    return "model"


def off_by(total: Figures) -> float | None:
    """How far the forecast was off, as a share of what was won."""
    said, actual = total[best(total)]["amount"], total["actual"]["amount"]
    if said is None or actual is None or not Decimal(actual):
        return None
    return float((Decimal(actual) - Decimal(said)) / Decimal(said)) if Decimal(said) else None


def between(figure: Figures) -> str:
    """“€ 41K – € 63K”; nothing when there is no interval."""
    if figure.get("low") is None or figure.get("high") is None:
        return ""
    ends = (Money(figure[end], figure["currency"]) for end in ("low", "high"))
    return " – ".join(money_short(end) for end in ends)


def rounded(amount: Money | None) -> Money | None:
    """Without its cents: nobody reads them in an estimate."""
    return None if amount is None else Money(round(amount.amount), amount.currency)


def quota_help() -> str:
    """What the figures of a quota mean."""
    return _(
        "Won as a share of the quota. The pace compares it with the working days that are over:"
        " 100% is on schedule. Covered: open value expected in the period ÷ what is still to be"
        " won."
    )


def marks_named() -> dict[str, str]:
    """The days on which a forecast is judged."""
    texts = (
        _("At its start"),
        _("30 days before its end"),
        _("60 days before"),
        _("90 days before"),
    )
    return dict(zip(MARKS, texts, strict=True))


def period_short(row: Figures, unit: str) -> str:
    """“nov. 26”, or “K4 2026”."""
    return month_short(date.fromisoformat(row["from"])) if unit == "month" else str(row["label"])


def was_kept(row: Figures) -> bool:
    """Whether any method's forecast of a past period's start was kept."""
    return any(marks["start"]["forecast"] is not None for marks in row["methods"].values())


def steps_named(*, is_over: bool) -> dict[str, str]:
    """The steps of a waterfall."""
    return {
        "forecast": _("Forecast"),
        "won_expected": _("Won as expected"),
        "pulled_in": _("Pulled in"),
        "won_unplanned": _("Won unplanned"),
        "value_changed": _("Value changed"),
        "slipped": _("Slipped out") if is_over else _("Still open"),
        "lost": _("Lost"),
        "gone": _("Gone"),
        "unattributed": _("Expected of new leads"),
        "actual": _("Won"),
    }


def steps_explained() -> dict[str, str]:
    """What each step of a waterfall holds."""
    return {
        "won_expected": _(
            "Won in the period, as was expected. The forecast counted only a part of their value,"
            " for the chance of losing them; this is the rest."
        ),
        "pulled_in": _("Won in the period, although they were expected to close after it."),
        "won_unplanned": _("Won, but not open yet (or not theirs) when the period began."),
        "value_changed": _("What the won leads brought more or less than they were worth then."),
        "slipped": _("Not closed in the period: what the forecast had counted of them."),
        "lost": _("Lost in the period: what the forecast had counted of them."),
        "gone": _(
            "Deleted, merged, cancelled, or closed by somebody else: what the forecast had counted"
            " of them."
        ),
        "unattributed": _(
            "What the forecast had counted beside the leads that were open: of leads still to come."
        ),
    }


def pace_tone(pace: float | None) -> str:
    """Good, bad or quiet, for a pace."""
    if pace is None:
        return "quiet"
    return "good" if pace >= ON_PACE else "warn" if pace >= BEHIND else "bad"


def chance_in_words(chance: Any) -> str:
    """Why there is no chance to show."""
    return reason(chance.get("reason", ""))
