"""Rows that wait to be copied into their tables."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

from django.db import connection, models
from django.utils import timezone

from cadans.contacts.models import Company, Person
from cadans.events.in_bulk import FIELDS as EVENT_FIELDS
from cadans.events.models import Event
from cadans.ground.copying import copy_rows
from cadans.ground.ids import new_id_as_text
from cadans.leads.models import (
    Activity,
    Closing,
    GoalTick,
    Lead,
    LeadPerson,
    LeadProduct,
    Signal,
    StageVisit,
    Task,
)

Row = tuple[Any, ...]
BATCH = 60_000
"""How many events are gathered before everything is written."""


def _columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.concrete_fields)


FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    model: _columns(model)
    for model in (
        *(Company, Person, Lead, LeadPerson, LeadProduct, StageVisit),
        *(Task, Activity, Signal, GoalTick, Closing),
    )
} | {Event: EVENT_FIELDS}


class Rows:
    """Gathers rows by table and events by deed, and writes them by COPY."""

    def __init__(self, *, via: str) -> None:
        self.via = via
        self.now = timezone.now()
        self.waiting: dict[type[models.Model], list[Row]] = {model: [] for model in FIELDS}
        self.events = self.waiting[Event]
        self._act = new_id_as_text()
        self._actor: uuid.UUID | None = None
        self._cause: str | None = None
        self._beside = ThreadPoolExecutor(max_workers=1)
        self._copying: Future[None] | None = None

    def add(self, model: type[models.Model], values: Mapping[str, Any]) -> None:
        """Keep a row: a value for each column of its table."""
        self.waiting[model].append(tuple(values[name] for name in FIELDS[model]))

    def begin(self, actor: uuid.UUID | None) -> None:
        """Start the next deed; its first event becomes the cause of the others."""
        self._act = new_id_as_text()
        self._actor = actor
        self._cause = None

    def record(
        self,
        kind: str,
        at: datetime,
        *,
        subject: str,
        subject_kind: str = "lead",
        lead: str | None = None,
        pipeline: uuid.UUID | None = None,
        data: Mapping[str, Any],
        because: str = "{}",
    ) -> str:
        """Note an event; `because` is JSON already, since many events share one."""
        id = new_id_as_text()
        self.events.append(
            (
                *(id, kind, at, self.now, self._act, self._actor, self.via, self._cause),
                *(subject_kind, subject, lead, pipeline, as_json(data), because),
            )
        )
        if self._cause is None:
            self._cause = id
        return id

    def caused_from_now_on_by(self, event: str) -> None:
        """Events recorded after this name that one as their cause."""
        self._cause = event

    @property
    def full(self) -> bool:
        """Whether it is time to write."""
        return len(self.events) >= BATCH

    def write(self) -> None:
        """Have everything copied beside the simulation, which goes on meanwhile."""
        self.wait()
        batch = {model: rows for model, rows in self.waiting.items() if rows}
        self.waiting = {model: [] for model in FIELDS}
        self.events = self.waiting[Event]
        if connection.connection is None:
            connection.ensure_connection()
        self._copying = self._beside.submit(_copy, batch, connection.connection)

    def wait(self) -> None:
        """Wait until what was given to be copied is copied; only then use the connection."""
        if self._copying is not None:
            self._copying.result()
            self._copying = None


def _copy(batch: Mapping[type[models.Model], list[Row]], over: Any) -> None:
    for model, rows in batch.items():
        copy_rows(model, FIELDS[model], rows, over=over)
    # Foreign keys are checked now, beside the simulation, and not all at once at the end. A
    # batch holds whole leads and whoever they are about.
    over.execute("SET CONSTRAINTS ALL IMMEDIATE")
    over.execute("SET CONSTRAINTS ALL DEFERRED")


def as_json(value: Any) -> str:
    """JSON text, with decimals and times as events write them."""
    return WRITER.encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


# One for all: making it takes longer than most events take to write.
WRITER = json.JSONEncoder(default=_plain)
