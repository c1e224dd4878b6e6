"""What the engine knows of a lead when it decides. Pure data, no database."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Held:
    """An activity that took place (`held`) or is planned."""

    kind: str
    at: datetime
    outcome: str = ""
    held: bool = True


@dataclass(frozen=True)
class Laid:
    """A task on the lead: `key` is the stage task it came from, empty for one made by hand."""

    id: uuid.UUID
    key: str
    stage: str
    state: str
    done_at: datetime | None = None


@dataclass(frozen=True)
class Received:
    """A signal that arrived for the lead."""

    name: str
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ticked:
    """A goal that somebody ticked by hand."""

    stage: str
    goal: str
    at: datetime


@dataclass(frozen=True)
class Involved:
    """Somebody on the lead: the part they play in the purchase, and how to reach them."""

    role: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Facts:
    """A lead as the engine sees it.

    `fields` is flat: `value`, `currency`, `expected_close`, `source`, `company.country`,
    `people.decision_maker`, `custom.budget`, … as conditions and goals name them.
    """

    status: str
    stage: str
    entered_at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)
    activities: tuple[Held, ...] = ()
    tasks: tuple[Laid, ...] = ()
    signals: tuple[Received, ...] = ()
    ticks: tuple[Ticked, ...] = ()
    people: tuple[Involved, ...] = ()
    held: bool = False

    def in_stage(self, stage: str, *, since: datetime, status: str = "open") -> Facts:
        """The same lead after it entered another stage (its open tasks were skipped)."""
        tasks = tuple(
            replace(task, state="skipped") if task.state == "open" and task.key else task
            for task in self.tasks
        )
        return replace(self, stage=stage, entered_at=since, status=status, tasks=tasks, held=False)
