"""Charts of cycle length, as options for the charts' script (docs/topics/interface.md)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from cadans.insight.intervals import FEW
from cadans.web.insight.charts import MOST_BARS, Options, Rows, month_short
from cadans.web.insight.question import Question


def length_bars(question: Question, rows: Rows, name: str, metric: str = "cycle") -> Options:
    """A bar a row: its median with the interval; bars that rest on few leads are paler."""
    shown = [row for row in rows if row[name]["median"] is not None][:MOST_BARS]
    bars = [
        {
            "value": row[name]["median"],
            "href": question.behind(metric, name, key=row["key"]),
            "itemStyle": {"opacity": 0.45 if row[name]["leads"] < FEW else 1},
        }
        for row in shown
    ]
    whiskers = [
        [row[name]["low"], row[name]["high"], place]
        for place, row in enumerate(shown)
        if row[name]["low"] is not None
    ]
    return {
        "xAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": "number"}},
        "yAxis": named(shown),
        "tooltip": {"valueFormatter": "number:1"},
        "series": [
            {"type": "bar", "name": _("Median days"), "data": bars},
            {"type": "interval", "name": _("Interval"), "data": whiskers, "horizontal": True},
        ],
    }


def length_by_month(rows: Rows) -> Options:
    """The median days to won and to lost, by the month of closing; gaps where there were none."""
    months = [date.fromisoformat(f"{row['key']}-01") for row in rows]
    whiskers = [
        [place, row["won"]["low"], row["won"]["high"]]
        for place, row in enumerate(rows)
        if row["won"]["low"] is not None
    ]
    return {
        "xAxis": {"type": "category", "data": [month_short(month) for month in months]},
        "yAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": "number"}},
        "tooltip": {"valueFormatter": "number:1"},
        "series": [
            *(
                {
                    "type": "line",
                    "name": title,
                    "data": [row[name]["median"] for row in rows],
                }
                for name, title in (("won", _("Days to won")), ("lost", _("Days to lost")))
            ),
            {"type": "interval", "name": _("Interval"), "data": whiskers},
        ],
    }


def days_in_stages(rows: Rows) -> Options:
    """The median days in each stage: of the leads won, and of those lost."""
    return {
        "xAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": "number"}},
        "yAxis": named(rows),
        "tooltip": {"valueFormatter": "number:1"},
        "legend": {"show": True},
        "series": [
            {"type": "bar", "name": title, "data": [row[name]["median"] for row in rows]}
            for name, title in (("won", _("Leads won")), ("lost", _("Leads lost")))
        ],
    }


def around_the_ask(total: Options) -> Options:
    """The median days before the ask and after it, behind each other."""
    return {
        "xAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": "number"}},
        "yAxis": {"type": "category", "data": [""]},
        "tooltip": {"valueFormatter": "number:1"},
        "legend": {"show": True},
        "series": [
            {"type": "bar", "stack": "ask", "name": title, "data": [total[name]["median"]]}
            for name, title in (
                ("before_ask", _("Before the ask")),
                ("ask_to_decision", _("Ask to decision")),
            )
        ],
    }


def named(rows: Rows) -> Options:
    """The rows' names along the side; long ones are cut."""
    return {
        "type": "category",
        "inverse": True,
        "data": [row["label"] for row in rows],
        "axisLabel": {"width": 140, "overflow": "truncate"},
    }
