"""Activities, tasks, signals and events as the API reads and shows them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, Field, StringConstraints

from cadans.api.schemas.kinds import (
    Email,
    Key,
    Moment,
    Name,
    Note,
    Ref,
    UserRef,
    Wish,
    user_ref,
)
from cadans.contacts.models import Person
from cadans.events.models import Event
from cadans.leads.event_names import Names, names_in
from cadans.leads.explain import explain
from cadans.leads.models import Activity, Task
from cadans.team.models import User

ActivityKind = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="call, meeting, demo, email, note, ask, or the key of one of /activity-kinds",
        examples=["call"],
    ),
]
Outcome = Literal["", "reached", "no_answer", "positive", "negative"]
TaskKind = Literal["call", "email", "meeting", "to_do"]
TaskState = Literal["open", "done", "skipped"]


class NewActivity(Wish):
    """What was done with the lead. What lies in the future is planned, unless `held` says else."""

    kind: ActivityKind
    at: Moment | None = None
    outcome: Outcome = ""
    people: list[uuid.UUID] = Field(default_factory=list, max_length=50)
    note: Note = ""
    held: bool | None = None


class ActivityHeld(Wish):
    """How a planned activity went; `at` is the moment for which it was planned, when left out (now
    when that is still to come)."""

    at: Moment | None = None
    outcome: Outcome = ""
    note: Note = ""


class ActivityReplanned(Wish):
    """Another moment, still to come."""

    at: Moment


class ActivityOff(Wish):
    """Why it does not take place."""

    reason: Annotated[str, StringConstraints(max_length=300)] = ""


class NewTask(Wish):
    """Something to do for the lead."""

    name: Name
    kind: TaskKind = "to_do"
    due_at: Moment | None = None
    assignee: Key | None = Field(default=None, description="e-mail address or id; you by default")
    note: Note = ""


class TaskChanges(Wish):
    """What is to change; what is left out stays as it is."""

    name: Name | None = None
    kind: TaskKind | None = None
    due_at: Moment | None = None
    assignee: Key | None = Field(default=None, description="e-mail address or id")
    note: Note | None = None


class TaskEnd(Wish):
    """When it was done or skipped; now when left out."""

    at: Moment | None = None


class NewSignal(Wish):
    """Something observed outside, about a lead: by its id, its `external_id`, or the e-mail
    address of somebody on it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    lead: uuid.UUID | None = None
    email: Email = ""
    external_id: Annotated[str, StringConstraints(max_length=120)] = ""
    payload: dict[str, Any] = Field(default_factory=dict, max_length=200)
    at: Moment | None = None


class ActivityShown(BaseModel):
    """An activity on a lead. One that is not held is planned, or `called_off` since then."""

    id: uuid.UUID
    lead: uuid.UUID
    kind: str
    at: datetime
    held: bool
    called_off: datetime | None
    outcome: str
    note: str
    by: UserRef | None
    people: list[Ref]


class TaskShown(BaseModel):
    """A task on a lead; `key` names the stage task it came from."""

    id: uuid.UUID
    lead: uuid.UUID
    key: str | None
    name: str
    kind: TaskKind
    state: TaskState
    required: bool
    assignee: UserRef | None
    due_at: datetime | None
    late: bool
    note: str
    made_at: datetime
    ended_at: datetime | None
    revision: int


class EventShown(BaseModel):
    """What happened, who did it and why; `cause` is the event that led to this one.

    `rule` and `because` are set for what the software did by itself; `explanation` is a sentence
    in the reader's language.
    """

    id: uuid.UUID
    kind: str
    at: datetime
    actor: Ref | None
    via: str
    cause: uuid.UUID | None
    rule: str | None
    explanation: str
    data: dict[str, Any]
    because: dict[str, Any]


class SignalTaken(BaseModel):
    """The events that a signal led to."""

    events: list[EventShown]


def activity_shown(activity: Activity, people: Iterable[Person], by: User | None) -> ActivityShown:
    """An activity with its people."""
    return ActivityShown.model_construct(
        id=activity.id,
        lead=activity.lead_id,
        kind=activity.kind,
        at=activity.at,
        held=activity.held,
        called_off=activity.called_off_at,
        outcome=activity.outcome,
        note=activity.note,
        by=user_ref(by),
        people=[Ref.model_construct(id=one.id, name=one.name) for one in people],
    )


def task_shown(task: Task) -> TaskShown:
    """A task with its assignee at hand."""
    return TaskShown.model_construct(
        id=task.id,
        lead=task.lead_id,
        key=task.key or None,
        name=task.label,
        kind=cast(TaskKind, task.kind),
        state=cast(TaskState, task.state),
        required=task.required,
        assignee=user_ref(task.assignee),
        due_at=task.due_at,
        late=task.is_late(),
        note=task.note,
        made_at=task.made_at,
        ended_at=task.ended_at,
        revision=task.revision,
    )


def events_told(events: Sequence[Event]) -> list[EventShown]:
    """Events with their explanations, with one look-up of names for all of them."""
    names = names_in(events)
    return [_event(event, names) for event in events]


def _event(event: Event, names: Names) -> EventShown:
    rule = event.because.get("rule")
    actor = None
    if event.actor is not None:
        actor = Ref.model_construct(id=event.actor, name=names[event.actor])
    return EventShown.model_construct(
        id=event.id,
        kind=event.kind,
        at=event.at,
        actor=actor,
        via=event.via,
        cause=event.cause,
        rule=str(rule) if rule else None,
        explanation=explain(event, names),
        data=event.data,
        because=event.because,
    )
