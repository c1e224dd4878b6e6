"""Decide what the process does next with a lead. Pure: design and facts in, steps out.

The same functions serve the live engine (leads/settle.py carries the steps out), trying a draft
before it is published (nobody carries them out) and the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cadans.process.design import Design, StageDesign, StageTask
from cadans.process.facts import Facts
from cadans.process.goals import AnyGoal, Weighing

Because = Mapping[str, Any]


@dataclass(frozen=True)
class CloseVisit:
    """End the stay in the present stage. `how`: advanced, moved, won, lost, cancelled."""

    stage: str
    how: str
    goals_met: bool
    because: Because = field(default_factory=dict)


@dataclass(frozen=True)
class SkipTasks:
    """Skip what is left of the stage's open tasks."""

    stage: str
    because: Because = field(default_factory=dict)


@dataclass(frozen=True)
class EnterStage:
    """Begin a stay in a stage."""

    stage: str
    because: Because = field(default_factory=dict)


@dataclass(frozen=True)
class Assign:
    """Let the stage's assignment rules choose an owner."""

    stage: str
    because: Because = field(default_factory=dict)


@dataclass(frozen=True)
class LayTask:
    """Lay a stage task on the lead."""

    stage: str
    task: StageTask
    because: Because = field(default_factory=dict)


@dataclass(frozen=True)
class CloseLead:
    """The stage that was entered ends the lead."""

    status: str
    stage: str
    because: Because = field(default_factory=dict)


@dataclass(frozen=True)
class Release:
    """The stay need no longer wait: its goals were seen unmet since it was entered by hand."""

    stage: str


Step = Release | CloseVisit | SkipTasks | EnterStage | Assign | LayTask | CloseLead


@dataclass(frozen=True)
class Progress:
    """How the goals of a stage stand for one lead."""

    goals: tuple[tuple[AnyGoal, Weighing], ...]
    met: bool

    @property
    def done(self) -> int:
        """How many goals are met."""
        return sum(weighing.met for _goal, weighing in self.goals)

    @property
    def unmet(self) -> list[str]:
        """Keys of the goals that are not met."""
        return [goal.key for goal, weighing in self.goals if not weighing.met]


def progress(stage: StageDesign, facts: Facts) -> Progress:
    """Weigh the goals of a stage. A stage without goals is never met by itself."""
    weighed = tuple((goal, goal.weigh(facts)) for goal in stage.goals)
    quorum = any if stage.goals_needed == "any" else all
    return Progress(weighed, bool(weighed) and quorum(one.met for _goal, one in weighed))


def next_steps(design: Design, facts: Facts, *, version: int = 0) -> list[Step]:
    """What follows now that something changed: nothing, or the way into the next stage.

    The caller carries the steps out and asks again with the facts as they then are; each answer
    leads to a later stage, so asking ends after at most as many times as there are stages.

    A lead that a person put back into a stage whose goals were met already is *held*: it does
    not bounce forward, and is released once a goal is seen unmet.
    """
    if facts.status != "open":
        return []
    stage = design.stage(facts.stage)
    standing = progress(stage, facts)
    if facts.held:
        return [] if standing.met else [Release(stage.key)]
    if not standing.met:
        return []
    onward = design.after(stage.key)
    if onward is None:
        return []
    because = {
        "rule": "goals_met",
        "stage": stage.key,
        "version": version,
        "needed": stage.goals_needed,
        "goals": [goal.key for goal, weighing in standing.goals if weighing.met],
        "seen": _seen(standing),
    }
    return leave(stage, "advanced", standing.met, because) + enter(onward, because)


def leave(stage: StageDesign, how: str, goals_met: bool, because: Because) -> list[Step]:
    """The steps out of a stage."""
    return [CloseVisit(stage.key, how, goals_met, because), SkipTasks(stage.key, because)]


def enter(stage: StageDesign, because: Because, *, assign: bool = True) -> list[Step]:
    """The steps into a stage: the owner, the stay, the tasks; or the end of the lead.

    The owner comes first, so that the stay begins with whoever is to work it.
    """
    if stage.ends_in:
        return [EnterStage(stage.key, because), CloseLead(stage.ends_in, stage.key, because)]
    assignment: list[Step] = [Assign(stage.key, because)] if assign and stage.rules else []
    tasks: list[Step] = [LayTask(stage.key, task, because) for task in stage.tasks]
    return [*assignment, EnterStage(stage.key, because), *tasks]


def _seen(standing: Progress) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for _goal, weighing in standing.goals:
        if weighing.met:
            seen |= weighing.seen
    return seen
