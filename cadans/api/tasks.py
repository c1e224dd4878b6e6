"""/tasks: what is to be done, by whom; done and skipped."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from cadans.api.answers import answer
from cadans.api.auth import ApiRequest
from cadans.api.etags import revision_seen
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import Key, Moment
from cadans.api.schemas.work import TaskChanges, TaskEnd, TaskShown, TaskState, task_shown
from cadans.leads import actions
from cadans.leads.lists import tasks_wanted, visible_task
from cadans.leads.models import Task
from cadans.team.named import user_named

router = Router(tags=["tasks"])


class TaskFilters(BaseModel):
    """Which tasks."""

    lead: uuid.UUID | None = None
    assignee: Key | None = None
    state: TaskState | None = None
    due_before: Moment | None = None


@router.get("", response=Page[TaskShown])
def list_tasks(
    request: ApiRequest, wanted: Annotated[TaskFilters, Query()], paging: Part
) -> HttpResponse:
    """Tasks in the order in which they were made. `assignee` is an e-mail address or an id."""
    user = request.auth.user
    assignee = user_named(wanted.assignee, pointer="?assignee") if wanted.assignee else None
    rows = tasks_wanted(
        user,
        lead=wanted.lead,
        assignee=assignee,
        state=wanted.state or "",
        due_before=wanted.due_before,
    )
    return page(rows, paging, each=task_shown)


@router.get("/{task}", response=TaskShown)
def show_task(request: ApiRequest, task: uuid.UUID) -> HttpResponse:
    """One task."""
    return _show(visible_task(request.auth.user, task))


@router.patch("/{task}", response=TaskShown)
def change_task(request: ApiRequest, task: uuid.UUID, body: TaskChanges) -> HttpResponse:
    """Change a task's name, kind, due moment, assignee or note."""
    user = request.auth.user
    seen = visible_task(user, task)
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    if changes.get("assignee"):
        changes["assignee"] = user_named(changes["assignee"], pointer="/assignee")
    revision = revision_seen(request)
    return _show(actions.change_task(user, seen, changes=changes, revision=revision, via="api"))


@router.post("/{task}/done", response=TaskShown)
def do_task(request: ApiRequest, task: uuid.UUID, body: TaskEnd | None = None) -> HttpResponse:
    """Mark a task done; the lead goes on when that meets its goals."""
    user = request.auth.user
    seen = visible_task(user, task)
    return _show(actions.do_task(user, seen, at=body.at if body else None, via="api"))


@router.post("/{task}/skip", response=TaskShown)
def skip_task(request: ApiRequest, task: uuid.UUID, body: TaskEnd | None = None) -> HttpResponse:
    """Mark a task skipped."""
    user = request.auth.user
    seen = visible_task(user, task)
    return _show(actions.skip_task(user, seen, at=body.at if body else None, via="api"))


def _show(task: Task) -> HttpResponse:
    return answer(task_shown(task), revision=task.revision)
