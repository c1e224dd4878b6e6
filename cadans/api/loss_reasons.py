"""/loss-reasons: why leads are lost."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import Ref
from cadans.api.schemas.setup import NamedChanges, NewNamed, named
from cadans.ground.rows import locked, one_of
from cadans.leads.actions import offering
from cadans.leads.offered import loss_reasons

router = Router(tags=["loss-reasons"], auth=SET_UP)


@router.get("", response=Page[Ref])
def list_loss_reasons(request: ApiRequest, paging: Part) -> HttpResponse:
    """All of them, by name."""
    return page(loss_reasons(), paging, each=named, by=("name", "id"))


@router.post("", response={201: Ref})
def add_loss_reason(request: ApiRequest, body: NewNamed) -> HttpResponse:
    """A new one; a name that is taken is refused (409)."""
    made = offering.add_loss_reason(request.auth.user, name=body.name, via="api")
    return small(named(made), status=201)


@router.get("/{reason}", response=Ref)
def show_loss_reason(request: ApiRequest, reason: uuid.UUID) -> HttpResponse:
    """One of them."""
    return small(named(one_of(loss_reasons(), reason)))


@router.patch("/{reason}", response=Ref)
def change_loss_reason(request: ApiRequest, reason: uuid.UUID, body: NamedChanges) -> HttpResponse:
    """Rename it."""
    with transaction.atomic():
        found = locked(loss_reasons(), reason)
        require_same(request, named(found))
        name = body.name or found.name
        changed = offering.change_loss_reason(request.auth.user, found, name=name, via="api")
    return small(named(changed))


@router.delete("/{reason}", response={204: None})
def delete_loss_reason(request: ApiRequest, reason: uuid.UUID) -> HttpResponse:
    """Remove one that no lead uses."""
    with transaction.atomic():
        found = locked(loss_reasons(), reason)
        require_same(request, named(found))
        offering.delete_listed(request.auth.user, found, via="api")
    return nothing()
