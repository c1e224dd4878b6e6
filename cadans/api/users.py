"""/users: who logs in and owns leads."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.setup import NewUser, UserChanges, UserShown, user_shown
from cadans.ground.rows import locked, one_of
from cadans.team import actions
from cadans.team.queries import users

router = Router(tags=["users"], auth=SET_UP)


@router.get("", response=Page[UserShown])
def list_users(request: ApiRequest, paging: Part) -> HttpResponse:
    """All users by name, those who left too (`is_active` is false)."""
    return page(users(), paging, each=user_shown, by=("name", "id"))


@router.post("", response={201: UserShown})
def add_user(request: ApiRequest, body: NewUser) -> HttpResponse:
    """A new user (administrators only); they set a password by mail."""
    user = actions.add_user(
        request.auth.user,
        email=body.email,
        name=body.name,
        role=body.role,
        language=body.language,
        external_id=body.external_id,
        via="api",
    )
    return small(user_shown(user), status=201)


@router.get("/{user}", response=UserShown)
def show_user(request: ApiRequest, user: uuid.UUID) -> HttpResponse:
    """One user."""
    return small(user_shown(one_of(users(), user)))


@router.patch("/{user}", response=UserShown)
def change_user(request: ApiRequest, user: uuid.UUID, body: UserChanges) -> HttpResponse:
    """Change a user. `is_active: false` lets somebody go; their history stays."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    changes = {name: value for name, value in given.items() if value is not None}
    with transaction.atomic():
        found = locked(users(), user)
        require_same(request, user_shown(found))
        changed = actions.change_user(request.auth.user, found, changes=changes, via="api")
    return small(user_shown(changed))
