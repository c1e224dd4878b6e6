"""What happens at the demo company: deeds on leads, in the order of time. Pure data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class Firm:
    """A company that buys, or not. `n` is its number in the simulation."""

    n: int
    name: str
    domain: str
    industry: str
    employees: int
    city: str
    region: str
    postcode: str
    country: str
    vehicles: int


@dataclass(frozen=True)
class Contact:
    """Somebody at a company. `n` is their number in the simulation."""

    n: int
    firm: int
    name: str
    email: str
    phone: str
    job_title: str


@dataclass(frozen=True)
class Line:
    """A product on a lead, at its list price."""

    product: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True)
class Deed:
    """Something that was done to lead `lead` at a moment, by a colleague (None: nobody here)."""

    lead: int
    at: datetime
    by: str | None


@dataclass(frozen=True)
class Open(Deed):
    """A lead came in; routing and assignment rules say where it goes."""

    title: str
    firm: Firm
    contact: Contact
    source: str
    territory: str
    value: Decimal | None
    custom: Mapping[str, str]
    external_id: str


@dataclass(frozen=True)
class Log(Deed):
    """An activity was held."""

    kind: str
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True)
class Plan(Deed):
    """An activity was put in the diary."""

    kind: str
    on: datetime


@dataclass(frozen=True)
class Do(Deed):
    """The stage task with that key was done."""

    task: str


@dataclass(frozen=True)
class Hear(Deed):
    """A signal arrived from outside."""

    signal: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tick(Deed):
    """A goal was ticked."""

    goal: str


@dataclass(frozen=True)
class Change(Deed):
    """Fields of the lead got other values (`value`, `expected_close`, `competitor`)."""

    changes: Mapping[str, Decimal | date | str]


@dataclass(frozen=True)
class Bring(Deed):
    """A person joined the lead in a buying role."""

    contact: Contact
    role: str


@dataclass(frozen=True)
class Choose(Deed):
    """The products were chosen; their sum becomes the lead's value."""

    lines: Sequence[Line]


@dataclass(frozen=True)
class Give(Deed):
    """A colleague got the lead by hand."""

    to: str


@dataclass(frozen=True)
class Move(Deed):
    """The lead was moved by hand."""

    stage: str
    reason: str


@dataclass(frozen=True)
class Win(Deed):
    """The lead was closed as won by hand."""


@dataclass(frozen=True)
class Lose(Deed):
    """The lead was closed as lost, for a reason or silently."""

    reason: str | None


@dataclass(frozen=True)
class Add(Deed):
    """A colleague put a task of their own on the lead."""

    name: str
    kind: str
    due_at: datetime


@dataclass(frozen=True)
class Publish:
    """A manager published the second version of a pipeline."""

    at: datetime
    by: str
    pipeline: str


@dataclass(frozen=True)
class OpenTask:
    """A stage task that waits: its key, and when it is due."""

    key: str
    due_at: datetime


@dataclass(frozen=True)
class Standing:
    """How a lead stands after a deed. `tasks` are the open ones of the present stay."""

    pipeline: str
    version: int
    stage: str
    status: str
    owner: str | None
    tasks: Sequence[OpenTask]


class Writer(Protocol):
    """Carries deeds out in the order in which they come, and says how the lead then stands."""

    def do(self, deed: Deed) -> Standing:
        """Carry out a deed on a lead."""

    def publish(self, deed: Publish) -> None:
        """Publish the second version of a pipeline."""

    def finish(self) -> None:
        """Write down whatever is not written yet."""
