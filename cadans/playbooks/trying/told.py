"""What the log tells of the past, as trying a design reads it. Pure data."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple


class Told(NamedTuple):
    """One deed on a lead, in the words of its event. Ids are text, as the log writes them."""

    kind: str
    at: datetime
    act: str
    actor: str | None
    lead: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Start:
    """What lay on a lead when it came in, beside what the event of its making tells.

    `people` maps ids to buying roles, the first contact first.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    products: Sequence[str] = ()


class LaidThen(NamedTuple):
    """A stage task that was laid in reality.

    `due` is the day on which it was due (`date.toordinal`), None without one or when somebody
    chose it.
    """

    kind: str
    whose: str | None
    stage: str
    key: str
    due: int | None


@dataclass(frozen=True)
class Happened:
    """What became of a lead in reality: `stays` are the stages it was in and how each ended."""

    status: str
    stage: str
    owner: str | None
    stays: Sequence[tuple[str, str]]
    tasks: Sequence[LaidThen] = ()


@dataclass(frozen=True)
class Mentioned:
    """What the ids of companies, people and stage tasks stand for in a stretch of the log."""

    companies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    people: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Person → name, e-mail address, phone number."""
    tasks: Mapping[str, str] = field(default_factory=dict)
    """Stage task on a lead → the key of the stage that laid it."""


@dataclass
class Names:
    """What ids in the log stand for. Ids are text, as the log has them.

    Those of companies, people and stage tasks are of the stretch of history at hand only.
    """

    home: str = "EUR"
    stages: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Stage → its key and its place in the row as it is live."""
    sources: Mapping[str, str] = field(default_factory=dict)
    territories: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Territory → its name and those of the territories it lies in."""
    products: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Product → its name, its line's, and its line."""
    emails: Mapping[uuid.UUID, str] = field(default_factory=dict)
    rates: Mapping[str, Any] = field(default_factory=dict)
    bosses: frozenset[str] = frozenset()
    """Who may pass a stage that blocks: managers and administrators."""
    companies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    people: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Person → name, e-mail address, phone number."""
    tasks: Mapping[str, str] = field(default_factory=dict)
    """Stage task on a lead → the key of the stage that laid it."""

    def turn_to(self, mentioned: Mentioned) -> None:
        """Know what the next stretch mentions, and forget what the last one did."""
        self.companies, self.people = mentioned.companies, mentioned.people
        self.tasks = mentioned.tasks


def as_day(value: Any) -> date | None:
    """A day as the log writes it."""
    return date.fromisoformat(value) if value else None
