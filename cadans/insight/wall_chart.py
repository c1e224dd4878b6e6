"""The figures of a wall chart: the funnel of the last twelve months and what is stuck now."""

from __future__ import annotations

from datetime import timedelta

from cadans.insight.filters import read_filters
from cadans.insight.funnel import funnel
from cadans.insight.stuck import stuck
from cadans.playbooks.wall_chart.content import Figures, StageFigures
from cadans.process.models import Pipeline
from cadans.team.models import User


def figures_of(pipeline: Pipeline, user: User | None) -> Figures:
    """How each stage of a pipeline did over the last twelve months, over the leads that `user`
    may see (all, for None): what became of those that entered, the median days of those that went
    on, and how many are stuck there now."""
    filters = read_filters({"pipeline": str(pipeline.id)})
    answer = funnel(filters, user)
    lying = {stage["stage"]: stage["stuck"] for stage in stuck(filters, user)}
    stages = {
        row["key"]: StageFigures(
            entered=row["entered"],
            reached=row["reached_next"],
            lost=row["lost"],
            stuck=lying.get(row["key"], 0),
            median_days=row["days"]["median"],
        )
        for row in answer["rows"]
    }
    return Figures(
        since=filters.since,
        until=filters.until - timedelta(days=1),
        stages=stages,
        entered=answer["total"]["entered"],
        won=answer["total"]["won"],
    )
