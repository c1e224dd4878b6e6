"""A lead in memory as rows of its tables, and as events tell of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from cadans.demo.rows import Rows, as_json
from cadans.demo.twin import Stay, Twin, TwinTask
from cadans.leads.models import Lead, StageVisit, Task


def keep(rows: Rows, twin: Twin) -> None:
    """Keep the rows of a lead, its stays and tasks, to be copied."""
    rows.add(
        Lead,
        {
            "id": twin.id,
            "title": twin.title,
            "pipeline": twin.pipeline_id,
            "version": twin.process.version,
            "stage": twin.stage_id,
            "status": twin.status,
            "value": twin.value,
            "currency": twin.fields["currency"],
            "owner": twin.owner,
            "company": twin.company,
            "source": twin.source,
            "territory": twin.territory,
            "competitor": twin.competitor,
            "loss_reason": twin.reason,
            "opened_at": twin.opened_at,
            "closed_at": twin.closed_at,
            "expected_close": twin.expected_close,
            "stage_entered_at": twin.stage_entered_at,
            "touched_at": twin.touched_at,
            "custom": as_json(twin.custom),
            "external_id": twin.external_id,
            "revision": twin.revision,
            "made_at": rows.now,
            "deleted_at": None,
            "merged_into": None,
        },
    )
    for model, values in twin.rows:
        rows.add(model, values)
    for stay, following in pairwise([*twin.stays, None]):
        if stay is not None:
            rows.add(StageVisit, _visit_row(twin, stay, following))
    for task in twin.tasks:
        rows.add(Task, _task_row(twin, task))


def _visit_row(twin: Twin, stay: Stay, following: Stay | None) -> dict[str, Any]:
    return {
        "id": stay.id,
        "lead": twin.id,
        "pipeline": twin.pipeline_id,
        "version": stay.version,
        "stage": stay.stage_id,
        "owner": stay.owner,
        "entered_at": stay.entered_at,
        "left_at": stay.left_at,
        "how": stay.how,
        "goals_met": stay.goals_met,
        "jumped": stay.jumped,
        "reason": stay.reason,
        "held": False,
        "entered_by": stay.entered_by,
        "left_by": stay.left_by,
        # As if leads only went up: the database sets the others right (docs/decisions/0018).
        "is_first": True,
        "higher_at": following.entered_at if following else None,
    }


def _task_row(twin: Twin, task: TwinTask) -> dict[str, Any]:
    return {
        "id": task.id,
        "lead": twin.id,
        "visit": task.stay.id if task.stay else None,
        "stage": task.stay.stage_id if task.stay else None,
        "key": task.key,
        "name": task.name,
        "name_in": as_json(task.names),
        "kind": task.kind,
        "state": task.state,
        "required": task.required,
        "assignee": task.assignee,
        "due_at": task.due_at,
        "due_by_hand": False,
        "note": "",
        "made_at": task.made_at,
        "ended_at": task.ended_at,
        "ended_by": task.ended_by,
        "revision": task.revision,
    }


def told_task(task: TwinTask) -> dict[str, Any]:
    """What every event about a task tells."""
    return {"task": task.id, "key": task.key, "name": task.names or task.name}


def told_lead(twin: Twin) -> dict[str, Any]:
    """What the event of its making tells of a lead, as `leads.actions.creating.told` does."""
    return {
        "title": twin.title,
        "pipeline": twin.pipeline_id,
        "value": twin.value,
        "currency": twin.fields["currency"],
        "owner": None,
        "company": twin.company,
        "source": twin.source,
        "territory": twin.territory,
        "competitor": "",
        "opened_at": twin.opened_at,
        "expected_close": None,
        "custom": twin.custom,
        "external_id": twin.external_id,
    }
