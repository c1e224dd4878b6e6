"""Charts of the forecast, as options for the charts' script (docs/topics/interface.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from moneyed import Money

from cadans.web.insight.charts import Options, Rows
from cadans.web.writing import money_short

METHODS = ("model", "stage", "basic")
"""In the order in which they are shown."""

COLOURS = {"model": "chart-1", "stage": "chart-2", "basic": "chart-3"}


LEGEND: Options = {
    "type": "scroll",
    "pageIconColor": "text",
    "pageIconInactiveColor": "line",
    "pageTextStyle": {"color": "muted"},
}
"""On a phone the names stay on one line."""

SIGNS = {"good": "+", "bad": "−"}
"""A step says by a sign too which way it goes, not by its colour alone."""


def written(amount: float, currency: str) -> str:
    """An amount beside a bar."""
    return money_short(Money(round(Decimal(amount), 2), currency))


def methods_named() -> dict[str, str]:
    """The three methods as people call them."""
    return {
        "model": _("Model"),
        "stage": _("By stage"),
        "basic": _("Open × win rate"),
    }


def method_bars(total: dict[str, Any]) -> Options:
    """A bar a method: what was won already, and what it still expects, with the interval."""
    shown = [method for method in METHODS if total[method]["amount"] is not None]
    won = float(total["already_won"]["amount"])
    whiskers = [
        [float(total[method]["low"]), float(total[method]["high"]), place]
        for place, method in enumerate(shown)
        if total[method]["low"] is not None
    ]
    still = [
        {
            "value": max(float(total[method]["amount"]) - won, 0.0),
            "itemStyle": {"color": COLOURS[method]},
        }
        for method in shown
    ]
    ends = [float(total[method]["high"] or total[method]["amount"]) for method in shown]
    named = methods_named()
    series: list[Options] = [
        {
            "type": "bar",
            "stack": "all",
            "name": _("Won already"),
            "data": [won] * len(shown),
            "itemStyle": {"color": "muted"},
        },
        {
            "type": "bar",
            "stack": "all",
            "name": _("Still expected"),
            "data": still,
            "itemStyle": {"color": COLOURS[shown[0]] if shown else "chart-1"},
            "markLine": marks(total, "xAxis"),
        },
        {"type": "interval", "name": _("Interval"), "data": whiskers, "horizontal": True},
    ]
    known = [float(total[name]["amount"]) for name in ("quota", "actual") if total[name]["amount"]]
    return {
        "grid": {"right": 24, "top": 44},
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": nice(max([*ends, *known], default=1.0)),
            "axisLabel": {"formatter": axis_money(total)},
        },
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [named[method] for method in shown],
            "axisLabel": {"width": 120, "overflow": "break", "lineHeight": 14},
        },
        "tooltip": {"valueFormatter": axis_money(total)},
        "series": series,
    }


def nice(most: float) -> float:
    """The end of an axis that holds the amount: 1, 2, 2.5 or 5 with zeros behind it."""
    if most <= 0:
        return 1.0
    size = 10.0 ** (len(str(int(most))) - 1)
    return next(step * size for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * size >= most)


def marks(total: dict[str, Any], axis: str) -> Options:
    """Lines at the quota and at what was won, where these are known."""
    lines = [
        {axis: float(total[figure]["amount"]), "name": name, "label": {"formatter": name}}
        for figure, name in (("quota", _("Quota")), ("actual", _("Won")))
        if total[figure]["amount"] is not None
    ]
    return {
        "silent": True,
        "symbol": "none",
        "data": lines,
        "lineStyle": {"color": "text", "type": "dashed"},
        "label": {"color": "text", "position": "start" if axis == "xAxis" else "insideEndTop"},
    }


def history_lines(history: Rows, total: dict[str, Any]) -> Options:
    """What each method forecast, day by day, toward what was won."""
    named = methods_named()
    series: list[Options] = []
    band = [
        (row["day"], float(row["model"]["low"]), float(row["model"]["high"]))
        for row in history
        if row.get("model", {}).get("low") is not None
    ]
    for method in METHODS:
        points = [
            [row["day"], float(row[method]["amount"])]
            for row in history
            if row.get(method, {}).get("amount") is not None
        ]
        if points:
            series.append(
                {
                    "type": "line",
                    "name": named[method],
                    "data": points,
                    "itemStyle": {"color": COLOURS[method]},
                    "lineStyle": {"color": COLOURS[method]},
                    "symbolSize": 5,
                }
            )
    series.append(
        {
            "type": "line",
            "name": _("Won already"),
            "data": [[row["day"], float(row["already_won"])] for row in history],
            "step": "end",
            "symbol": "none",
            "itemStyle": {"color": "muted"},
            "lineStyle": {"color": "muted", "type": "solid"},
            "areaStyle": {"color": "muted", "opacity": 0.15},
            "markLine": marks(total, "yAxis"),
        }
    )
    for place, part in enumerate(("low", "high")):
        # The second lies on the first, so it is as high as the interval is wide.
        series.append(
            {
                "type": "line",
                "name": part,
                "data": [[day, low if part == "low" else high - low] for day, low, high in band],
                "stack": "interval",
                "symbol": "none",
                "silent": True,
                "tooltip": {"show": False},
                "lineStyle": {"opacity": 0},
                "areaStyle": {"color": COLOURS["model"], "opacity": 0.14 * place},
            }
        )
    return {
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": axis_money(total)}},
        "legend": {
            "type": "scroll",
            "data": [one["name"] for one in series if one["name"] not in ("low", "high")],
        },
        "tooltip": {"valueFormatter": axis_money(total)},
        "series": series,
    }


def accuracy_bars(periods: Rows, mark: str, total: dict[str, Any]) -> Options:
    """Past periods, the oldest first: what was won, and what each method had said of it."""
    rows = [row for row in reversed(periods) if _is_known(row, mark)]
    named = methods_named()
    series: list[Options] = [
        {
            "type": "bar",
            "name": _("Won"),
            "data": [float(row["actual"]["amount"]) for row in rows],
            "itemStyle": {"color": "muted", "opacity": 0.5},
        }
    ]
    for method in METHODS:
        said = [row["methods"][method][mark]["forecast"] for row in rows]
        if any(value is not None for value in said):
            series.append(
                {
                    "type": "line",
                    "name": named[method],
                    "data": [None if value is None else float(value) for value in said],
                    "itemStyle": {"color": COLOURS[method]},
                    "lineStyle": {"color": COLOURS[method]},
                    "symbolSize": 7,
                }
            )
    return {
        "legend": LEGEND,
        "xAxis": {"type": "category", "data": [row["short"] for row in rows]},
        "yAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": axis_money(total)}},
        "tooltip": {"valueFormatter": axis_money(total)},
        "series": series,
    }


def _is_known(row: dict[str, Any], mark: str) -> bool:
    said = any(row["methods"][method][mark]["forecast"] is not None for method in METHODS)
    return said or float(row["actual"]["amount"]) > 0


def fall_bars(fall: dict[str, Any], names: dict[str, str]) -> Options:
    """From the forecast to what was won: each step begins where the one before it ended."""
    bars: list[tuple[str, float, float, str, str]] = []
    at = float(fall["forecast"]["amount"])
    bars.append((names["forecast"], 0.0, at, "chart-1", ""))
    for step in fall["steps"]:
        amount = float(step["amount"]["amount"])
        bars.append(
            (
                names[step["key"]],
                min(at, at + amount),
                abs(amount),
                "good" if amount >= 0 else "bad",
                step.get("href", ""),
            )
        )
        at += amount
    bars.append((names["actual"], 0.0, float(fall["actual"]["amount"]), "muted", ""))
    currency = fall["forecast"]["currency"]
    formatter = f"money:{currency}"
    return {
        "grid": {"right": 56, "top": 8},
        "legend": {"show": False},
        "xAxis": {"type": "value", "axisLabel": {"formatter": formatter}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [name for name, *_rest in bars],
            "axisLabel": {"width": 130, "overflow": "break", "lineHeight": 14},
        },
        "tooltip": {"valueFormatter": formatter},
        "series": [
            {
                "type": "bar",
                "stack": "fall",
                "name": "",
                "silent": True,
                "tooltip": {"show": False},
                "itemStyle": {"color": "transparent"},
                "data": [start for _name, start, *_rest in bars],
            },
            {
                "type": "bar",
                "stack": "fall",
                "name": _("Amount"),
                "label": {"show": True, "position": "right", "color": "text", "textBorderWidth": 0},
                "data": [
                    {
                        "value": size,
                        "itemStyle": {"color": colour},
                        "label": {"formatter": SIGNS.get(colour, "") + written(size, currency)},
                        **({"href": href} if href else {}),
                    }
                    for _name, _start, size, colour, href in bars
                ],
            },
        ],
    }


def axis_money(total: dict[str, Any]) -> str:
    """The formatter for amounts in the report's currency."""
    return f"money:{total['already_won']['currency']}"
