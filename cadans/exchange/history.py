"""Fold a lead's changes of stage into stays and endings. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class StagePlace:
    """A stage as an import needs it."""

    id: uuid.UUID
    key: str
    position: int
    ends_in: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class Process:
    """A published pipeline as an import needs it. `words` are the keys and names of its stages."""

    id: uuid.UUID
    key: str
    name: str
    version: uuid.UUID
    number: int
    stages: Sequence[StagePlace]
    words: Mapping[str, StagePlace]
    retired: Mapping[str, StagePlace] = field(default_factory=dict)

    @property
    def first(self) -> StagePlace:
        """The stage in which a lead begins."""
        return self.stages[0]

    @property
    def won(self) -> StagePlace | None:
        """The stage that ends in won, if there is one."""
        return next((stage for stage in self.stages if stage.ends_in == "won"), None)

    @property
    def places(self) -> list[StagePlace]:
        """All stages, retired ones last."""
        return [*self.stages, *self.retired.values()]

    def open_before(self, position: int) -> set[uuid.UUID]:
        """The stages before a position in which a lead is open."""
        return {one.id for one in self.stages if not one.ends_in and one.position < position}


@dataclass(frozen=True)
class Change:
    """A lead entered a stage."""

    stage: StagePlace
    at: datetime
    owner: uuid.UUID | None = None


@dataclass
class Stay:
    """One stay in a stage; `how` as StageVisit has it."""

    stage: StagePlace
    entered_at: datetime
    owner: uuid.UUID | None
    jumped: bool = False
    left_at: datetime | None = None
    how: str = ""


@dataclass
class End:
    """The lead was closed; and opened again at `reopened_at`, if it was."""

    status: str
    at: datetime
    stage: StagePlace
    owner: uuid.UUID | None
    reopened_at: datetime | None = None


@dataclass
class History:
    """All that a lead's changes of stage tell."""

    stays: list[Stay] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)

    @property
    def standing(self) -> End | None:
        """The end that was not undone."""
        last = self.ends[-1] if self.ends else None
        return last if last and last.reopened_at is None else None


def fold(
    process: Process,
    changes: Iterable[Change],
    *,
    closed: tuple[str, datetime] | None = None,
) -> History:
    """Stays and ends from changes in order of time.

    The same stage twice in a row is one stay. Entering a stage that ends the lead closes it
    there, for no time; entering an open stage afterwards opens it again. `closed` (status, when)
    ends a lead that no stage ended: its last stay ends then, and a won lead enters the won stage.
    """
    told = History()
    visited: set[uuid.UUID] = set()
    for change in changes:
        _enter(told, process, change, visited)
    if closed and told.standing is None:
        status, at = closed
        stay = told.stays[-1]
        won = process.won
        if status == "won" and won is not None:
            _enter(told, process, Change(won, at, stay.owner), visited)
        else:
            stay.left_at, stay.how = at, status
            told.ends.append(End(status, at, stay.stage, stay.owner))
    return told


def _enter(told: History, process: Process, change: Change, visited: set[uuid.UUID]) -> None:
    stage, at, owner = change.stage, change.at, change.owner
    if told.stays:
        last = told.stays[-1]
        if last.stage.id == stage.id:
            return
        if last.left_at is None:
            last.left_at, last.how = at, stage.ends_in or "moved"
        elif told.standing is not None:
            told.ends[-1].reopened_at = at
    jumped = not stage.ends_in and bool(process.open_before(stage.position) - visited)
    stay = Stay(stage, at, owner, jumped)
    visited.add(stage.id)
    told.stays.append(stay)
    if stage.ends_in:
        stay.left_at, stay.how = at, stage.ends_in
        told.ends.append(End(stage.ends_in, at, stage, owner))
