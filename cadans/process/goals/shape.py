"""What every goal has, and what weighing one gives. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from cadans.process.facts import Facts

KEY = r"^[a-z0-9][a-z0-9_-]{0,39}$"
Text = dict[Literal["nl", "en"], str]
Role = Literal["", "decision_maker", "champion", "influencer", "user", "gatekeeper", "blocker"]
"""A buying role (contacts.models.BuyingRole), or "" for whatever role."""


@dataclass(frozen=True)
class Weighing:
    """Whether a goal is met, since when, and the values that decided it."""

    met: bool
    at: datetime | None = None
    seen: dict[str, Any] = field(default_factory=dict)


class Goal(BaseModel):
    """The observable fact that completes a stage.

    `looks_at` says which facts it weighs, so that no others are fetched: fields, activity, task,
    signal, box or people.
    """

    looks_at: ClassVar[str] = "fields"

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    key: str = Field(pattern=KEY)
    """What ticks and reports know it by; once in a stage."""
    name: Text = Field(default_factory=dict)
    """What it is called, in each language; made of its kind when left out."""

    def fields_seen(self) -> tuple[str, ...]:
        """Names of the fields that it looks at, as conditions name them."""
        return ()

    def weigh(self, facts: Facts) -> Weighing:
        """Weigh the goal on a lead that is in the goal's stage."""
        raise NotImplementedError


class Since(BaseModel):
    """For goals about what happened: counted from entering the stage, or ever."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    since: Literal["entered", "ever"] = "entered"
    """Whether only what happened since entering the stage counts, or all of it."""

    def counts(self, at: datetime, facts: Facts) -> bool:
        """Whether something that happened at that moment counts."""
        return self.since == "ever" or at >= facts.entered_at


def nth(moments: Iterable[datetime], n: int) -> datetime | None:
    """The n-th of the moments in time (1 is the first), or None when there are fewer."""
    row = sorted(moments)
    return row[n - 1] if len(row) >= n else None
