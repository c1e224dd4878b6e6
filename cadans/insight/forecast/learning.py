"""The models of all pipelines at a moment: those kept of the night before, or learned anew."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from cadans.insight.facts import Sql
from cadans.insight.forecast.history import calendar_of, history_of
from cadans.insight.forecast.model import VERSION, Learned, from_document, learn
from cadans.insight.models import ForecastModel
from cadans.leads.models import Lead
from cadans.process.models import Pipeline
from cadans.team.queries import organisation

FRESH = timedelta(days=7)
"""How old a model that is kept may be, where a new one is learned quickly."""

MANY = 5000
"""With so many leads a model takes too long to learn while somebody waits."""

NOT_YET = "model_not_learned_yet"
"""Why the model of a large pipeline does not speak before its first night."""

LAST = """
    select (select id from leads_closing order by id desc limit 1) as closing,
           (select id from events_event order by id desc limit 1) as event,
           (select id from leads_stagevisit order by id desc limit 1) as visit,
           (select id from leads_lead order by id desc limit 1) as lead
"""

_learned: OrderedDict[tuple[Any, ...], Learned] = OrderedDict()
MOST = 32
"""Models learned on the spot that are remembered, for the next question about the same day."""


def learned_at(
    as_of: datetime, pipelines: Iterable[uuid.UUID], *, may_wait: bool = False
) -> dict[uuid.UUID, Learned]:
    """The model of each of these pipelines as it was known at the moment.

    One that is not kept is learned on the spot; not of a large pipeline, unless the asker
    `may_wait`: then the last one that is kept speaks, however old, or none (`NOT_YET`).
    """
    day = day_of(as_of)
    wanted = set(pipelines)
    found: dict[uuid.UUID, Learned] = {}
    calendar = calendar_of()
    kept = (
        ForecastModel.objects.filter(pipeline__in=wanted, day__lte=day)
        .order_by("pipeline_id", "-day")
        .distinct("pipeline_id")
    )
    late: dict[uuid.UUID, ForecastModel] = {}
    for row in kept:
        if row.document["version"] != VERSION:
            continue
        if row.day > day - FRESH:
            found[row.pipeline_id] = from_document(row.document, calendar)
        else:
            late[row.pipeline_id] = row
    for pipeline in wanted - set(found):
        if may_wait or not is_large(pipeline):
            found[pipeline] = learned_anew(pipeline, day)
        elif pipeline in late:
            found[pipeline] = from_document(late[pipeline].document, calendar)
        else:
            found[pipeline] = Learned(day.toordinal(), [], reason=NOT_YET)
    return found


def is_large(pipeline: uuid.UUID) -> bool:
    """Whether a pipeline has so many leads that learning its model takes long."""
    return Lead.objects.filter(pipeline=pipeline)[:MANY].count() >= MANY


def learned_anew(pipeline: uuid.UUID, day: date) -> Learned:
    """Learn a pipeline's model from what was known when the day began.

    Asked again about the same day it is remembered, as long as nothing was written down since.
    """
    last = tuple(Sql(LAST).rows()[0].values())
    key = (connection.settings_dict["NAME"], pipeline, day, last)
    if key not in _learned:
        history = history_of(pipeline, as_of=beginning(day))
        _learned[key] = learn(history, day.toordinal(), calendar_of())
        while len(_learned) > MOST:
            _learned.popitem(last=False)
    return _learned[key]


def live_pipelines() -> list[uuid.UUID]:
    """The pipelines whose models are learned every night."""
    return list(Pipeline.objects.filter(archived_at=None).values_list("id", flat=True))


def unlearned_pipelines(day: date) -> list[uuid.UUID]:
    """The live pipelines whose model of the day is not there yet."""
    there = set(ForecastModel.objects.filter(day=day).values_list("pipeline_id", flat=True))
    return [id for id in live_pipelines() if id not in there]


def day_of(as_of: datetime) -> date:
    """The day on which a moment falls, where the organisation is."""
    return as_of.astimezone(ZoneInfo(organisation().time_zone)).date()


def beginning(day: date) -> datetime:
    """The first moment of a day, where the organisation is."""
    return datetime.combine(day, time.min, ZoneInfo(organisation().time_zone)).astimezone(UTC)
