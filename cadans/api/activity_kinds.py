"""/activity-kinds: an organisation's own kinds of activities."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.activity_kind import (
    ActivityKindChanges,
    ActivityKindShown,
    NewActivityKind,
    activity_kind_shown,
)
from cadans.ground.rows import locked, one_of
from cadans.leads.actions import activity_kinds
from cadans.leads.activity_kinds import own_activity_kinds

router = Router(tags=["activity-kinds"], auth=SET_UP)


@router.get("", response=Page[ActivityKindShown])
def list_activity_kinds(request: ApiRequest, paging: Part) -> HttpResponse:
    """The organisation's own kinds, beside call, meeting, demo, email, note and ask."""
    return page(own_activity_kinds(), paging, each=activity_kind_shown, by=("key", "id"))


@router.post("", response={201: ActivityKindShown})
def add_activity_kind(request: ApiRequest, body: NewActivityKind) -> HttpResponse:
    """A new kind; a name or key that is taken is refused (409)."""
    kind = activity_kinds.add_activity_kind(
        request.auth.user,
        name_nl=body.name_nl,
        name_en=body.name_en,
        icon=body.icon,
        key=body.key,
        via="api",
    )
    return small(activity_kind_shown(kind), status=201)


@router.get("/{kind}", response=ActivityKindShown)
def show_activity_kind(request: ApiRequest, kind: uuid.UUID) -> HttpResponse:
    """One of them."""
    return small(activity_kind_shown(one_of(own_activity_kinds(), kind)))


@router.patch("/{kind}", response=ActivityKindShown)
def change_activity_kind(
    request: ApiRequest, kind: uuid.UUID, body: ActivityKindChanges
) -> HttpResponse:
    """Rename it, or put it away so that it is no longer logged."""
    with transaction.atomic():
        found = locked(own_activity_kinds(), kind)
        require_same(request, activity_kind_shown(found))
        changed = activity_kinds.change_activity_kind(
            request.auth.user,
            found,
            name_nl=body.name_nl or found.name_nl,
            name_en=body.name_en or found.name_en,
            icon=body.icon or found.icon,
            is_active=found.is_active if body.is_active is None else body.is_active,
            via="api",
        )
    return small(activity_kind_shown(changed))


@router.delete("/{kind}", response={204: None})
def delete_activity_kind(request: ApiRequest, kind: uuid.UUID) -> HttpResponse:
    """Remove one of which nothing was logged and for which no goal waits."""
    with transaction.atomic():
        found = locked(own_activity_kinds(), kind)
        require_same(request, activity_kind_shown(found))
        activity_kinds.delete_activity_kind(request.auth.user, found, via="api")
    return nothing()
