"""A lead in memory, as the writer in bulk keeps it until it is written.

Ids that are made here are text, which is quicker by the million; those of rows that are there
already are ids.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Model

from cadans.process.facts import Facts, Held, Laid, Received, Ticked
from cadans.process.models import Published, published
from cadans.process.needs import needs_of_goals

NO_ID = uuid.UUID(int=0)
"""Goals name tasks by their keys, so nobody asks for the id of one."""


@dataclass(slots=True)
class Stay:
    """A stay in a stage, as `StageVisit` has it."""

    id: str
    version: uuid.UUID
    stage: str
    stage_id: uuid.UUID
    owner: uuid.UUID | None
    entered_at: datetime
    jumped: bool
    reason: str
    entered_by: str
    left_at: datetime | None = None
    how: str = ""
    goals_met: bool = False
    left_by: str | None = None


@dataclass(slots=True)
class TwinTask:
    """A task on the lead, as `Task` has it. Its key is empty when a person made it."""

    id: str
    stay: Stay | None
    key: str
    name: str
    names: Mapping[Any, str]
    kind: str
    required: bool
    assignee: uuid.UUID | None
    due_at: datetime | None
    made_at: datetime
    state: str = "open"
    ended_at: datetime | None = None
    ended_by: uuid.UUID | None = None
    revision: int = 1


@dataclass(slots=True)
class Twin:
    """A lead that is open, with all that hangs on it.

    `rows` are those of what hangs on it for good; they are written with the lead itself.
    """

    id: str
    title: str
    pipeline: str
    pipeline_id: uuid.UUID
    process: Published
    stage: str
    opened_at: datetime
    company: str
    source: uuid.UUID
    territory: uuid.UUID
    custom: Mapping[str, str]
    external_id: str
    value: Decimal | None
    fields: dict[str, Any]
    owner: uuid.UUID | None = None
    status: str = "open"
    competitor: str = ""
    reason: uuid.UUID | None = None
    closed_at: datetime | None = None
    expected_close: date | None = None
    stage_entered_at: datetime | None = None
    touched_at: datetime | None = None
    revision: int = 0
    stay: Stay | None = None
    stays: list[Stay] = field(default_factory=list)
    tasks: list[TwinTask] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    heard: list[Received] = field(default_factory=list)
    ticks: list[Ticked] = field(default_factory=list)
    rows: list[tuple[type[Model], Mapping[str, Any]]] = field(default_factory=list)

    @property
    def stage_id(self) -> uuid.UUID:
        """The row of the stage in which it lies."""
        return self.process.stage(self.stage).id

    def facts(self) -> Facts:
        """The lead as the engine sees it."""
        kinds = _kinds(self.process.version, self.stage)
        return Facts(
            status=self.status,
            stage=self.stage,
            entered_at=self.stay.entered_at if self.stay else self.opened_at,
            fields=self.fields,
            activities=tuple(self.held) if "activity" in kinds else (),
            tasks=tuple(self._laid()) if "task" in kinds else (),
            signals=tuple(self.heard) if "signal" in kinds else (),
            ticks=tuple(self.ticks) if "box" in kinds else (),
        )

    def _laid(self) -> Iterator[Laid]:
        for task in self.tasks:
            if task.key and task.stay:
                yield Laid(NO_ID, task.key, task.stay.stage, task.state, task.ended_at)

    def add(self, model: type[Model], values: Mapping[str, Any]) -> None:
        """Hang a row on the lead."""
        self.rows.append((model, values))

    def open_tasks(self) -> list[TwinTask]:
        """The open tasks of the present stay."""
        return [one for one in self.tasks if one.state == "open" and one.stay is self.stay]


@lru_cache(maxsize=256)
def _kinds(version: uuid.UUID, stage: str) -> frozenset[str]:
    """The kinds of goals that a stage has: the engine too looks at nothing else."""
    return needs_of_goals(published(version).design.stage(stage)).kinds
