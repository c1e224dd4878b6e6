"""/audiences: mailing lists, how they stand, who should be on them and who is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from cadans.api.answers import small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import Key
from cadans.ground.rows import one_of
from cadans.outreach.audiences import queries
from cadans.outreach.audiences.actions.wishes import retry_memberships
from cadans.outreach.models.audiences import Audience, Membership
from cadans.team.models import User
from cadans.team.queries import require_role

router = Router(tags=["audiences"], auth=SET_UP)
KEEPERS = (User.Role.MANAGER, User.Role.ADMIN)

State = Literal["waiting", "done", "refused"]


class AudienceShown(BaseModel):
    """A mailing list. Playbooks call it by its `key`."""

    id: uuid.UUID
    key: Key
    name: str
    provider: str
    account: str
    tags: list[str]
    subscribers: int = Field(description="at the service, when its lists were last fetched")
    in_order: int
    waiting: int
    refused: int
    is_gone: bool
    problem: str = Field(description="why the account cannot be reached now, or nothing")
    fetched_at: datetime
    heard_at: datetime | None = Field(description="when the service last told us of a change")


class MemberShown(BaseModel):
    """One address and a list: what should be (`wanted`) and what is (`status`)."""

    id: uuid.UUID
    email: str
    person: uuid.UUID | None
    wanted: Literal["", "subscribed", "unsubscribed", "archived"]
    status: Literal[
        "",
        "absent",
        "subscribed",
        "pending",
        "unsubscribed",
        "cleaned",
        "archived",
        "transactional",
    ]
    tags: dict[str, bool] = Field(description="tags that should be on or off")
    state: State
    refusal: str
    detail: str = Field(description="in the service's own words")
    opted_out_at: datetime | None
    because: dict[str, Any]
    wanted_at: datetime
    changed_at: datetime


class Retried(BaseModel):
    """How many are tried again."""

    count: int


@router.get("", response=Page[AudienceShown])
def list_audiences(request: ApiRequest, paging: Part) -> HttpResponse:
    """The mailing lists, with how many people are in order, waiting and refused."""
    require_role(request.auth.user, *KEEPERS)
    return page(queries.audiences(), paging, each=audience_shown, by=("name", "id"))


@router.get("/{audience}", response=AudienceShown)
def show_audience(request: ApiRequest, audience: uuid.UUID) -> HttpResponse:
    """One mailing list."""
    require_role(request.auth.user, *KEEPERS)
    return small(audience_shown(one_of(queries.audiences(), audience)))


@router.get("/{audience}/members", response=Page[MemberShown])
def list_members(
    request: ApiRequest, audience: uuid.UUID, paging: Part, state: State | None = None
) -> HttpResponse:
    """The people whom stages put on the list or took off, the last changed first."""
    require_role(request.auth.user, *KEEPERS)
    found = one_of(queries.audiences(), audience)
    rows = queries.memberships_in(found, state=state or "")
    return page(rows, paging, each=member_shown, by=("-changed_at", "-id"))


@router.post("/{audience}/retry", response=Retried)
def retry_members(request: ApiRequest, audience: uuid.UUID) -> HttpResponse:
    """Try again what was refused, except for whoever opted out."""
    require_role(request.auth.user, *KEEPERS)
    found = one_of(queries.audiences(), audience)
    return small(Retried(count=retry_memberships(request.auth.user, found, via="api")))


def audience_shown(one: Audience) -> AudienceShown:
    """A list, as the API shows it."""
    return AudienceShown(
        id=one.id,
        key=one.key,
        name=one.name,
        provider=one.account.provider,
        account=one.account.name,
        tags=sorted(one.tags, key=str.casefold),
        subscribers=one.members,
        in_order=one.in_order,  # type: ignore[attr-defined]
        waiting=one.waiting,  # type: ignore[attr-defined]
        refused=one.refused,  # type: ignore[attr-defined]
        is_gone=one.is_gone,
        problem=one.account.problem,
        fetched_at=one.fetched_at,
        heard_at=one.heard_at,
    )


def member_shown(one: Membership) -> MemberShown:
    """A membership, as the API shows it."""
    return MemberShown.model_construct(
        **{name: getattr(one, name) for name in MemberShown.model_fields if name != "person"},
        person=one.person_id,
    )
