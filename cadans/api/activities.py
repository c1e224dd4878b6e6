"""/leads/{id}/activities, /activities and /leads/{id}/tasks: what was done, what is to be done."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import answer
from cadans.api.auth import ApiRequest
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.work import (
    ActivityHeld,
    ActivityOff,
    ActivityReplanned,
    ActivityShown,
    NewActivity,
    NewTask,
    TaskShown,
    activity_shown,
    task_shown,
)
from cadans.leads import actions
from cadans.leads.activity import Activity
from cadans.leads.lists import activities_of, people_on
from cadans.leads.planned import visible_activity
from cadans.leads.queries import visible_lead
from cadans.team.named import user_named

router = Router(tags=["leads"])


@router.get("/leads/{lead}/activities", response=Page[ActivityShown])
def list_activities(request: ApiRequest, lead: uuid.UUID, paging: Part) -> HttpResponse:
    """What was done with a lead, the latest first."""
    seen = visible_lead(request.auth.user, lead)
    return page(
        activities_of(seen),
        paging,
        each=lambda one: activity_shown(one, one.people.all(), one.by),
        by=("-at", "-id"),
    )


@router.post("/leads/{lead}/activities", response={201: ActivityShown})
def log_activity(request: ApiRequest, lead: uuid.UUID, body: NewActivity) -> HttpResponse:
    """Log a call, meeting, demo, e-mail, note or ask; the lead goes on when that meets its goals.

    An activity in the future is a planned one.
    """
    user = request.auth.user
    people = people_on(user, lead, body.people)
    activity = actions.log_activity(
        user,
        lead,
        kind=body.kind,
        at=body.at,
        outcome=body.outcome,
        note=body.note,
        people=people,
        held=body.held,
        via="api",
    )
    return answer(activity_shown(activity, people, user), status=201)


@router.patch("/activities/{activity}", response=ActivityShown)
def replan_activity(
    request: ApiRequest, activity: uuid.UUID, body: ActivityReplanned
) -> HttpResponse:
    """Plan a planned activity for another moment."""
    user = request.auth.user
    seen = visible_activity(user, activity)
    return _show(actions.replan_activity(user, seen, at=body.at, via="api"), seen)


@router.post("/activities/{activity}/held", response=ActivityShown)
def hold_activity(
    request: ApiRequest, activity: uuid.UUID, body: ActivityHeld | None = None
) -> HttpResponse:
    """Say that a planned activity took place; the lead goes on when that meets its goals."""
    user = request.auth.user
    seen = visible_activity(user, activity)
    told = body or ActivityHeld()
    held = actions.hold_activity(
        user, seen, at=told.at, outcome=told.outcome, note=told.note, via="api"
    )
    return _show(held, seen)


@router.post("/activities/{activity}/call-off", response=ActivityShown)
def call_off_activity(
    request: ApiRequest, activity: uuid.UUID, body: ActivityOff | None = None
) -> HttpResponse:
    """Say that a planned activity does not take place."""
    user = request.auth.user
    seen = visible_activity(user, activity)
    reason = body.reason if body else ""
    return _show(actions.call_off_activity(user, seen, reason=reason, via="api"), seen)


def _show(activity: Activity, seen: Activity) -> HttpResponse:
    """The activity as it now is; who it was by and with did not change."""
    return answer(activity_shown(activity, seen.people.all(), seen.by))


@router.post("/leads/{lead}/tasks", response={201: TaskShown})
def add_task(request: ApiRequest, lead: uuid.UUID, body: NewTask) -> HttpResponse:
    """Put a task on a lead; yours unless another assignee is named."""
    user = request.auth.user
    task = actions.add_task(
        user,
        lead,
        name=body.name,
        kind=body.kind,
        due_at=body.due_at,
        assignee=user_named(body.assignee, pointer="/assignee") if body.assignee else None,
        note=body.note,
        via="api",
    )
    return answer(task_shown(task), status=201, revision=task.revision)
