"""The events of many deeds at once, for imports and simulated history: one COPY, no job."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from cadans.events.act import Actor
from cadans.events.models import Event
from cadans.ground.copying import copy_rows
from cadans.ground.ids import new_id

FIELDS = (
    *("id", "kind", "at", "recorded_at", "act", "actor", "via", "cause"),
    *("subject_kind", "subject", "lead", "pipeline", "data", "because"),
)
LEAD = FIELDS.index("lead")


class ActsInBulk:
    """Gathers the events of many acts and writes them together, inside a transaction at hand.

        acts = ActsInBulk(actor, via="import")
        acts.begin()
        acts.record("lead_created", at=…, lead=lead_id, pipeline=pipeline_id, data={…})
        acts.write()

    `begin()` starts the next deed; its first event becomes the cause of those that follow, as in
    `Act`. `data` and `because` hold only what JSON knows (ids and decimals as text).
    """

    def __init__(self, actor: Actor | None, *, via: str) -> None:
        self.actor = actor.id if actor else None
        self.via = via
        self.now = timezone.now()
        self.rows: list[tuple[Any, ...]] = []
        self._act = new_id()
        self._cause: uuid.UUID | None = None

    def begin(self, cause: uuid.UUID | None = None) -> None:
        """Start the next deed; `cause` is an event of an earlier one that led to it."""
        self._act = new_id()
        self._cause = cause

    def record(
        self,
        kind: str,
        *,
        at: datetime,
        subject: uuid.UUID | None = None,
        subject_kind: str = "lead",
        lead: uuid.UUID | None = None,
        pipeline: uuid.UUID | None = None,
        data: Mapping[str, Any] | None = None,
        because: Mapping[str, Any] | None = None,
    ) -> uuid.UUID:
        """Note an event about `subject` (the lead by default). Returns the event's id."""
        id = new_id()
        self.rows.append(
            (
                *(id, kind, at, self.now, self._act, self.actor, self.via, self._cause),
                *(subject_kind, subject or lead, lead, pipeline),
                json.dumps(data) if data else "{}",
                json.dumps(because) if because else "{}",
            )
        )
        if self._cause is None:
            self._cause = id
        return id

    def forget_leads(self, *, since: int) -> None:
        """Forget the events about leads among those gathered after the first `since`."""
        kept = [row for row in self.rows[since:] if row[LEAD] is None]
        self.rows[since:] = kept

    def write(self) -> None:
        """Write what was gathered, and forget it."""
        if self.rows:
            copy_rows(Event, FIELDS, self.rows)
            self.rows = []
