"""The charts of process impact, as options for the charts' script (docs/topics/interface.md)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadans.web.insight.charts import Options, Rows, month_short, rate_by_month

TONES = {"better": "good", "worse": "bad", "chance": "muted", "unknown": "muted"}


def change_bars(figures: list[dict[str, Any]]) -> Options:
    """By how many per cent each figure changed, with its interval, and the benchmark beside it."""
    shown = [figure for figure in figures if figure["change"]["value"] is not None]
    changes = [
        {
            "value": figure["change"]["value"],
            "itemStyle": {"color": TONES[figure["change"]["verdict"]]},
        }
        for figure in shown
    ]
    whiskers = [
        [figure["change"]["low"], figure["change"]["high"], place]
        for place, figure in enumerate(shown)
        if figure["change"]["low"] is not None
    ]
    marks = [
        {"value": [figure["change"]["benchmark"], place]} for place, figure in enumerate(shown)
    ]
    return {
        "xAxis": {"type": "value", "axisLabel": {"formatter": "percent:0"}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [figure["name"] for figure in shown],
        },
        "legend": {"show": True, "data": [pgettext("figures", "Change"), _("Benchmark")]},
        "tooltip": {"valueFormatter": "percent"},
        "series": [
            {
                "type": "bar",
                "name": pgettext("figures", "Change"),
                "data": changes,
                "color": "muted",
            },
            {"type": "interval", "name": _("Interval"), "data": whiskers, "horizontal": True},
            {
                "type": "scatter",
                "name": _("Benchmark"),
                "symbol": "diamond",
                "symbolSize": 14,
                "color": "primary",
                "data": marks,
            },
        ],
    }


def rate_with_publication(rows: Rows, published: date | None, label: str) -> Options:
    """Win rate by month, with a line where the version was published."""
    options = rate_by_month(rows)
    if published is None:
        return options
    month = month_short(published)
    if month in options["xAxis"]["data"]:
        options["series"][0]["markLine"] = {
            "symbol": "none",
            "data": [{"xAxis": month}],
            "label": {"formatter": label, "color": "text", "textBorderWidth": 0},
            "lineStyle": {"color": "primary"},
        }
    return options
