"""Every change to territories and turns."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from cadans.assignment.atlas import plain_postcode
from cadans.assignment.models import Area, Territory, Turn, WinTable
from cadans.events.act import Act, Subject
from cadans.ground.asking import first
from cadans.ground.errors import Conflict, Invalid
from cadans.team.models import User
from cadans.team.queries import require_role

KEEPERS = (User.Role.MANAGER, User.Role.ADMIN)
DEEPEST = 20
"""How many levels of territories inside territories are looked at."""


def lock_turn(act: Act, pool: str) -> Turn:
    """Whose turn it was last in a pool; others who deal from it wait until the act ends."""
    held = next((turn for turn in act.watched(Turn) if turn.pool == pool), None)
    if held is not None:
        return held
    turn = first(Turn, "pool = %s FOR UPDATE", pool)
    if turn is None:
        Turn.objects.bulk_create([Turn(pool=pool)], ignore_conflicts=True)
        turn = Turn.objects.select_for_update().get(pool=pool)
    act.watch(turn)
    return turn


def take_turn(turn: Turn, user: uuid.UUID, tally: Mapping[str, float] | None = None) -> None:
    """Note that somebody had a turn, and what the strategy keeps of each; it is written when the
    act ends."""
    turn.last = user
    turn.dealt += 1
    if tally:
        turn.tally = dict(tally)


def keep_chances(pipeline: uuid.UUID, document: Mapping[str, Any], *, closed: int) -> None:
    """Keep what was learned of the reps' chances to win in a pipeline, in place of what was."""
    with Act(None, via="job") as act:
        WinTable.objects.update_or_create(
            pipeline=pipeline,
            defaults={"document": document, "closed": closed, "learned_at": act.at},
        )
        act.record(
            "chances_learned",
            Subject("pipeline", pipeline, None, pipeline),
            data={"closed": closed, "differ": document.get("differ")},
        )


@dataclass(frozen=True)
class AreaDraft:
    """A piece of the map: a country (two letters), perhaps a region or a range of postcodes."""

    country: str
    region: str = ""
    postcode_from: str = ""
    postcode_to: str = ""


def add_territory(
    actor: User | None,
    *,
    name: str,
    parent: Territory | None = None,
    areas: Sequence[AreaDraft] = (),
    external_id: str | None = None,
    via: str = "web",
) -> Territory:
    """A new territory, perhaps inside another. Raises Invalid, or Conflict for a name twice."""
    territory = Territory(external_id=external_id)
    return _write(actor, territory, name, parent, areas, "territory_added", via)


def change_territory(
    actor: User | None,
    territory: Territory,
    *,
    name: str,
    parent: Territory | None = None,
    areas: Sequence[AreaDraft] = (),
    via: str = "web",
) -> Territory:
    """Rename a territory, put it elsewhere in the tree, draw it anew."""
    above, steps = parent, 0
    while above is not None and steps < DEEPEST:
        if above.id == territory.id:
            message = _("A territory cannot lie inside itself.")
            raise Invalid(message, pointer="/parent", fields={"parent": message})
        above, steps = above.parent, steps + 1
    return _write(actor, territory, name, parent, areas, "territory_changed", via)


def delete_territory(actor: User | None, territory: Territory, *, via: str = "web") -> None:
    """Remove a territory, and those inside it, when no lead lies in them. Raises Conflict."""
    require_role(actor, *KEEPERS)
    with Act(actor, via=via) as act:
        subject = Subject("territory", territory.id)
        act.record("territory_deleted", subject, data={"name": territory.name})
        try:
            territory.delete()
        except ProtectedError as error:
            raise Conflict(
                _("Leads lie in “%(name)s”, so it cannot be removed.") % {"name": territory.name},
                code="in_use",
            ) from error


def _write(
    actor: User | None,
    territory: Territory,
    name: str,
    parent: Territory | None,
    areas: Sequence[AreaDraft],
    kind: str,
    via: str,
) -> Territory:
    require_role(actor, *KEEPERS)
    territory.name = name.strip()
    territory.parent = parent
    if not 0 < len(territory.name) <= 80:
        message = _("Give it a name of at most 80 characters.")
        raise Invalid(message, pointer="/name", fields={"name": message})
    drawn = [_area(territory, number, draft) for number, draft in enumerate(areas)]
    with Act(actor, via=via) as act:
        beside = Territory.objects.filter(parent=parent, name__iexact=territory.name)
        if beside.exclude(id=territory.id).exists():
            raise Conflict(
                _("“%(name)s” is there already.") % {"name": territory.name},
                pointer="/name",
                code="duplicate",
            )
        territory.save()
        territory.areas.all().delete()
        Area.objects.bulk_create(drawn)
        act.record(
            kind,
            Subject("territory", territory.id),
            data={
                "name": territory.name,
                "parent": parent.id if parent else None,
                "areas": [str(area) for area in drawn],
            },
        )
    return territory


def _area(territory: Territory, number: int, draft: AreaDraft) -> Area:
    country = draft.country.strip().upper()
    start = plain_postcode(draft.postcode_from, country)
    end = plain_postcode(draft.postcode_to, country)
    if len(country) != 2 or not country.isalpha():
        raise Invalid(
            _("Name the country by its two letters, such as NL."),
            pointer=f"/areas/{number}/country",
            fields={"areas": _("Name the country by its two letters, such as NL.")},
        )
    if (end and not start) or (start and end and end < start):
        message = _("The first postcode must come before the last.")
        raise Invalid(message, pointer=f"/areas/{number}/postcode_to", fields={"areas": message})
    return Area(
        territory=territory,
        country=country,
        region=draft.region.strip()[:80],
        postcode_from=start[:16],
        postcode_to=(end or start)[:16],
    )
