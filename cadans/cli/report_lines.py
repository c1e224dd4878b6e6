"""How each metric looks as a table in a terminal: its heads, its lines, its total."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

DASH = "–"

Lines = tuple[list[str], list[list[str]], list[str]]


def win_rate_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of a win rate."""
    heads = [answer["filters"].get("by", ""), "Won", "Lost", "Win rate", "95 %", "By value"]
    heads += ["Won value", "Opened", "Still open", "Cohort"]
    lines = [win_rate_line(row["label"], row) for row in answer["rows"]]
    return heads, lines, win_rate_line("Total", answer["total"])


def win_rate_line(label: str, row: dict[str, Any]) -> list[str]:
    """One row of a win rate as text."""
    cohort, value = row["cohort"], row["won_value"]
    return [
        *(label, str(row["won"]), str(row["lost"]), percent(row["win_rate"])),
        *(interval(row["win_rate"]), percent(row["win_rate_by_value"])),
        f"{value['currency']} {value['amount']}" if value["amount"] else "–",
        *(str(cohort["opened"]), str(cohort["open"]), percent(cohort["win_rate"])),
    ]


def why_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of who stands apart in a win rate."""
    heads = [answer["filters"].get("by", ""), "Won", "Of", "Win rate", "Drawn in", "95 %", ""]
    lines = [
        [
            *(row["label"], str(row["win_rate"]["numerator"]), str(row["win_rate"]["denominator"])),
            *(percent(row["win_rate"]), percent(row["shrunk"]), interval(row["shrunk"])),
            row["shrunk"]["side"],
        ]
        for row in answer["rows"]
    ]
    leads, nurturing = answer["total"]["leads"], answer["total"]["nurturing"]
    early = ["Lost in the first third", *[""] * 2, percent(leads["early_losses"]), "", "", ""]
    touched = ["Nurtured against others", *[""] * 2, points(nurturing["difference"]), "", "", ""]
    return heads, [*lines, early, touched], []


def points(difference: dict[str, Any]) -> str:
    """`+4.20 pts`, or a dash."""
    value = difference["value"]
    return DASH if value is None else f"{value * 100:+.2f} pts"


def funnel_lines(answer: dict[str, Any]) -> Lines:
    """Heads and lines of a funnel; broken down, a line for each row's each stage."""
    heads = ["Stage", "Entered", "Next", "Conversion", "95 %", "Resolved", "Expected"]
    heads += ["Lost", "Stalled"]
    heads += ["Active", "Median days", "85 %", "Open now"]
    lines = []
    for row in answer["rows"]:
        for stage in row.get("stages", [row]):
            label = f"{row['label']}: {stage['label']}" if "stages" in row else row["label"]
            lines.append(funnel_line(label, stage))
    return heads, lines, []


def funnel_line(label: str, row: dict[str, Any]) -> list[str]:
    """One stage of a funnel as text."""
    present = row.get("snapshot")
    return [
        *(label, str(row["entered"])),
        DASH if row["ends_in"] else str(row["reached_next"]),
        *(percent(row["conversion"]), interval(row["conversion"])),
        percent(row["conversion_resolved"]),
        percent(row["conversion_expected"]),
        *(str(row[name]) for name in ("lost", "stalled", "active")),
        *(days(row["days"]["median"]), days(row["days"]["p85"])),
        DASH if present is None else str(present["leads"]),
    ]


def adoption_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of adoption; of each kind of breach how many there were."""
    heads = [answer["filters"].get("by", ""), "Worked", "In process", "Adoption", "95 %"]
    heads += ["Override", "Jump", "Late task", "Stalled", "Silent close"]
    lines = [adoption_line(row["label"], row) for row in answer["rows"]]
    return heads, lines, adoption_line("Total", answer["total"])


def adoption_line(label: str, row: dict[str, Any]) -> list[str]:
    """One row of adoption as text."""
    return [
        *(label, str(row["worked"]), str(row["in_process"])),
        *(percent(row["adoption"]), interval(row["adoption"])),
        *(str(kind["count"]) for kind in row["breaches"].values()),
    ]


ASKED = ("before_ask", "ask_to_decision")


def cycle_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of a cycle length; the days in each stage follow the rows."""
    heads = [answer["filters"].get("by", ""), "Won", "Median days", "95 %", "Mean", "85 %"]
    heads += ["Lost", "Median days", "Before ask", "Ask to decision"]
    lines = [cycle_line(row["label"], row) for row in answer["rows"]]
    lines += [cycle_line(f"In {row['label']}", row) for row in answer["total"]["stages"]]
    return heads, lines, cycle_line("Total", answer["total"])


def cycle_line(label: str, row: dict[str, Any]) -> list[str]:
    """One row of a cycle length as text."""
    won, lost = row["won"], row["lost"]
    sure = DASH if won["low"] is None else f"{won['low']:.2f}–{won['high']:.2f}"
    return [
        *(label, str(won["leads"]), days(won["median"]), sure, days(won["mean"])),
        *(days(won["p85"]), str(lost["leads"]), days(lost["median"])),
        *(days(row[name]["median"]) if name in row else DASH for name in ASKED),
    ]


def quick_no_lines(answer: dict[str, Any]) -> Lines:
    """Heads and lines of the traits of leads that are lost at once."""
    heads = ["Trait", "Closed", "Won", "Lost at once", "Others", "Times", "95 %", "q", "Named"]
    lines = []
    for row in answer["rows"]:
        lift = row["lift"]
        lines.append(
            [
                *(row["label"], str(row["leads"]), str(row["won"])),
                *(percent(row["with"]), percent(row["others"]), days(lift["value"])),
                *(f"{lift['low']:.2f}–{lift['high']:.2f}", f"{row['q']:.4f}"),
                "yes" if row["is_named"] else "",
            ]
        )
    return heads, lines, []


def committee_lines(answer: dict[str, Any]) -> Lines:
    """Heads and lines of cycle lengths by committee; each role's shares follow."""
    heads = ["Committee", "Closed", "Win rate", "95 %", "Won", "Median days", "Lost", "Median days"]
    lines = [
        [
            *(row["label"], str(row["closed"])),
            *(percent(row["win_rate"]), interval(row["win_rate"])),
            *(str(row["won"]["leads"]), days(row["won"]["median"])),
            *(str(row["lost"]["leads"]), days(row["lost"]["median"])),
        ]
        for row in answer["rows"]
    ]
    for role in answer["total"]["roles"]:
        told = [f"{name} {percent(role[name])}" for name in ("known", "touched", "informed")]
        lines.append([f"{role['label']}: {', '.join(told)}", *[""] * (len(heads) - 1)])
    return heads, lines, []


def deal_size_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of deal sizes."""
    heads = [answer["filters"].get("by", ""), "Won", "Value won", "Mean", "95 %", "Median"]
    heads += ["85 %", "Without value", "Within", "Mix"]
    lines = [deal_size_line(row["label"], row, row["change"]) for row in answer["rows"]]
    total = answer["total"]
    return heads, lines, deal_size_line("Total", total, total["change"])


def deal_size_line(label: str, row: dict[str, Any], change: dict[str, Any] | None) -> list[str]:
    """One row of deal sizes as text."""
    mean, parts = row["mean"], change or {}
    return [
        *(label, str(row["won"]), row["won_value"]["amount"] or DASH, mean["amount"] or DASH),
        DASH if mean["low"] is None else f"{mean['low']}–{mean['high']}",
        *(row[name]["amount"] or DASH for name in ("median", "p85")),
        *(str(row["without_value"]), parts.get("within") or DASH, parts.get("mix") or DASH),
    ]


def forecast_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of a forecast: the three methods side by side."""
    heads = [answer["filters"].get("by", ""), "Basic", "Stage", "Model", "80 %"]
    heads += ["Already won", "Open expected", "Quota", "Attained", "Coverage", "Actual"]
    lines = [forecast_line(row["label"], row) for row in answer["rows"]]
    return heads, lines, forecast_line("Total", answer["total"])


def forecast_line(label: str, row: dict[str, Any]) -> list[str]:
    """One row of a forecast as text."""
    model = row["model"]
    sure = DASH if model["low"] is None else f"{model['low']}–{model['high']}"
    return [
        *(label, *(money(row[method]) for method in ("basic", "stage", "model")), sure),
        *(money(row[name]) for name in ("already_won", "open_expected", "quota")),
        *(percent(row["attainment"]), percent(row["coverage"]), money(row["actual"])),
    ]


def quotas_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of quotas."""
    heads = [answer["filters"].get("by", ""), "Quota", "Won", "Attained", "Pace"]
    heads += ["Still to win", "Chance"]
    lines = [quotas_line(row["label"], row) for row in answer["rows"]]
    return heads, lines, quotas_line("Total", answer["total"])


def quotas_line(label: str, row: dict[str, Any]) -> list[str]:
    """One row of quotas as text."""
    return [
        *(label, money(row["quota"]), money(row["won"]), percent(row["attainment"])),
        *(percent(row["pace"]), money(row["still_to_win"]), percent(row["chance"])),
    ]


def money(value: dict[str, Any]) -> str:
    """`EUR 1250.00`, or a dash."""
    return DASH if value["amount"] is None else f"{value['currency']} {value['amount']}"


def impact_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of process impact: each figure before, after, and its change."""
    heads = [answer["filters"].get("by", ""), "Win rate before", "After", "Change", "95 %"]
    heads += ["Days before", "After", "Change", "95 %", "Deal before", "After", "Change", "95 %"]
    lines = [impact_line(row["label"], row) for row in answer["rows"]]
    return heads, lines, impact_line("Total", answer["total"])


def impact_line(label: str, row: dict[str, Any]) -> list[str]:
    """One row of process impact as text."""
    won, length, size = row["win_rate"], row["cycle"], row["deal_size"]
    sides = ("before", "after")
    return [
        *(label, *(percent(won[side]) for side in sides), *changed(won["change"])),
        *(*(days(length[side]["mean"]) for side in sides), *changed(length["change"])),
        *(*(size[side]["amount"] or DASH for side in sides), *changed(size["change"])),
    ]


def changed(change: dict[str, Any]) -> tuple[str, str]:
    """`+12.3 %` with its interval, or dashes."""
    value, low, high = (change[name] for name in ("value", "low", "high"))
    sure = DASH if low is None else f"{low * 100:+.1f}…{high * 100:+.1f}"
    return DASH if value is None else f"{value * 100:+.1f} %", sure


def percent(rate: dict[str, Any]) -> str:
    """`63.15 %`, or a dash."""
    return DASH if rate["value"] is None else f"{rate['value'] * 100:.2f} %"


def interval(rate: dict[str, Any]) -> str:
    """`62.0–64.3`, or a dash."""
    return DASH if rate["low"] is None else f"{rate['low'] * 100:.1f}–{rate['high'] * 100:.1f}"


def days(value: float | None) -> str:
    """`9.62`, or a dash."""
    return DASH if value is None else f"{value:.2f}"


LINES: dict[str, Callable[[dict[str, Any]], Lines]] = {
    "adoption": adoption_lines,
    "impact": impact_lines,
    "win-rate": win_rate_lines,
    "win-rate-why": why_lines,
    "funnel": funnel_lines,
    "cycle": cycle_lines,
    "quick-no": quick_no_lines,
    "committee": committee_lines,
    "forecast": forecast_lines,
    "quotas": quotas_lines,
    "deal-size": deal_size_lines,
}
"""Of each metric, how it is laid out."""
