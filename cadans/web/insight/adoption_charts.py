"""Charts of adoption, as options for the charts' script (docs/topics/interface.md)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from cadans.web.insight.charts import MOST_BARS, SHARE_AXIS, Options, Rows, month_short
from cadans.web.insight.question import Question
from cadans.web.insight.words import is_few

AXIS: Options = {**SHARE_AXIS, "max": 1}


def adoption_bars(question: Question, rows: Rows) -> Options:
    """A bar a row: its adoption, with the interval; bars that rest on few leads are paler."""
    shown = rows[:MOST_BARS]
    bars = [
        {
            "value": row["adoption"]["value"],
            "href": question.behind("adoption", "breached", key=row["key"]),
            "itemStyle": {"opacity": 0.45 if is_few(row["adoption"]) else 1},
        }
        for row in shown
    ]
    whiskers = [
        [row["adoption"]["low"], row["adoption"]["high"], place]
        for place, row in enumerate(shown)
        if row["adoption"]["value"] is not None
    ]
    return {
        "xAxis": AXIS,
        "yAxis": names(shown),
        "tooltip": {"valueFormatter": "percent"},
        "series": [
            {"type": "bar", "name": _("Adoption"), "data": bars},
            {"type": "interval", "name": _("Interval"), "data": whiskers, "horizontal": True},
        ],
    }


def adoption_by_month(rows: Rows) -> Options:
    """Adoption month by month, with its intervals; months without leads are gaps."""
    months = [date.fromisoformat(f"{row['key']}-01") for row in rows]
    whiskers = [
        [place, row["adoption"]["low"], row["adoption"]["high"]]
        for place, row in enumerate(rows)
        if row["adoption"]["value"] is not None
    ]
    return {
        "xAxis": {"type": "category", "data": [month_short(month) for month in months]},
        "yAxis": AXIS,
        "tooltip": {"valueFormatter": "percent"},
        "series": [
            {
                "type": "line",
                "name": _("Adoption"),
                "data": [row["adoption"]["value"] for row in rows],
            },
            {"type": "interval", "name": _("Interval"), "data": whiskers},
        ],
    }


def stuck_bars(question: Question, stages: Rows) -> Options:
    """The open leads of each stage: those within the idle limit, and those past it."""
    stuck = [
        {
            "value": stage["stuck"],
            "href": question.behind("adoption", "stuck", stage=stage["key"]),
        }
        for stage in stages
    ]
    within = [stage["open"] - stage["stuck"] for stage in stages]
    return {
        "xAxis": {"type": "value", "minInterval": 1, "axisLabel": {"formatter": "number"}},
        "yAxis": names(stages, width=260),
        "legend": {"show": True},
        "tooltip": {"valueFormatter": "number"},
        "series": [
            {
                "type": "bar",
                "stack": "open",
                "name": _("Past the limit"),
                "data": stuck,
                "color": "warn",
            },
            {
                "type": "bar",
                "stack": "open",
                "name": _("Within the limit"),
                "data": within,
                "color": "line",
            },
        ],
    }


def names(rows: Rows, *, width: int = 140) -> Options:
    """The rows under each other, by name."""
    return {
        "type": "category",
        "inverse": True,
        "data": [row["label"] for row in rows],
        "axisLabel": {"width": width, "overflow": "truncate"},
    }
