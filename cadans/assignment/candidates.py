"""What the choice of a rep looks at. Pure."""

import uuid
from dataclasses import dataclass


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


@dataclass(frozen=True)
class Rota:
    """Whose turn it was last, for one rule."""

    last: uuid.UUID | None = None
