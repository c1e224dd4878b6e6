"""Charts of deal size, as options for the charts' script (docs/topics/interface.md)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from cadans.insight.intervals import FEW
from cadans.web.insight.charts import MOST_BARS, Options, Rows, month_short
from cadans.web.insight.question import Question


def mean_bars(question: Question, rows: Rows) -> Options:
    """A bar a row: its mean, with the interval; bars that rest on few leads are paler."""
    shown = [row for row in rows if row["mean"]["amount"] is not None][:MOST_BARS]
    bars = [
        {
            "value": float(row["mean"]["amount"]),
            "href": question.behind("deal-size", "valued", key=row["key"]),
            "itemStyle": {"opacity": 0.45 if row["leads"] < FEW else 1},
        }
        for row in shown
    ]
    whiskers = [
        [float(row["mean"]["low"]), float(row["mean"]["high"]), place]
        for place, row in enumerate(shown)
        if row["mean"]["low"] is not None
    ]
    return {
        "xAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": axis_money(rows)}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [row["label"] for row in shown],
            "axisLabel": {"width": 140, "overflow": "truncate"},
        },
        "tooltip": {"valueFormatter": axis_money(rows)},
        "series": [
            {"type": "bar", "name": _("Mean deal"), "data": bars},
            {"type": "interval", "name": _("Interval"), "data": whiskers, "horizontal": True},
        ],
    }


def mean_by_month(rows: Rows) -> Options:
    """The mean and the median month by month; months without deals are gaps."""
    months = [date.fromisoformat(f"{row['key']}-01") for row in rows]
    whiskers = [
        [place, float(row["mean"]["low"]), float(row["mean"]["high"])]
        for place, row in enumerate(rows)
        if row["mean"]["low"] is not None
    ]
    return {
        "xAxis": {"type": "category", "data": [month_short(month) for month in months]},
        "yAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": axis_money(rows)}},
        "tooltip": {"valueFormatter": axis_money(rows)},
        "series": [
            {"type": "line", "name": _("Mean deal"), "data": [amount(row, "mean") for row in rows]},
            {"type": "line", "name": _("Median"), "data": [amount(row, "median") for row in rows]},
            {"type": "interval", "name": _("Interval"), "data": whiskers},
        ],
    }


def change_bars(rows: Rows) -> Options:
    """What each row brought to the change: within and mix, stacked."""
    shown = rows[:MOST_BARS]
    return {
        "xAxis": {"type": "value", "axisLabel": {"formatter": axis_money(rows)}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [row["label"] for row in shown],
            "axisLabel": {"width": 140, "overflow": "truncate"},
        },
        "tooltip": {"valueFormatter": axis_money(rows)},
        "legend": {"show": True},
        "series": [
            {
                "type": "bar",
                "stack": "change",
                "name": name,
                "data": [float(row["change"][part]) for row in shown],
            }
            for name, part in ((_("Within"), "within"), (_("Mix"), "mix"))
        ],
    }


def amount(row: Options, figure: str) -> float | None:
    """An amount as a chart draws it."""
    return None if row[figure]["amount"] is None else float(row[figure]["amount"])


def axis_money(rows: Rows) -> str:
    """The formatter for amounts in the rows' currency."""
    return f"money:{rows[0]['mean']['currency']}" if rows else "number"
