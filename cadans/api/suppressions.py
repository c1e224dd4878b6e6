"""/suppressions: addresses that are left alone."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import Wish
from cadans.ground.rows import one_of
from cadans.outreach.actions.suppression import LONGEST_NOTE, release, suppress
from cadans.outreach.models import Suppression
from cadans.outreach.queries.suppression import suppressions

router = Router(tags=["suppressions"], auth=SET_UP)

Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE)]


class NewSuppression(Wish):
    """An address to leave alone."""

    address: Annotated[str, StringConstraints(max_length=254)]
    reason: Suppression.Reason = Suppression.Reason.BY_HAND
    note: Note = ""


class SuppressionFilter(BaseModel):
    """Which ones."""

    address: Annotated[str, StringConstraints(max_length=254)] = Field(
        default="", description="only this one, in any case of letters"
    )
    reason: Suppression.Reason | None = None


class ReleaseWish(BaseModel):
    """Why an address is written to again."""

    because: Note = Field(
        default="", description="needed where somebody unsubscribed or complained themselves"
    )


class SuppressionShown(BaseModel):
    """An address that is left alone."""

    id: uuid.UUID
    address: str
    reason: Suppression.Reason
    source: Suppression.Source
    note: str
    at: datetime


def shown(one: Suppression) -> SuppressionShown:
    """An address that is left alone."""
    return SuppressionShown.model_validate(one, from_attributes=True)


@router.get("", response=Page[SuppressionShown])
def list_suppressions(
    request: ApiRequest, wanted: Annotated[SuppressionFilter, Query()], paging: Part
) -> HttpResponse:
    """All of them, the newest last."""
    rows = suppressions(reason=wanted.reason or "")
    if wanted.address:
        rows = rows.filter(address=wanted.address.strip().lower())
    return page(rows, paging, each=shown, by=("id",))


@router.post("", response={201: SuppressionShown})
def add_suppression(request: ApiRequest, body: NewSuppression) -> HttpResponse:
    """Leave an address alone; one that is left alone already stays as it is."""
    one = suppress(
        request.auth.user,
        body.address,
        reason=body.reason,
        source=Suppression.Source.API,
        note=body.note,
        via="api",
    )
    return small(shown(one), status=201)


@router.get("/{suppression}", response=SuppressionShown)
def show_suppression(request: ApiRequest, suppression: uuid.UUID) -> HttpResponse:
    """One of them."""
    return small(shown(one_of(suppressions(), suppression)))


@router.delete("/{suppression}", response={204: None})
def delete_suppression(
    request: ApiRequest, suppression: uuid.UUID, wish: Annotated[ReleaseWish, Query()]
) -> HttpResponse:
    """Write to an address again."""
    one = one_of(suppressions(), suppression)
    release(request.auth.user, one, because=wish.because, via="api")
    return nothing()
