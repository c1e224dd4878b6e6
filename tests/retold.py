"""Does the log tell the same as the tables? Asked of many leads at once, some at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cadans.events.models import Event
from cadans.events.replay import replay
from cadans.leads.models import Closing, Lead, StageVisit
from cadans.process.models import Stage

AT_ONCE = 2000


def assert_replay_equals_tables() -> int:
    """Replay every lead's events and compare with its row, visits and closings.

    Returns how many visits were compared.
    """
    compared = 0
    for ids in _some(list(Lead.objects.order_by("id").values_list("id", flat=True))):
        told = replay(
            Event.objects.filter(lead__in=ids)
            .order_by("id")
            .values("id", "kind", "lead", "at", "data")
        )
        visits: dict[str, list[Any]] = {str(id): [] for id in ids}
        for row in StageVisit.objects.filter(lead__in=ids).order_by("entered_at", "id"):
            visits[str(row.lead_id)].append(
                (
                    *(str(row.id), str(row.stage_id), _text(row.owner_id), str(row.version_id)),
                    *(row.entered_at, row.left_at, row.how),
                )
            )
            compared += 1
        closings: dict[str, list[str]] = {str(id): [] for id in ids}
        for closing in Closing.objects.filter(lead__in=ids, reopened_at=None):
            closings[str(closing.lead_id)].append(str(closing.id))
        for lead in Lead.objects.filter(id__in=ids):
            key = str(lead.id)
            one = told[key]
            retold = [
                (
                    *(visit.id, visit.stage, visit.owner, visit.version),
                    *(_moment(visit.entered_at), _moment(visit.left_at), visit.left_how),
                )
                for visit in one.visits.values()
            ]
            assert sorted(retold, key=_order) == sorted(visits[key], key=_order), lead.external_id
            assert one.status == lead.status, lead.external_id
            assert one.owner == _text(lead.owner_id), lead.external_id
            assert one.fields["stage"] == str(lead.stage_id), lead.external_id
            assert one.fields["title"] == lead.title
            assert [end["closing"] for end in one.closings][-1:] == closings[key]
    assert_visits_are_in_their_place()
    return compared


def assert_visits_are_in_their_place() -> int:
    """Compare what the database keeps beside each visit with the definition, read off the rows.

    Of a lead's visits those count that are on the way up, and not of a win that was undone. The
    first of them to a stage is its first; `higher_at` is when any to a higher stage came next.
    Returns how many visits were compared.
    """
    stages = {stage.id: stage for stage in Stage.objects.all()}
    undone: dict[uuid.UUID, list[datetime]] = {}
    for closing in Closing.objects.exclude(reopened_at=None):
        assert closing.reopened_at is not None
        undone.setdefault(closing.lead_id, []).append(closing.reopened_at)
    of_leads: dict[uuid.UUID, list[StageVisit]] = {}
    compared = 0
    for visit in StageVisit.objects.order_by("entered_at", "id"):
        of_leads.setdefault(visit.lead_id, []).append(visit)
    for lead, visits in of_leads.items():
        counting = [
            visit
            for visit in visits
            if (ends := stages[visit.stage_id].ends_in) != "lost"
            and not (ends and any(at > visit.entered_at for at in undone.get(lead, ())))
        ]
        for visit in visits:
            same = [one for one in counting if one.stage_id == visit.stage_id]
            higher = [
                one.entered_at
                for one in counting
                if one.entered_at >= visit.entered_at
                and stages[one.stage_id].position > stages[visit.stage_id].position
            ]
            counts = visit in counting
            assert visit.is_first == (counts and same[0] == visit)
            assert visit.higher_at == (min(higher, default=None) if counts else None)
            compared += 1
    return compared


def _some(ids: list[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _order(visit: Any) -> Any:
    return visit[0]


def _text(id: uuid.UUID | None) -> str | None:
    return None if id is None else str(id)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
