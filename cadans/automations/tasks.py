"""The hand of "task": put a task on a lead."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from cadans.events.act import Act, Subject
from cadans.events.models import Event
from cadans.ground.text import in_language
from cadans.leads.automating import due_after
from cadans.leads.models import Lead, Task
from cadans.process.automations.task import MakeTask
from cadans.team.queries import organisation


def make(
    act: Act, lead: Lead, begun: Event, do: MakeTask, people: Sequence[uuid.UUID]
) -> dict[str, Any]:
    """One task for each of these people; the event's data says which."""
    name = in_language(dict(do.name), organisation().language)[:200]
    tasks = [
        Task(
            lead=lead,
            name=name,
            name_in=dict(do.name),
            kind=do.task,
            assignee_id=one,
            due_at=due_after(do.due, act.at),
            made_at=act.at,
        )
        for one in people
    ]
    act.add(*tasks)
    for task in tasks:
        act.record(
            "task_added",
            Subject("lead", lead.id, lead.id, lead.pipeline_id),
            data={
                "task": task.id,
                "name": task.name,
                "due_at": task.due_at,
                "assignee": task.assignee_id,
            },
        )
    return {"tasks": [task.id for task in tasks], "task_name": dict(do.name)}
