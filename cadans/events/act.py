"""An act: one deed by one actor, one transaction, one chain of causes, one job afterwards."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from cadans.events.models import Event
from cadans.ground.ids import new_id
from cadans.ground.remembered import one_moment
from cadans.ground.writing import Columns, as_it_is, write

REACT = "cadans.reactions.react"

Thing = TypeVar("Thing", bound=models.Model)


class Actor(Protocol):
    """Whoever acts: a user. None stands for the software itself."""

    @property
    def id(self) -> uuid.UUID: ...


@dataclass(frozen=True)
class Subject:
    """What an event is about."""

    kind: str
    id: uuid.UUID
    lead: uuid.UUID | None = None
    pipeline: uuid.UUID | None = None


_history: ContextVar[datetime | None] = ContextVar("history", default=None)


@contextmanager
def history(at: datetime) -> Iterator[None]:
    """Acts begun inside happened at that moment unless they say when, and defer no jobs.

    For writing down what happened long ago: simulated history, for one.
    """
    token = _history.set(at)
    try:
        yield
    finally:
        _history.reset(token)


class Act:
    """Opens a transaction, gathers what is made, changed and told, and writes it at the end.

        with Act(actor, at=at) as act:
            act.watch(lead)
            lead.touched_at = at
            act.add(Activity(lead=lead, …))
            act.record("activity_logged", subject, data={…})

    Until the end the database does not know what was added and changed that way: who asks it
    meanwhile counts what is `new` along, or lets the act `flush`. `at` is when the deed happened
    in the world (now by default; earlier when history is written down late). The first event
    recorded becomes the cause of those that follow, unless `caused_from_now_on_by` names a later
    one. When the body raises, nothing is kept.
    """

    def __init__(
        self,
        actor: Actor | None,
        *,
        at: datetime | None = None,
        via: str = "web",
        quietly: bool = False,
        cause: uuid.UUID | None = None,
    ) -> None:
        """`cause` is an event of an earlier act that led to this one.

        `quietly` writes the events without the job: for imports and simulated history.
        """
        self.id = new_id()
        self.actor = actor
        past = _history.get()
        self.at = at or past or timezone.now()
        self.via = via
        self.quietly = quietly or past is not None
        self.events: list[Event] = []
        self._new: list[models.Model] = []
        self._watched: list[tuple[models.Model, Columns]] = []
        self._written = 0
        self._cause = cause
        self._whole = ExitStack()

    def __enter__(self) -> Self:
        self._whole.enter_context(one_moment())
        self._whole.enter_context(transaction.atomic())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            try:
                self._write()
            except BaseException as failure:
                self._whole.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._whole.__exit__(kind, error, trace)

    def record(
        self,
        kind: str,
        subject: Subject,
        *,
        data: Mapping[str, Any] | None = None,
        because: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> Event:
        """Note an event; it is written when the act ends. Returns it, for its id."""
        event = Event(
            kind=kind,
            at=at or self.at,
            act=self.id,
            actor=self.actor.id if self.actor else None,
            via=self.via,
            cause=self._cause,
            subject_kind=subject.kind,
            subject=subject.id,
            lead=subject.lead,
            pipeline=subject.pipeline,
            data=plain(data or {}),
            because=plain(because or {}),
        )
        if self._cause is None:
            self._cause = event.id
        self.events.append(event)
        return event

    def add(self, *things: models.Model) -> None:
        """Add new things; their rows are written when the act ends, as they are by then."""
        self._new += things

    def watch(self, thing: models.Model) -> None:
        """Write the thing's columns that change from now on, when the act ends."""
        self._watched.append((thing, as_it_is(thing)))

    def new(self, kind: type[Thing]) -> list[Thing]:
        """The things of a kind that were added and are not written yet."""
        return [thing for thing in self._new if isinstance(thing, kind)]

    def watched(self, kind: type[Thing]) -> list[Thing]:
        """The things of a kind whose changes will be written."""
        return [thing for thing, _was in self._watched if isinstance(thing, kind)]

    def flush(self) -> None:
        """Write now what was made, changed and told so far, and let go of it.

        What changes after that has to be watched again.
        """
        write([*self._new, *self.events[self._written :]], self._watched)
        self._new, self._watched, self._written = [], [], len(self.events)

    def caused_from_now_on_by(self, event: Event) -> None:
        """Events recorded after this name `event` as their cause."""
        self._cause = event.id

    def _write(self) -> None:
        self.flush()
        if self.quietly or _awaited().isdisjoint(event.kind for event in self.events):
            return
        app.configure_task(REACT, allow_unknown=True).defer(act=str(self.id))


@cache
def _awaited() -> frozenset[str]:
    """The kinds of events that jobs follow from. Their table stands above all rooms, so the
    settings name it."""
    return frozenset(import_string(settings.REACTIONS))


def plain(value: Any) -> Any:
    """`value` as JSON knows it: ids, decimals and times become text."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return json.loads(json.dumps(value, default=str))
