"""/alerts: drops that are no chance; and which conversions of a pipeline decide."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from cadans.api.answers import nothing
from cadans.api.auth import SET_UP, WORK, ApiRequest
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import Key
from cadans.insight.actions.key_conversions import mark_key_conversion, unmark_key_conversion
from cadans.insight.alert_words import in_words
from cadans.insight.alerts import alerts_seen_by
from cadans.insight.models import Alert
from cadans.process.queries import pipeline_named, stage_named

router = Router(tags=["alerts"], auth=WORK)
of_pipelines = Router(tags=["alerts"], auth=SET_UP)


class RateShown(BaseModel):
    """So many of so many."""

    value: float
    numerator: int
    denominator: int


class AlertShown(BaseModel):
    """A drop; `stage` is null when it is the win rate. `over_on` is null while it lasts."""

    id: uuid.UUID
    of: Literal["conversion", "win_rate"]
    pipeline: Key
    stage: Key | None
    title: str
    window: Literal["week", "month"] = Field(description="the last week, or the last four")
    week: date = Field(description="the Monday of the last complete week when it was found")
    since: date = Field(description="the Monday of the week in which it seems to have begun")
    before: RateShown
    now: RateShown
    chance: float = Field(description="of so low a share, had nothing changed")
    most_in: dict[str, Any] = Field(description="where it is worse than in the rest, or {}")
    found_at: datetime
    over_on: date | None


@router.get("", response=Page[AlertShown])
def list_alerts(request: ApiRequest, paging: Part) -> HttpResponse:
    """The drops of conversions and win rates, the newest first. For managers."""
    return page(alerts_seen_by(request.auth.user), paging, each=alert_shown, by=("-id",))


@of_pipelines.put("/{pipeline}/key-conversions/{stage}", response={204: None})
def mark_conversion(request: ApiRequest, pipeline: str, stage: str) -> HttpResponse:
    """Mark going on from the stage as decisive; at most two are (409). Twice is as once."""
    found = stage_named(pipeline_named(pipeline), stage)
    mark_key_conversion(request.auth.user, found, via="api")
    return nothing()


@of_pipelines.delete("/{pipeline}/key-conversions/{stage}", response={204: None})
def unmark_conversion(request: ApiRequest, pipeline: str, stage: str) -> HttpResponse:
    """Take the mark away. Reports say which are marked (`is_key` in the funnel)."""
    found = stage_named(pipeline_named(pipeline), stage)
    unmark_key_conversion(request.auth.user, found, via="api")
    return nothing()


def alert_shown(alert: Alert) -> AlertShown:
    """An alert as programs see it."""
    return AlertShown(
        id=alert.id,
        of=alert.of,
        pipeline=alert.pipeline.key,
        stage=alert.stage.key if alert.stage else None,
        title=in_words(alert).title,
        window=alert.window,
        week=alert.week,
        since=alert.since,
        before=_share(alert.before.part, alert.before.of),
        now=_share(alert.now.part, alert.now.of),
        chance=alert.chance,
        most_in=alert.most_in,
        found_at=alert.found_at,
        over_on=alert.over_on,
    )


def _share(part: int, of: int) -> RateShown:
    return RateShown(value=part / of, numerator=part, denominator=of)
