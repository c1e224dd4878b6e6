"""Charts of Insight, as options for the charts' script (docs/topics/interface.md)."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel import dates as babel_dates
from django.utils.translation import gettext as _

from cadans.web.insight.question import Question
from cadans.web.insight.words import is_few
from cadans.web.writing import percent, reading_locale

Options = dict[str, Any]
Rows = list[dict[str, Any]]

MOST_BARS = 20
"""More bars than this say less; the table has all rows."""

SHARE_AXIS: Options = {"type": "value", "min": 0, "axisLabel": {"formatter": "percent:0"}}


def size_for(bars: int, few: int, many: int) -> str:
    """How high a chart with so many bars must be."""
    return "lg" if bars > many else "md" if bars > few else "sm"


def rate_bars(question: Question, rows: Rows, figure: str = "win_rate") -> Options:
    """A bar a row with its interval; bars that rest on few leads are paler."""
    shown = [row for row in rows if row[figure]["value"] is not None][:MOST_BARS]
    part = "lost" if figure == "share_of_lost" else "closed"
    bars = [
        {
            "value": row[figure]["value"],
            "href": question.behind("win-rate", part, key=row["key"]),
            "itemStyle": {"opacity": 0.45 if is_few(row[figure]) else 1},
        }
        for row in shown
    ]
    whiskers = [[row[figure]["low"], row[figure]["high"], place] for place, row in enumerate(shown)]
    name = _("Share of losses") if figure == "share_of_lost" else _("Win rate")
    return {
        "xAxis": SHARE_AXIS,
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [row["label"] for row in shown],
            "axisLabel": {"width": 140, "overflow": "truncate"},
        },
        "tooltip": {"valueFormatter": "percent"},
        "series": [
            {"type": "bar", "name": name, "data": bars},
            {"type": "interval", "name": _("Interval"), "data": whiskers, "horizontal": True},
        ],
    }


def rate_by_month(rows: Rows) -> Options:
    """Win rate month by month, with its intervals; months without closings are gaps."""
    months = [date.fromisoformat(f"{row['key']}-01") for row in rows]
    whiskers = [
        [place, row["win_rate"]["low"], row["win_rate"]["high"]]
        for place, row in enumerate(rows)
        if row["win_rate"]["value"] is not None
    ]
    return {
        "xAxis": {"type": "category", "data": [month_short(month) for month in months]},
        "yAxis": SHARE_AXIS,
        "tooltip": {"valueFormatter": "percent"},
        "series": [
            {
                "type": "line",
                "name": _("Win rate"),
                "data": [row["win_rate"]["value"] for row in rows],
            },
            {"type": "interval", "name": _("Interval"), "data": whiskers},
        ],
    }


def month_short(month: date) -> str:
    """“nov. 26”."""
    return babel_dates.format_date(month, "MMM yy", locale=reading_locale())


def funnel_bars(question: Question, rows: Rows) -> Options:
    """The stages under each other: how many entered, and which share went on."""
    stages = []
    for row in rows:
        rate = row["conversion"]
        note = "" if rate["value"] is None else f"→ {percent(rate['value'])}"
        stages.append(
            {
                "name": row["label"],
                "value": row["entered"],
                "note": note,
            }
        )
        if row["entered"]:
            stages[-1]["href"] = question.behind("funnel", "entered", **where(question, row))
    return {"kind": "funnel", "name": _("Leads"), "stages": stages}


def where(question: Question, row: dict[str, Any]) -> dict[str, str]:
    """The place of a stage of the total in an address: its key, or its stage when broken down."""
    broken_down = question.filters.by not in (None, "stage")
    return {"stage": row["key"]} if broken_down else {"key": row["key"]}
