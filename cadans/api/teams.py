"""/teams: reps who sell together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.setup import NewTeam, ShareWish, TeamChanges, TeamShown, team_shown
from cadans.ground.rows import locked, one_of
from cadans.team import actions
from cadans.team.models import User
from cadans.team.named import user_named
from cadans.team.queries import teams

router = Router(tags=["teams"], auth=SET_UP)


@router.get("", response=Page[TeamShown])
def list_teams(request: ApiRequest, paging: Part) -> HttpResponse:
    """All teams, by name."""
    return page(teams(), paging, each=team_shown, by=("name", "id"))


@router.post("", response={201: TeamShown})
def add_team(request: ApiRequest, body: NewTeam) -> HttpResponse:
    """A new team; a name that is taken is refused (409)."""
    team = actions.add_team(
        request.auth.user,
        name=body.name,
        manager=user_named(body.manager, pointer="/manager") if body.manager else None,
        members=_people(body.members),
        via="api",
    )
    return small(team_shown(team), status=201)


@router.get("/{team}", response=TeamShown)
def show_team(request: ApiRequest, team: uuid.UUID) -> HttpResponse:
    """One team."""
    return small(team_shown(one_of(teams(), team)))


@router.patch("/{team}", response=TeamShown)
def change_team(request: ApiRequest, team: uuid.UUID, body: TeamChanges) -> HttpResponse:
    """Rename a team, change its manager, replace its members, say how many leads they get."""
    with transaction.atomic():
        found = locked(teams(), team)
        require_same(request, team_shown(found))
        manager = found.manager
        if "manager" in body.model_fields_set:
            manager = user_named(body.manager, pointer="/manager") if body.manager else None
        changed = actions.change_team(
            request.auth.user,
            found,
            name=body.name,
            manager=manager,
            members=None if body.members is None else _people(body.members),
            shares=_shares(body.shares or []),
            via="api",
        )
    return small(team_shown(changed))


@router.delete("/{team}", response={204: None})
def delete_team(request: ApiRequest, team: uuid.UUID) -> HttpResponse:
    """Remove a team. Its members and their leads stay."""
    with transaction.atomic():
        found = locked(teams(), team)
        require_same(request, team_shown(found))
        actions.delete_team(request.auth.user, found, via="api")
    return nothing()


def _people(words: Sequence[str]) -> list[User]:
    found = [user_named(word, pointer=f"/members/{n}") for n, word in enumerate(words)]
    return list({user.id: user for user in found}.values())


def _shares(wishes: Sequence[ShareWish]) -> dict[uuid.UUID, actions.Share]:
    return {
        user_named(wish.member, pointer=f"/shares/{n}/member").id: actions.Share(
            wish.weight, wish.capacity
        )
        for n, wish in enumerate(wishes)
    }
