"""What the choice of a rep looks at. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cadans.assignment.chances import Chances
from cadans.ground.working_time import WorkingTime


@dataclass(frozen=True)
class Candidate:
    """Somebody who may get the lead, as they are at this moment."""

    id: uuid.UUID
    name: str
    open_leads: int = 0
    capacity: int | None = None
    weight: int = 1
    absent: bool = False

    @property
    def has_room(self) -> bool:
        """Whether one more open lead still fits."""
        return self.capacity is None or self.open_leads < self.capacity

    def has_room_under(self, most: int | None) -> bool:
        """Whether one more open lead fits, also under a rule's own limit."""
        return self.has_room and (most is None or self.open_leads < most)


@dataclass(frozen=True)
class Rota:
    """Whose turn it was last in one pool, and what the strategy keeps of each (id → number).

    *Weighted* keeps how much each is owed; *likeliest to win* how many of the latest leads each
    got, earlier ones counting less and less.
    """

    last: uuid.UUID | None = None
    tally: Mapping[str, float] = field(default_factory=dict)


def nothing_learned() -> Chances | None:
    """What is known of the reps' chances where nobody looked."""
    return None


@dataclass(frozen=True)
class Context:
    """What a strategy may look at beside the people.

    `seed` (the lead's id) makes chance repeatable; `chances` fetches what was learned about such
    leads, and is called only by a strategy that looks at it.
    """

    seed: str = ""
    at: datetime | None = None
    office: WorkingTime = field(default_factory=WorkingTime)
    chances: Callable[[], Chances | None] = nothing_learned
    most_share: int | None = None


@dataclass(frozen=True)
class Picked:
    """Who was picked, why, and what the pool keeps of each from now on."""

    who: Candidate
    why: Mapping[str, Any] = field(default_factory=dict)
    tally: Mapping[str, float] = field(default_factory=dict)

    @property
    def id(self) -> uuid.UUID:
        """The user's id."""
        return self.who.id
