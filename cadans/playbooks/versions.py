"""Reads about published versions: who follows which, where leads went on, two of them compared."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.leads.models import Lead
from cadans.playbooks.difference import differences
from cadans.playbooks.queries import draft_of
from cadans.playbooks.side_by_side import StagePair, side_by_side
from cadans.playbooks.words import lexicon
from cadans.process.design import Design
from cadans.process.models import Pipeline, ProcessVersion
from cadans.team.models import User

DRAFT = "draft"


@dataclass(frozen=True)
class Following:
    """How many leads follow a version: open ones, and those that were closed under it."""

    open: int
    closed: int


def followers(pipeline: Pipeline, user: User) -> dict[uuid.UUID, Following]:
    """Of each version of the pipeline how many of the leads that `user` may see follow it."""
    rows = (
        Lead.objects.present()
        .visible_to(user)
        .filter(pipeline=pipeline)
        .values("version")
        .annotate(
            there=Count("id", filter=Q(status=Lead.Status.OPEN)),
            gone=Count("id", filter=~Q(status=Lead.Status.OPEN)),
        )
        .order_by()
    )
    return {row["version"]: Following(row["there"], row["gone"]) for row in rows}


@dataclass(frozen=True)
class Passage:
    """Where the open leads of a stage went on when a version was published."""

    before: str
    after: str


def passages(version: ProcessVersion, before: Design | None) -> list[Passage]:
    """The mapping that was confirmed with a version, in the names of the stages."""
    design = version.design
    return [
        Passage(_label(before, old) or old, _label(design, new) or new)
        for old, new in version.mapping.items()
    ]


def _label(design: Design | None, key: str) -> str:
    stages = design.stages if design else []
    return next((stage.label() for stage in stages if stage.key == key), "")


@dataclass(frozen=True)
class StateOfProcess:
    """A version, or the draft, as one side of a comparison. `name` is its number or `draft`."""

    name: str
    design: Design
    version: ProcessVersion | None


@dataclass(frozen=True)
class Comparison:
    """Two states of a process: what differs in sentences, and all of it side by side."""

    before: StateOfProcess
    after: StateOfProcess
    changes: list[str]
    stages: list[StagePair]


def compared(pipeline: Pipeline, before: str, after: str) -> Comparison:
    """Two states of a pipeline, each named by a version's number or `draft`. Raises NotFound."""
    one, other = state_named(pipeline, before), state_named(pipeline, after)
    return Comparison(
        one,
        other,
        differences(one.design, other.design),
        side_by_side(one.design, other.design, lexicon()),
    )


def state_named(pipeline: Pipeline, name: str) -> StateOfProcess:
    """The draft, or the version with that number. Raises NotFound."""
    if name == DRAFT:
        return StateOfProcess(DRAFT, draft_of(pipeline), None)
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 9 else 0
    found = pipeline.versions.select_related("published_by").filter(number=number).first()
    if found is None:
        raise NotFound(
            _("“%(pipeline)s” has no version “%(state)s”.")
            % {"pipeline": pipeline.name, "state": name[:20]}
        )
    return StateOfProcess(str(number), found.design, found)
