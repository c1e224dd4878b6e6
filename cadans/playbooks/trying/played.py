"""A lead of the past while a design is tried on it: what is known of it, where it lies. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cadans.playbooks.trying.dues import DueAt
from cadans.process.design import Design, StageDesign, StageTask
from cadans.process.facts import Facts, Held, Involved, Laid, Received, Ticked
from cadans.process.goals import AnyGoal
from cadans.process.goals.activity import ActivityGoal
from cadans.process.goals.field import FieldGoal
from cadans.process.goals.signal import SignalGoal
from cadans.process.goals.task import TaskGoal
from cadans.process.needs import Needs, needs_of_automations, needs_of_goals, needs_of_rules

NO_ID = uuid.UUID(int=0)
"""Goals name tasks by their keys, so nobody asks for the id of one."""

Person = tuple[str, str, str, str]
"""Somebody on a lead: buying role, name, e-mail address, phone number."""


@dataclass(frozen=True)
class Looked:
    """A stage of the design that is tried, and what its goals and rules look at.

    `asks` are the changes after which its goals have to be weighed (`asked_by`).
    """

    design: StageDesign
    place: int
    kinds: frozenset[str]
    asks: frozenset[str]
    goal_fields: Needs
    rule_fields: Needs

    @property
    def key(self) -> str:
        """The stage's key."""
        return self.design.key


def looked_at(design: Design) -> dict[str, Looked]:
    """The stages of a design by their keys, in order."""
    return {
        stage.key: Looked(
            stage,
            place,
            needs_of_goals(stage).kinds,
            frozenset(asked_by(goal) for goal in stage.goals),
            needs_of_goals(stage),
            _together(needs_of_rules(stage), needs_of_automations(stage)),
        )
        for place, stage in enumerate(design.stages)
    }


def _together(rules: Needs, automations: Needs) -> Needs:
    return Needs(rules.fields | automations.fields, rules.kinds | automations.kinds)


def asked_by(goal: AnyGoal) -> str:
    """The change after which a goal may be weighed anew: nothing else alters it.

    As narrow as can be told of a kind of goal (`activity:demo`, `value`), else what it looks at.
    """
    match goal:
        case ActivityGoal():
            return f"activity:{goal.activity}"
        case SignalGoal():
            return f"signal:{goal.signal}"
        case TaskGoal():
            return f"task:{goal.task}"
        case FieldGoal():
            return goal.field.partition(".")[0]
    return goal.looks_at


def needs_of(stages: Mapping[str, Looked]) -> Needs:
    """What the goals and rules of all stages look at together."""
    parts = [one for stage in stages.values() for one in (stage.goal_fields, stage.rule_fields)]
    kinds = frozenset().union(*(one.kinds for one in parts))
    if any(stage.design.audiences for stage in stages.values()):
        kinds |= {"people"}  # whom a mailing list would have got
    return Needs(frozenset().union(*(one.fields for one in parts)), kinds)


@dataclass(slots=True)
class PlayedTask:
    """A task that a stage laid, as `design` has it. `due` is when it is due, None for not yet."""

    design: StageTask
    stage: str
    assignee: uuid.UUID | None
    laid_at: datetime
    due: DueAt | None = None
    state: str = "open"
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        """The stage task's key."""
        return self.design.key


@dataclass(slots=True)
class Stay:
    """A stay in a stage. `how` as StageVisit has it; empty while the lead lies there.

    `owner` is whose the lead was as it began, `leaver` whose as it ended.
    """

    stage: str
    entered_at: datetime
    owner: uuid.UUID | None = None
    left_at: datetime | None = None
    how: str = ""
    leaver: uuid.UUID | None = None
    reached: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Played:
    """A lead under the design that is tried.

    `fields` are those that the design names, as `leads.facts` gives them; `traits` what makes it
    like others whose end was learned from. `marks` are the numbers of what is told of it.
    """

    id: str
    opened_at: datetime
    owner: uuid.UUID | None = None
    status: str = "open"
    stage: str = ""
    closer: uuid.UUID | None = None
    held: bool = False
    began_in: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    traits: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    tasks: list[PlayedTask] = field(default_factory=list)
    activities: dict[str, Held] = field(default_factory=dict)
    signals: list[Received] = field(default_factory=list)
    ticks: list[Ticked] = field(default_factory=list)
    marks: set[int] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be won or lost."""
        return self.status == "open"

    @property
    def whose(self) -> uuid.UUID | None:
        """The owner; of a closed lead whoever closed it, whoever got it later."""
        return self.owner if self.is_open else self.closer

    @property
    def entered_at(self) -> datetime:
        """Since when it lies in its stage."""
        return self.stays[-1].entered_at if self.stays else self.opened_at

    def facts(self, stage: Looked) -> Facts:
        """The lead as the engine sees it in that stage."""
        kinds = stage.kinds
        return Facts(
            status=self.status,
            stage=stage.key,
            entered_at=self.entered_at,
            fields=self.fields,
            activities=tuple(self.activities.values()) if "activity" in kinds else (),
            tasks=tuple(self._laid()) if "task" in kinds else (),
            signals=tuple(self.signals) if "signal" in kinds else (),
            ticks=tuple(self.ticks) if "box" in kinds else (),
            people=tuple(Involved(*one) for one in self.people.values())
            if "people" in kinds
            else (),
            held=self.held,
        )

    def open_tasks(self) -> Iterator[PlayedTask]:
        """The open tasks of the present stay."""
        return (one for one in self.tasks if one.state == "open")

    def _laid(self) -> Iterator[Laid]:
        for task in self.tasks:
            yield Laid(NO_ID, task.key, task.stage, task.state, task.ended_at)
