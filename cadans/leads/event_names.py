"""What the ids in events are called: fetched for a whole row of events at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, cast

from cadans.assignment.models import Territory
from cadans.contacts.models import Company, Person
from cadans.events.models import Event
from cadans.ground.text import in_language
from cadans.leads.offer import LossReason, Source
from cadans.leads.task import Task
from cadans.process.models import ProcessVersion, Stage, published
from cadans.team.models import User
from cadans.team.queries import organisation


@dataclass(frozen=True)
class Names:
    """What ids are called, in the reader's language, which stages end a lead, and where we are."""

    of: Mapping[str, str] = field(default_factory=dict)
    goals: Mapping[tuple[str, int, str, str], str] = field(default_factory=dict)
    ends: Set[str] = frozenset()
    zone: str = "Europe/Amsterdam"

    def __getitem__(self, id: Any) -> str:
        """The name behind an id; a dash when there is none any more."""
        return self.of.get(str(id), "–") if id else "–"

    def stage(self, event: Event, key: Any) -> str:
        """A stage's name by its key in the event's pipeline."""
        return self.of.get(f"{event.pipeline}/{key}", str(key))

    def goal(self, event: Event, because: Mapping[str, Any], key: str) -> str:
        """A goal's name by what a reason says of it."""
        place = (str(event.pipeline), int(because["version"]), str(because["stage"]), key)
        return self.goals.get(place) or key.replace("_", " ").replace("-", " ")


NAMED: dict[str, type[Any]] = {
    "source": Source,
    "territory": Territory,
    "company": Company,
    "loss_reason": LossReason,
    "reason": LossReason,
    "person": Person,
    "owner": User,
    "assignee": User,
    "task": Task,
}
"""What the ids in an event's data, changes or fields stand for, by the name they bear there."""


def names_in(events: Iterable[Event]) -> Names:
    """The names that these events mention: one query for each kind of thing that occurs."""
    row = list(events)
    wanted: dict[Any, set[uuid.UUID]] = {}
    for event in row:
        if event.actor:
            wanted.setdefault(User, set()).add(event.actor)
        for name, value in _mentions(event.data):
            if name == "task" and event.data.get("name"):
                continue
            if name in NAMED and (id := _as_id(value)):
                wanted.setdefault(NAMED[name], set()).add(id)
    of = {
        str(thing.id): str(thing)
        for model, ids in wanted.items()
        for thing in model._default_manager.filter(id__in=ids)
    }
    pipelines = {event.pipeline for event in row if event.pipeline}
    ends: set[str] = set()
    goals = _name_process(pipelines, row, of, ends)
    return Names(of=of, goals=goals, ends=ends, zone=organisation().time_zone)


def _mentions(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from data.items()
    if isinstance(data.get("told"), list):
        yield from (("owner", one) for one in data["told"])
    for name, pair in (data.get("changes") or {}).items():
        if isinstance(pair, list):
            yield from ((name, value) for value in pair)


def _as_id(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def _name_process(
    pipelines: set[uuid.UUID], events: Iterable[Event], of: dict[str, str], ends: set[str]
) -> dict[tuple[str, int, str, str], str]:
    """Name pipelines, stages (by id and by key) and goals; goals as each version calls them.

    Adds to `of`, and to `ends` the stages that end in won or lost.
    """
    if not pipelines:
        return {}
    live: set[uuid.UUID] = set()
    for stage in Stage.objects.filter(pipeline__in=pipelines).select_related("pipeline"):
        of[str(stage.id)] = of[f"{stage.pipeline_id}/{stage.key}"] = stage.label
        of[str(stage.pipeline_id)] = stage.pipeline.name
        if stage.ends_in:
            ends.add(str(stage.id))
        if stage.pipeline.version_id:
            live.add(stage.pipeline.version_id)
    numbers = {
        (event.pipeline, event.because["version"]) for event in events if event.because.get("goals")
    }
    goals: dict[tuple[str, int, str, str], str] = {}
    for version in sorted(live | _versions(numbers)):
        process = published(version)
        for one in process.design.stages:
            row = process.stages.get(one.key)
            for goal in one.goals:
                name = in_language(cast(Mapping[str, str], goal.name)) or goal.key
                goals[(str(process.pipeline), process.number, one.key, goal.key)] = name
                if row is not None:
                    of[f"{row.id}/{goal.key}"] = name
    return goals


def _versions(numbers: set[tuple[Any, Any]]) -> set[uuid.UUID]:
    if not numbers:
        return set()
    found = ProcessVersion.objects.filter(
        pipeline__in={pipeline for pipeline, _number in numbers},
        number__in={number for _pipeline, number in numbers},
    )
    return set(found.values_list("id", flat=True))
