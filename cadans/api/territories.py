"""/territories: parts of the market, in a tree."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.setup import (
    AreaShown,
    AreaWish,
    NewTerritory,
    TerritoryChanges,
    TerritoryShown,
    territory_shown,
)
from cadans.assignment import actions
from cadans.assignment.actions import AreaDraft
from cadans.assignment.models import Territory
from cadans.assignment.named import territory_named
from cadans.assignment.queries import territories
from cadans.ground.rows import locked, one_of

router = Router(tags=["territories"], auth=SET_UP)


@router.get("", response=Page[TerritoryShown])
def list_territories(request: ApiRequest, paging: Part) -> HttpResponse:
    """All territories, by name."""
    return page(territories(), paging, each=territory_shown, by=("name", "id"))


@router.post("", response={201: TerritoryShown})
def add_territory(request: ApiRequest, body: NewTerritory) -> HttpResponse:
    """A new territory, perhaps inside another."""
    territory = actions.add_territory(
        request.auth.user,
        name=body.name,
        parent=_parent(body.parent),
        areas=_drafts(body.areas),
        external_id=body.external_id,
        via="api",
    )
    return small(territory_shown(territory), status=201)


@router.get("/{territory}", response=TerritoryShown)
def show_territory(request: ApiRequest, territory: uuid.UUID) -> HttpResponse:
    """One territory."""
    return small(territory_shown(one_of(territories(), territory)))


@router.patch("/{territory}", response=TerritoryShown)
def change_territory(
    request: ApiRequest, territory: uuid.UUID, body: TerritoryChanges
) -> HttpResponse:
    """Rename a territory, put it elsewhere in the tree, replace its areas."""
    with transaction.atomic():
        found = locked(territories(), territory)
        shown = territory_shown(found)
        require_same(request, shown)
        moved = "parent" in body.model_fields_set
        changed = actions.change_territory(
            request.auth.user,
            found,
            name=body.name or found.name,
            parent=_parent(body.parent) if moved else found.parent,
            areas=_drafts(shown.areas if body.areas is None else body.areas),
            via="api",
        )
        changed = one_of(territories(), changed.id)
    return small(territory_shown(changed))


@router.delete("/{territory}", response={204: None})
def delete_territory(request: ApiRequest, territory: uuid.UUID) -> HttpResponse:
    """Remove a territory, and those inside it, when no lead lies in them."""
    with transaction.atomic():
        found = locked(territories(), territory)
        require_same(request, territory_shown(found))
        actions.delete_territory(request.auth.user, found, via="api")
    return nothing()


def _parent(word: str | None) -> Territory | None:
    return territory_named(word, pointer="/parent") if word else None


def _drafts(areas: Iterable[AreaWish | AreaShown]) -> list[AreaDraft]:
    return [
        AreaDraft(
            country=area.country,
            region=area.region,
            postcode_from=area.postcode_from,
            postcode_to=area.postcode_to,
        )
        for area in areas
    ]
