"""Reads of territories, and of what was learned of who wins."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from cadans.assignment.atlas import Atlas, Piece, atlas_of
from cadans.assignment.models import Territory
from cadans.ground.asking import rows
from cadans.ground.remembered import remembered


def territories() -> QuerySet[Territory]:
    """All territories, with the one each lies in and their pieces of the map."""
    return Territory.objects.select_related("parent").prefetch_related("areas")


@remembered
def territory_with_id(id: uuid.UUID) -> Territory | None:
    """The territory with this id (remembered while it stays so)."""
    return Territory.objects.filter(id=id).first()


@remembered
def learned(pipeline: uuid.UUID) -> Mapping[str, Any]:
    """What was learned of the reps' chances to win in a pipeline; empty when nothing was."""
    found = rows("SELECT document FROM assignment_wintable WHERE pipeline = %s", pipeline)
    document: Mapping[str, Any] = {}
    for (text,) in found:
        document = json.loads(text) if isinstance(text, str) else text
    return document


@remembered
def atlas() -> Atlas:
    """All territories on the map, as they are at this moment (remembered while they stay so)."""
    found = rows("SELECT id, name, parent_id FROM assignment_territory")
    known = {id: (name, parent) for id, name, parent in found}
    above = {id: _above(id, known) for id in known}
    paths = {id: tuple(known[one][0] for one in (id, *above[id])) for id in known}
    pieces = [
        Piece(territory, paths[territory], country, region, start, end, frozenset(above[territory]))
        for territory, country, region, start, end in rows(
            "SELECT territory_id, country, region, postcode_from, postcode_to FROM assignment_area"
        )
    ]
    return atlas_of(pieces, paths)


def _above(
    id: uuid.UUID, known: Mapping[uuid.UUID, tuple[str, uuid.UUID | None]]
) -> list[uuid.UUID]:
    above: list[uuid.UUID] = []
    parent = known[id][1]
    while parent is not None and parent not in above and len(above) < len(known):
        above.append(parent)
        parent = known[parent][1]
    return above
