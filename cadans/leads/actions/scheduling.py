"""Keep the due dates of stage tasks true: they follow other tasks, and the expected close.

A due date that somebody chose by hand stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cadans.leads.settle import Deed
from cadans.leads.task import Task
from cadans.process.calendar import due_date
from cadans.process.design import StageTask
from cadans.team.queries import absent_days, working_time


def follow_task(deed: Deed, task: Task) -> None:
    """Give the tasks of this stay that follow this one their due dates, from its end."""
    if deed.visit is None or task.visit_id != deed.visit.id or task.ended_at is None:
        return
    stage = deed.process.design.stage(deed.process.key_of(deed.visit.stage_id))
    because = {
        "rule": "after_task",
        "stage": stage.key,
        "version": deed.process.number,
        "task": dict(task.name_in) or task.name,
    }
    _reschedule(deed, stage.tasks_after(task.key), because, after_task=task.ended_at)


def follow_expected_close(deed: Deed) -> None:
    """Let the due dates that count back from the expected close move along with it."""
    if deed.visit is None:
        return
    stage = deed.process.design.stage(deed.process.key_of(deed.visit.stage_id))
    because = {"rule": "expected_close", "stage": stage.key, "version": deed.process.number}
    counted_back = [one for one in stage.tasks if one.due.since == "before_expected_close"]
    _reschedule(deed, counted_back, because)


def _reschedule(
    deed: Deed,
    designs: list[StageTask],
    because: Mapping[str, Any],
    *,
    after_task: datetime | None = None,
) -> None:
    if not designs or deed.visit is None:
        return
    dues = {one.key: one.due for one in designs}
    tasks = list(
        Task.objects.open().filter(visit=deed.visit, key__in=dues, due_by_hand=False).order_by("id")
    )
    working = working_time()
    since = working.day_of(after_task or deed.visit.entered_at)
    away = absent_days({one.assignee_id for one in tasks if one.assignee_id}, since=since)
    for task in tasks:
        days = away.get(task.assignee_id) if task.assignee_id else None
        due_at = due_date(
            dues[task.key],
            entered_at=deed.visit.entered_at,
            working=working.without(days) if days else working,
            expected_close=deed.lead.expected_close,
            after_task=after_task,
        )
        if due_at == task.due_at:
            continue
        before, task.due_at = task.due_at, due_at
        task.revision += 1
        task.save(update_fields=["due_at", "revision"])
        deed.record(
            "task_rescheduled",
            data={
                "task": task.id,
                "key": task.key,
                "name": task.name_in or task.name,
                "due_at": due_at,
                "before": before,
            },
            because=because,
        )
