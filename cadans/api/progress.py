"""/leads/{id}/progress, goals and people: how a lead stands, and who is on it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal, cast

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from cadans.api.answers import answer, nothing
from cadans.api.auth import ApiRequest
from cadans.api.schemas.kinds import Wish
from cadans.api.schemas.lead import (
    LeadShown,
    PartShown,
    PartWish,
    Role,
    lead_shown,
    part_shown,
)
from cadans.contacts.drafts import PersonDraft
from cadans.contacts.models import Person
from cadans.contacts.queries import people
from cadans.ground.errors import Invalid
from cadans.ground.rows import one_of
from cadans.ground.text import in_language
from cadans.leads import actions
from cadans.leads.lists import lead_as_it_stands
from cadans.leads.queries import standing, visible_lead

router = Router(tags=["leads"])


class Tick(Wish):
    """Whether the goal is ticked."""

    ticked: bool


class NewPart(PartWish):
    """Somebody to put on the lead: by id, or found by e-mail address, else made."""

    person: uuid.UUID | None = None


class RoleChange(Wish):
    """Another buying role; empty for none known."""

    role: Role


class GoalShown(BaseModel):
    """A goal of the lead's present stage."""

    key: str
    kind: str
    name: str
    met: bool
    at: datetime | None


class ProgressShown(BaseModel):
    """How the goals of the lead's present stage stand; `needed` says how many must be met."""

    stage: str
    needed: Literal["all", "any"]
    met: bool
    goals: list[GoalShown]


@router.get("/{lead}/progress", response=ProgressShown)
def show_progress(request: ApiRequest, lead: uuid.UUID) -> HttpResponse:
    """How the goals of a lead's present stage stand."""
    now = standing(visible_lead(request.auth.user, lead))
    goals = [
        GoalShown(
            key=goal.key,
            kind=goal.kind,
            name=in_language(cast(dict[str, str], goal.name)) or goal.key,
            met=weighing.met,
            at=weighing.at,
        )
        for goal, weighing in now.progress.goals
    ]
    return answer(
        ProgressShown(
            stage=now.stage.key, needed=now.stage.goals_needed, met=now.progress.met, goals=goals
        )
    )


@router.put("/{lead}/goals/{goal}", response=LeadShown)
def put_goal(request: ApiRequest, lead: uuid.UUID, goal: str, body: Tick) -> HttpResponse:
    """Tick or untick a goal of the lead's present stage by hand (goals of kind `box`)."""
    user = request.auth.user
    actions.tick_goal(user, lead, goal=goal, on=body.ticked, via="api")
    now = lead_as_it_stands(lead)
    return answer(lead_shown(now), revision=now.revision)


@router.post("/{lead}/people", response={201: PartShown})
def put_person(request: ApiRequest, lead: uuid.UUID, body: NewPart) -> HttpResponse:
    """Put somebody on a lead; on it already, their role changes."""
    part = actions.add_person_to_lead(
        request.auth.user, lead, person=_whom(body), role=body.role, via="api"
    )
    return answer(part_shown(part), status=201)


@router.patch("/{lead}/people/{person}", response=PartShown)
def change_role(
    request: ApiRequest, lead: uuid.UUID, person: uuid.UUID, body: RoleChange
) -> HttpResponse:
    """Change somebody's buying role on a lead."""
    user = request.auth.user
    seen = visible_lead(user, lead)
    found = one_of(people(), person)
    return answer(
        part_shown(actions.change_role(user, seen, person=found, role=body.role, via="api"))
    )


@router.delete("/{lead}/people/{person}", response={204: None})
def remove_person(request: ApiRequest, lead: uuid.UUID, person: uuid.UUID) -> HttpResponse:
    """Take somebody off a lead."""
    user = request.auth.user
    seen = visible_lead(user, lead)
    found = one_of(people(), person)
    actions.remove_person_from_lead(user, seen, person=found, via="api")
    return nothing()


def _whom(body: NewPart) -> Person | PersonDraft:
    if body.person is None:
        return PersonDraft(email=body.email, name=body.name, phone=body.phone)
    found = people().filter(id=body.person).first()
    if found is None:
        raise Invalid(_("There is no such person."), pointer="/person", code="unknown_person")
    return found
