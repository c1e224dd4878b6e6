"""Where deals get stuck: per stage the open leads past the idle limit, and how long a stay takes.

What lies where is of now, whatever the period; the days are of the stays that ended in the period.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cadans.ground.money import convert
from cadans.insight.facts import Facts, Sql, counted, equal, idle, open_leads
from cadans.insight.filters import Filters
from cadans.process.models import Stage
from cadans.team.models import User
from cadans.team.queries import organisation

DAYS = "extract(epoch from f.left_at - f.entered_at)::float8 / 86400"


def stuck(
    filters: Filters, user: User | None = None, *, on: datetime | None = None
) -> list[dict[str, Any]]:
    """Each stage of the pipelines in question, in order, with what is stuck in it.

    `{"key", "label", "pipeline", "idle_days", "open", "stuck", "share", "value", "without_rate",
    "days": {"median", "p85", "stays"}}`: `value` is the money in the stuck leads, in the
    organisation's currency at today's rate; a share or length without leads is null.
    """
    moment = on or timezone.now()
    lying, lasting = open_by_stage(filters, user, moment), stays_by_stage(filters, user)
    stages = Stage.objects.select_related("pipeline").filter(ends_in="").defer("pipeline__draft")
    stages = stages.filter(id__in={*lying, *lasting}) | stages.filter(
        retired_at=None, pipeline__archived_at=None, pipeline__version__isnull=False
    )
    if isinstance(filters.pipeline, uuid.UUID):
        stages = stages.filter(pipeline=filters.pipeline)
    ordered = list(stages.order_by("pipeline__position", "pipeline__name", "position"))
    several = len({stage.pipeline_id for stage in ordered}) > 1
    nothing: dict[str, Any] = {"median": None, "p85": None, "stays": 0}
    return [
        {
            "key": f"{stage.pipeline.key}/{stage.key}",
            "label": f"{stage.pipeline.name}: {stage.label}" if several else stage.label,
            "stage": stage.key,
            "idle_days": stage.idle_days,
            **lying.get(stage.id, none_lying()),
            "days": lasting.get(stage.id, nothing),
        }
        for stage in ordered
    ]


def open_by_stage(
    filters: Filters, user: User | None, moment: datetime
) -> dict[Any, dict[str, Any]]:
    """Per stage how many leads lie open and how many of them are stuck, worth how much."""
    to, today = organisation().currency, timezone.localtime(moment).date()
    past = idle(moment)
    what = (
        Sql("l.stage_id as stage, l.currency, count(*) as open, count(*) filter (where")
        + past
        + ") as stuck, sum(l.value) filter (where"
        + past
        + ") as value"
    )
    found: dict[Any, dict[str, Any]] = {}
    for row in (open_leads(filters, user).select(what) + "group by 1, 2").rows():
        stage = found.setdefault(row["stage"], none_lying())
        stage["open"] += row["open"]
        stage["stuck"] += row["stuck"]
        if row["value"] is not None:
            worth = convert(row["value"], row["currency"], to=to, on=today)
            if worth is None:
                stage["without_rate"] += row["stuck"]
            else:
                amount = Decimal(stage["value"]["amount"]) + worth
                stage["value"] = {"amount": str(amount), "currency": to}
    return found


def none_lying() -> dict[str, Any]:
    """A stage in which nothing lies."""
    value = {"amount": "0.00", "currency": organisation().currency}
    return {"open": 0, "stuck": 0, "value": value, "without_rate": 0}


def stays(filters: Filters, user: User | None) -> Facts:
    """The stays in a stage that ended in the period; each is of whoever owned the lead then."""
    facts = Facts(
        source=Sql("leads_stagevisit f join leads_lead l on l.id = f.lead_id"),
        where=(
            Sql("f.left_at >= %s and f.left_at < %s", (filters.begins, filters.ends)),
            Sql("f.how <> 'cancelled' and l.status <> 'cancelled'"),
        ),
        at="f.left_at",
        owner="f.owner_id",
        pipeline="f.pipeline_id",
        version="f.version_id",
        stage="f.stage_id",
    )
    return counted(facts, filters, user)


def stays_by_stage(filters: Filters, user: User | None) -> dict[Any, dict[str, Any]]:
    """Per stage the median and 85th percentile of the days that a stay took."""
    query = stays(filters, user).select(
        "f.stage_id as stage, count(*) as stays,"
        f" percentile_cont(array[0.5, 0.85]) within group (order by {DAYS}) as points"
    )
    return {
        row["stage"]: {
            "median": row["points"][0],
            "p85": row["points"][1],
            "stays": row["stays"],
        }
        for row in (query + "group by 1").rows()
    }


def stuck_leads(filters: Filters, user: User | None, stage: Stage | None) -> Facts:
    """The open leads past the idle limit of their stage: of one stage, or of all."""
    facts = open_leads(replace(filters, by=None), user).narrowed(idle(timezone.now()))
    return facts if stage is None else facts.narrowed(equal("l.stage_id", stage.id))
