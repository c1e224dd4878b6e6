"""The answers as a page: methods side by side, and each origin."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path

from backtests.rolled import METHODS, Answer

FILE = Path(__file__).resolve().parent / "RESULTS.md"

HEAD = """# How well the forecast does

The last run of `make backtest`, on {day} (Python {python}). The product itself forecasts from each
origin, with only what was known then: everything the model chooses it chooses from the days
before. Imported leads have no record of what was thought of their value at the time; where a file
fills it in with the outcome, their products' list prices stand in for it.

MAPE is the mean of |forecast - actual| ÷ actual, bias the mean of (forecast - actual) ÷ actual,
coverage the part of the origins at which the actual lay within the model's 80 % interval.

**With so few origins a few per cent mean nothing.** Periods overlap, so there are fewer
independent ones than lines; beside each coverage stands what chance alone gives an interval that
is right, if all origins were independent.
"""


def page(answers: Sequence[Answer]) -> str:
    """The whole page."""
    parts = [HEAD.format(day=datetime.now(UTC).date(), python=platform.python_version())]
    for one in answers:
        parts += [f"## {one.question.name}\n", table(one), detail(one)]
    return "\n".join(parts)


def table(one: Answer) -> str:
    """The methods side by side."""
    lines = [
        "| method | origins | MAPE | bias | coverage of 80 % |",
        "| --- | --: | --: | --: | --: |",
    ]
    many = len(one.said)
    for method in METHODS:
        coverage = ""
        if method == "model" and many:
            luck = 1.28 * sqrt(0.8 * 0.2 * many)
            low, high = max(0.8 * many - luck, 0), min(0.8 * many + luck, many)
            coverage = f"{one.covered} of {many} ({low:.0f} to {high:.0f} by chance)"
        lines.append(
            f"| {method} | {many} | {percent(one.mape(method))} |"
            f" {percent(one.bias(method), sign=True)} | {coverage} |"
        )
    for name, mape in one.question.also:
        lines.append(f"| {name} | {many} | {percent(mape)} | | |")
    silent = "".join(f"\n\nThe model is silent on {day}: {why}." for day, why in one.silent)
    return "\n".join(lines) + silent + "\n"


def detail(one: Answer) -> str:
    """Each origin."""
    lines = [
        "| from | basic | stage | model | 80 % | actual |",
        "| --- | --: | --: | --: | --: | --: |",
    ]
    for day, said, (low, high), came in one.said:
        cells = [figure(said[method]) for method in METHODS]
        bounds = f"{figure(low)} to {figure(high)}"
        lines.append(f"| {day} | {' | '.join(cells)} | {bounds} | {figure(came)} |")
    return "\n".join(lines) + "\n"


def percent(share: float | None, *, sign: bool = False) -> str:
    """A share in per cent with one decimal."""
    if share is None:
        return "–"
    return f"{100 * share:{'+' if sign else ''}.1f} %"


def figure(number: float | None) -> str:
    """A number without decimals."""
    return "–" if number is None else f"{number:,.0f}"
