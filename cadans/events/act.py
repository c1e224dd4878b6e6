"""An act: one deed by one actor, one transaction, one chain of causes, one job afterwards."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Protocol, Self

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from cadans.events.models import Event
from cadans.ground.copying import add_all
from cadans.ground.ids import new_id

REACT = "cadans.reactions.react"


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
    """Opens a transaction, gathers events, writes them at the end and defers one job.

        with Act(actor, at=at) as act:
            …change rows…
            act.record("activity_logged", subject, data={…})

    `at` is when the deed happened in the world (now by default; earlier when history is
    written down late). The first event recorded becomes the cause of those that follow, unless
    `caused_from_now_on_by` names a later one. When the body raises, nothing is kept.
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
        self._cause = cause
        self._transaction = transaction.atomic()

    def __enter__(self) -> Self:
        self._transaction.__enter__()
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
                self._transaction.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._transaction.__exit__(kind, error, trace)

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

    def caused_from_now_on_by(self, event: Event) -> None:
        """Events recorded after this name `event` as their cause."""
        self._cause = event.id

    def _write(self) -> None:
        if not self.events:
            return
        add_all(self.events)
        if not self.quietly:
            app.configure_task(REACT, allow_unknown=True).defer(act=str(self.id))


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
