"""What the log tells of the past, as trying a design reads it. Pure data."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """One deed on a lead, in the words of its event."""

    kind: str
    at: datetime
    act: uuid.UUID
    actor: uuid.UUID | None
    lead: uuid.UUID
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Start:
    """What lay on a lead when it came in, beside what the event of its making tells.

    `people` maps ids to buying roles, the first contact first.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    products: Sequence[str] = ()


@dataclass(frozen=True)
class Happened:
    """What became of a lead in reality: `stays` are stage, moment of entering, and how it ended."""

    status: str
    stage: str
    owner: uuid.UUID | None
    stays: Sequence[tuple[str, datetime, str]]
    tasks: Sequence[tuple[str, uuid.UUID | None, int]] = ()
    """Stage tasks laid: kind, whose, how many."""


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
    products: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Product → its name and its line's."""
    emails: Mapping[uuid.UUID, str] = field(default_factory=dict)
    rates: Mapping[str, Any] = field(default_factory=dict)
    bosses: frozenset[uuid.UUID] = frozenset()
    """Who may pass a stage that blocks: managers and administrators."""
    companies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    people: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Person → name, e-mail address, phone number."""
    tasks: Mapping[str, str] = field(default_factory=dict)
    """Stage task on a lead → the key of the stage that laid it."""


def as_day(value: Any) -> date | None:
    """A day as the log writes it."""
    return date.fromisoformat(value) if value else None
