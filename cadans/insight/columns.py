"""How the columns of a report are called in a reader's language, part by part.

A column's name is its place in the answer (`win_rate.low`), so its words are those of its parts:
“Win rate, from”. A part without words here is written as it stands.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def column_named(name: str) -> str:
    """`cohort.win_rate.low` as “Opened in the period, win rate, from”."""
    words = parts_named()
    told = [words.get(part, part.replace("_", " ")) for part in name.split(".")]
    return ", ".join([told[0], *(word[:1].lower() + word[1:] for word in told[1:])])


def metric_named(metric: str) -> str:
    """A report's name in the reader's language."""
    return {
        "adoption": _("Adoption"),
        "win-rate": _("Win rate"),
        "win-rate-why": _("Why the win rate is what it is"),
        "funnel": _("Funnel"),
        "cycle": _("Cycle length"),
        "deal-size": _("Deal size"),
        "forecast": _("Forecast"),
        "quotas": _("Quotas"),
        "impact": _("Process impact"),
    }.get(metric, metric.replace("-", " ").capitalize())


def parts_named() -> dict[str, str]:
    """Of each part of a column's name, what it is called."""
    return {
        **_rates_named(),
        **_leads_named(),
        **_amounts_named(),
        **_lengths_named(),
        **_reasons_named(),
    }


def _rates_named() -> dict[str, str]:
    return {
        "label": pgettext("column", "Row"),
        "adoption": pgettext("column", "Adoption"),
        "target": pgettext("column", "Target"),
        "win_rate": pgettext("column", "Win rate"),
        "win_rate_by_value": pgettext("column", "Win rate by value"),
        "share_of_lost": pgettext("column", "Share of losses"),
        "conversion": pgettext("column", "Went on"),
        "conversion_resolved": pgettext("column", "Went on, of the decided"),
        "conversion_expected": pgettext("column", "Expected to go on"),
        "numerator": pgettext("column", "Part"),
        "denominator": pgettext("column", "Whole"),
        "low": pgettext("column", "From"),
        "high": pgettext("column", "To"),
        "undecided": pgettext("column", "Undecided"),
        "asked": pgettext("column", "Asked for the decision"),
        "attainment": pgettext("column", "Attained"),
        "pace": pgettext("column", "Pace"),
        "chance": pgettext("column", "Chance"),
        "coverage": pgettext("column", "Coverage"),
        "shrunk": pgettext("column", "Win rate drawn in"),
        "differ": pgettext("column", "Likely to differ"),
        "effect": pgettext("column", "Effect"),
        "difference": pgettext("column", "Difference"),
        "share": pgettext("column", "Share"),
        "share_before": pgettext("column", "Share before"),
        "before": pgettext("column", "Before"),
        "after": pgettext("column", "After"),
        "change": pgettext("column", "Change"),
        "benchmark": pgettext("column", "Said to be usual"),
        "mape": pgettext("column", "Mean error in per cent"),
        "bias": pgettext("column", "Bias"),
        "accuracy": pgettext("column", "Accuracy"),
    }


def _leads_named() -> dict[str, str]:
    return {
        "won": pgettext("column", "Won"),
        "lost": pgettext("column", "Lost"),
        "open": pgettext("column", "Open"),
        "opened": pgettext("column", "Opened"),
        "closed": pgettext("column", "Closed"),
        "cohort": pgettext("column", "Opened in the period"),
        "leads": pgettext("column", "Leads"),
        "count": pgettext("column", "Number"),
        "worked": pgettext("column", "Leads worked"),
        "in_process": pgettext("column", "In process"),
        "breached": pgettext("column", "With a breach"),
        "breaches": pgettext("column", "Breaches"),
        "override": pgettext("column", "Moved on with goals unmet"),
        "jump": pgettext("column", "Stage passed over"),
        "late_task": pgettext("column", "Required task late"),
        "stalled": pgettext("column", "Stalled"),
        "silent_close": pgettext("column", "Silent close"),
        "entered": pgettext("column", "Entered"),
        "reached_next": pgettext("column", "Reached the next stage"),
        "active": pgettext("column", "Under way"),
        "stuck": pgettext("column", "Stuck"),
        "idle": pgettext("column", "Idle"),
        "snapshot": pgettext("column", "Now"),
        "without_value": pgettext("column", "Without a value"),
        "without_rate": pgettext("column", "In a currency without a rate"),
        "early_losses": pgettext("column", "Lost in the first third"),
        "without_early": pgettext("column", "Win rate without those lost early"),
        "sources": pgettext("column", "Sources"),
        "reps": pgettext("column", "Reps"),
        "nurturing": pgettext("column", "Nurturing"),
        "touches": pgettext("column", "Touches"),
        "nurtured": pgettext("column", "Nurtured"),
        "others": pgettext("column", "Others"),
        "least_touches": pgettext("column", "Least touches"),
        "clicked": pgettext("column", "Clicked"),
        "periods": pgettext("column", "Periods"),
        "of": pgettext("column", "Of"),
    }


def _amounts_named() -> dict[str, str]:
    return {
        "value": pgettext("column", "Value"),
        "currency": pgettext("column", "Currency"),
        "won_value": pgettext("column", "Value won"),
        "lost_value": pgettext("column", "Value lost"),
        "weighted_value": pgettext("column", "Weighted value"),
        "deal_size": pgettext("column", "Deal size"),
        "whole": pgettext("column", "Whole change"),
        "within": pgettext("column", "Within"),
        "mix": pgettext("column", "Mix"),
        "mean_before": pgettext("column", "Mean before"),
        "trend": pgettext("column", "Trend a month"),
        "months": pgettext("column", "Months"),
        "basic": pgettext("column", "Forecast, basic"),
        "model": pgettext("column", "Forecast, model"),
        "already_won": pgettext("column", "Already won"),
        "actual": pgettext("column", "Actual"),
        "open_expected": pgettext("column", "Open and expected"),
        "quota": pgettext("column", "Quota"),
        "still_to_win": pgettext("column", "Still to win"),
    }


def _lengths_named() -> dict[str, str]:
    return {
        "days": pgettext("column", "Days"),
        "mean": pgettext("column", "Mean"),
        "median": pgettext("column", "Median"),
        "p85": pgettext("column", "85% within"),
        "waiting": pgettext("column", "Still waiting"),
        "stays": pgettext("column", "Stays"),
        "cycle": pgettext("column", "Cycle length"),
        "before_ask": pgettext("column", "Before the ask"),
        "ask_to_decision": pgettext("column", "Ask to decision"),
        "bump": pgettext("column", "After the ask less before"),
        "where": pgettext("column", "Where"),
        "idle_days": pgettext("column", "Idle limit in days"),
        "passed": pgettext("column", "Passed"),
        "working_days": pgettext("column", "Working days"),
        "from": pgettext("column", "From"),
        "to": pgettext("column", "Up to"),
    }


def _reasons_named() -> dict[str, str]:
    return {
        "reason": pgettext("column", "Why not"),
        "verdict": pgettext("column", "Verdict"),
        "side": pgettext("column", "Stands"),
        "stage": pgettext("column", "Stage"),
        "stage_label": pgettext("column", "Stage"),
        "pipeline": pgettext("column", "Pipeline"),
        "ends_in": pgettext("column", "Ends in"),
        "is_key": pgettext("column", "Key conversion"),
        "is_proposed": pgettext("column", "Proposed as key"),
        "is_driver": pgettext("column", "Drives the change"),
    }
