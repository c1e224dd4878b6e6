"""Due dates that count back from the expected close move along when a file brings another one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from cadans.exchange.actions.books import Books
from cadans.leads.models import Lead, Task
from cadans.process.calendar import due_date
from cadans.process.design import Due
from cadans.process.models import published
from cadans.team.queries import absent_days, working_time


@dataclass(frozen=True)
class Counting:
    """What counts back from a lead's expected close: stage task → when, and by what."""

    cause: uuid.UUID
    lead: Lead
    stage: str
    version: int
    dues: dict[str, Due]


def follow_expected_closes(books: Books, leads: Mapping[uuid.UUID, Lead]) -> None:
    """Move the open tasks that are due before the expected close of these leads (by the event that
    told of another one), with an event for each. A date that somebody gave by hand stays.

    Three queries, however many leads.
    """
    found = (_counting(cause, lead) for cause, lead in leads.items())
    counting = {one.lead.id: one for one in found if one and one.dues}
    if not counting:
        return
    tasks = [
        task
        for task in Task.objects.open()
        .filter(lead__in=counting, visit__left_at=None, due_by_hand=False)
        .select_related("visit")
        .order_by("id")
        if task.key in counting[task.lead_id].dues
    ]
    working = working_time()
    first = min((task.visit.entered_at for task in tasks if task.visit), default=books.acts.now)
    people = {task.assignee_id for task in tasks if task.assignee_id}
    away = absent_days(people, since=working.day_of(first))
    moved = []
    for task in tasks:
        one = counting[task.lead_id]
        days = away.get(task.assignee_id) if task.assignee_id else None
        entered_at = task.visit.entered_at if task.visit else one.lead.stage_entered_at
        due_at = due_date(
            one.dues[task.key],
            entered_at=entered_at,
            working=working.without(days) if days else working,
            expected_close=one.lead.expected_close,
        )
        if due_at == task.due_at:
            continue
        before, task.due_at = task.due_at, due_at
        task.revision += 1
        moved.append(task)
        _tell(books, one, task, before.isoformat() if before else None)
    Task.objects.bulk_update(moved, ["due_at", "revision"])


def _counting(cause: uuid.UUID, lead: Lead) -> Counting | None:
    process = published(lead.version_id)
    if not lead.is_open:
        return None
    stage = process.design.stage(process.key_of(lead.stage_id))
    back = {one.key: one.due for one in stage.tasks if one.due.since == "before_expected_close"}
    return Counting(cause, lead, stage.key, process.number, back)


def _tell(books: Books, one: Counting, task: Task, before: str | None) -> None:
    books.acts.begin(one.cause)
    books.acts.record(
        "task_rescheduled",
        at=books.acts.now,
        lead=one.lead.id,
        pipeline=one.lead.pipeline_id,
        data={
            "task": str(task.id),
            "key": task.key,
            "name": task.name_in or task.name,
            "due_at": task.due_at.isoformat() if task.due_at else None,
            "before": before,
        },
        because={"rule": "expected_close", "stage": one.stage, "version": one.version},
    )
