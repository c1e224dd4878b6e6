"""Notice what fell due without anybody doing anything: idle leads, overdue tasks.

Each is noticed once. A run looks at everything up to its moment, so that one after the clock stood
still catches up; what two workers see at once is written by one of them (unique keys).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cadans.events.act import Act, Subject
from cadans.events.models import Event
from cadans.ground.ids import new_id
from cadans.leads.automating import begin_automations
from cadans.leads.lapse import IdleSpell, MissedDue
from cadans.leads.lead import Lead, StageVisit
from cadans.leads.task import Task
from cadans.process.models import published

AT_ONCE = 2_000
"""Leads or tasks of one act: so many rows are locked together, for some milliseconds."""

# Looked at again with the rows locked: whoever touches a lead at this moment was first.
NOTICE_IDLE = """
    INSERT INTO leads_idlespell (id, lead_id, since, days, noticed_at)
    SELECT new.id, lead.id, new.since, new.days, %s
    FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::int[])
        AS new(id, lead, since, days),
        LATERAL (
            SELECT id FROM leads_lead
            WHERE id = new.lead AND touched_at = new.since
                AND status = 'open' AND deleted_at IS NULL
            FOR UPDATE SKIP LOCKED
        ) lead
    ON CONFLICT DO NOTHING RETURNING lead_id
"""
NOTICE_MISSED = """
    INSERT INTO leads_misseddue (id, task_id, due_at, noticed_at)
    SELECT new.id, task.id, new.due_at, %s
    FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) AS new(id, task, due_at),
        LATERAL (
            SELECT id FROM leads_task
            WHERE id = new.task AND due_at = new.due_at AND state = 'open'
            FOR UPDATE SKIP LOCKED
        ) task
    ON CONFLICT DO NOTHING RETURNING task_id
"""


def notice_idle_leads(*, on: datetime | None = None) -> int:
    """Record `lead_idle` for the open leads that lie untouched for longer than their stage
    allows, once for each spell; how many there were."""
    now = on or timezone.now()
    noticed = IdleSpell.objects.filter(lead=OuterRef("id"), since=OuterRef("touched_at"))
    idle = Lead.objects.present().idle(on=now).filter(~Exists(noticed))
    found = idle.values_list("id", "touched_at", "stage__idle_days", "pipeline", "stage")
    return sum(_notice_idle(some, now) for some in _some(found.order_by().iterator(AT_ONCE)))


def notice_overdue_tasks(*, on: datetime | None = None) -> int:
    """Record `task_overdue` for the open tasks whose due date has passed, once for each due date;
    how many there were."""
    now = on or timezone.now()
    noticed = MissedDue.objects.filter(task=OuterRef("id"), due_at=OuterRef("due_at"))
    late = Task.objects.open().filter(~Exists(noticed), due_at__lt=now, lead__deleted_at=None)
    found = late.values_list(
        *("id", "due_at", "lead", "key", "name", "name_in", "assignee", "lead__pipeline")
    )
    return sum(_notice_missed(some, now) for some in _some(found.order_by().iterator(AT_ONCE)))


def _notice_idle(rows: Sequence[Any], now: datetime) -> int:
    idle: dict[uuid.UUID, Event] = {}
    with Act(None, at=now, via="clock") as act:
        ids, since, days = zip(*((row[0], row[1], row[2]) for row in rows), strict=True)
        written = _written(NOTICE_IDLE, now, len(rows), list(ids), list(since), list(days))
        for id, touched_at, limit, pipeline, stage in rows:
            if id in written:
                event = act.record(
                    "lead_idle",
                    Subject("lead", id, id, pipeline),
                    data={"stage": stage, "since": touched_at, "days": limit},
                    because={"rule": "idle_limit"},
                    at=touched_at + timedelta(days=limit),
                )
                idle[id] = event
        _begin_for_idle(act, idle)
    return len(written)


def _begin_for_idle(act: Act, idle: Mapping[uuid.UUID, Event]) -> None:
    """Begin what the stages of idle leads do; their rows are locked in this act already."""
    for lead in Lead.objects.filter(id__in=[*idle]).select_related("company").order_by("id"):
        process = published(lead.version_id)
        stage = process.design.stage(process.key_of(lead.stage_id))
        if any(one.on == "idle" for one in stage.automations):
            stay = StageVisit.objects.filter(lead=lead, left_at=None).values_list("id", flat=True)
            begin_automations(act, lead, process, stage, "idle", idle[lead.id], visit=stay.first())


def _notice_missed(rows: Sequence[Any], now: datetime) -> int:
    with Act(None, at=now, via="clock") as act:
        ids, dues = zip(*((row[0], row[1]) for row in rows), strict=True)
        written = _written(NOTICE_MISSED, now, len(rows), list(ids), list(dues))
        for id, due_at, lead, key, name, name_in, assignee, pipeline in rows:
            if id in written:
                act.record(
                    "task_overdue",
                    Subject("lead", lead, lead, pipeline),
                    data={
                        "task": id,
                        "key": key,
                        "name": name_in or name,
                        "due_at": due_at,
                        "assignee": assignee,
                    },
                    because={"rule": "due_date"},
                    at=due_at,
                )
    return len(written)


def _written(statement: str, now: datetime, n: int, *columns: list[Any]) -> set[uuid.UUID]:
    """What nobody had noticed before."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [now, [new_id() for _ in range(n)], *columns])
        return {id for (id,) in cursor.fetchall()}


def _some(rows: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
