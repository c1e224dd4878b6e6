"""/leads: list, make, show, change, delete; move, win, lose, reopen; what happened and why."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel

from cadans.api.answers import answer, nothing
from cadans.api.auth import ApiRequest
from cadans.api.etags import revision_seen
from cadans.api.names import (
    company_draft,
    line_drafts,
    money_columns,
    part_draft,
    pipeline_called,
    stage_called,
)
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import Key, Line, Moment
from cadans.api.schemas.lead import (
    LeadChanges,
    LeadShown,
    Lose,
    Move,
    NewLead,
    Status,
    Undo,
    Win,
    lead_shown,
)
from cadans.api.schemas.work import EventShown, events_told
from cadans.assignment.named import territory_named
from cadans.ground.errors import Invalid
from cadans.leads import actions
from cadans.leads.drafts import LeadDraft
from cadans.leads.lists import (
    Wanted,
    events_of,
    lead_as_it_stands,
    leads_wanted,
    parts_of,
    whole_lead,
    with_all,
    with_names_at_hand,
)
from cadans.leads.models import Lead
from cadans.leads.named import loss_reason_named, source_named
from cadans.leads.queries import visible_lead
from cadans.team.models import User
from cadans.team.named import user_named

router = Router(tags=["leads"])

NOBODY = "none"


class LeadFilters(BaseModel):
    """Which leads."""

    pipeline: Key | None = None
    stage: Key | None = None
    status: Status | None = None
    owner: Key | None = None
    company: uuid.UUID | None = None
    person: uuid.UUID | None = None
    source: Key | None = None
    external_id: Key | None = None
    q: Line | None = None
    changed_since: Moment | None = None
    opened_from: Moment | None = None
    opened_until: Moment | None = None


@router.get("", response=Page[LeadShown])
def list_leads(
    request: ApiRequest, wanted: Annotated[LeadFilters, Query()], paging: Part
) -> HttpResponse:
    """Leads, the newest first. `owner` is an e-mail address, an id or `none`; `stage` needs
    `pipeline`; `changed_since` gives those to which anything happened since."""
    rows = with_all(leads_wanted(request.auth.user, _wanted(wanted)))
    return page(rows, paging, each=lead_shown, by=("-opened_at", "-id"))


@router.post("", response={201: LeadShown})
def create_lead(request: ApiRequest, body: NewLead) -> HttpResponse:
    """Make a lead. Without a pipeline routing rules choose one, without an owner assignment
    rules do; the company and the people are found or made."""
    user = request.auth.user
    lead = actions.create_lead(user, _draft(body), via="api")
    shown = lead_shown(
        with_names_at_hand(lead),
        parts=parts_of(lead) if body.people else (),
        lines=None if body.products else (),
        tags=None if body.tags else (),
    )
    headers = {"Location": f"{request.path}/{lead.id}"}
    return answer(shown, status=201, revision=lead.revision, headers=headers)


@router.get("/{lead}", response=LeadShown)
def show_lead(request: ApiRequest, lead: uuid.UUID) -> HttpResponse:
    """One lead."""
    return _show(whole_lead(request.auth.user, lead))


@router.patch("/{lead}", response=LeadShown)
def change_lead(request: ApiRequest, lead: uuid.UUID, body: LeadChanges) -> HttpResponse:
    """Change fields of a lead, then weigh its goals. `custom` names the own fields to change;
    `products` and `tags` replace what is there."""
    user = request.auth.user
    with transaction.atomic():
        changed = actions.change_lead(
            user, lead, changes=_changes(body), revision=revision_seen(request), via="api"
        )
        if body.products is not None:
            lines = line_drafts(body.products)
            changed = actions.set_products(user, changed, lines=lines, via="api")
    return _stands(changed)


@router.delete("/{lead}", response={204: None})
def delete_lead(request: ApiRequest, lead: uuid.UUID) -> HttpResponse:
    """Take a lead out of sight and out of every figure."""
    user = request.auth.user
    actions.delete_lead(user, lead, revision=revision_seen(request), via="api")
    return nothing()


@router.post("/{lead}/move", response=LeadShown)
def move_lead(request: ApiRequest, lead: uuid.UUID, body: Move) -> HttpResponse:
    """Move a lead to another stage of its pipeline by hand."""
    return _stands(
        actions.move_lead(
            request.auth.user,
            lead,
            stage=body.stage,
            reason=body.reason,
            revision=revision_seen(request),
            via="api",
        )
    )


@router.post("/{lead}/win", response=LeadShown)
def win_lead(request: ApiRequest, lead: uuid.UUID, body: Win | None = None) -> HttpResponse:
    """Close a lead as won."""
    at = body.closed_at if body else None
    seen = revision_seen(request)
    return _stands(actions.win_lead(request.auth.user, lead, at=at, revision=seen, via="api"))


@router.post("/{lead}/lose", response=LeadShown)
def lose_lead(request: ApiRequest, lead: uuid.UUID, body: Lose) -> HttpResponse:
    """Close a lead as lost."""
    return _stands(
        actions.lose_lead(
            request.auth.user,
            lead,
            reason=loss_reason_named(body.reason),
            at=body.closed_at,
            revision=revision_seen(request),
            via="api",
        )
    )


@router.post("/{lead}/reopen", response=LeadShown)
def reopen_lead(request: ApiRequest, lead: uuid.UUID) -> HttpResponse:
    """Open a closed lead again, in the last stage in which it was open."""
    seen = revision_seen(request)
    return _stands(actions.reopen_lead(request.auth.user, lead, revision=seen, via="api"))


@router.post("/{lead}/undo", response=LeadShown)
def undo_move(request: ApiRequest, lead: uuid.UUID, body: Undo) -> HttpResponse:
    """Take back the lead's last move, by any event of it: its stage, tasks, owner and status are
    as they were, and the lead waits there until something changes. What people did stands."""
    seen = revision_seen(request)
    return _stands(
        actions.undo_move(request.auth.user, lead, event=body.event, revision=seen, via="api")
    )


@router.get("/{lead}/events", response=Page[EventShown])
def list_events(request: ApiRequest, lead: uuid.UUID, paging: Part) -> HttpResponse:
    """What happened to a lead, in the order in which it was written down. Each automatic step
    has its `cause`, its `rule` and an `explanation` in words."""
    seen = visible_lead(request.auth.user, lead)
    return page(events_of(seen), paging, together=events_told)


def _show(lead: Lead) -> HttpResponse:
    return answer(lead_shown(lead), revision=lead.revision)


def _stands(changed: Lead) -> HttpResponse:
    return _show(lead_as_it_stands(changed.id))


def _draft(body: NewLead) -> LeadDraft:
    return LeadDraft(
        title=body.title,
        pipeline=pipeline_called(body.pipeline) if body.pipeline else None,
        stage=body.stage or "",
        **money_columns(body.value),
        company=company_draft(body.company) if body.company else None,
        people=[part_draft(part) for part in body.people],
        source=source_named(body.source) if body.source else None,
        products=line_drafts(body.products),
        territory=territory_named(body.territory) if body.territory else None,
        owner=user_named(body.owner) if body.owner else None,
        competitor=body.competitor,
        external_id=body.external_id,
        opened_at=body.opened_at,
        expected_close=body.expected_close,
        custom=body.custom,
        tags=body.tags,
    )


def _changes(body: LeadChanges) -> dict[str, Any]:
    given = body.model_fields_set
    changes: dict[str, Any] = {
        name: getattr(body, name)
        for name in ("title", "competitor", "external_id", "expected_close", "custom", "tags")
        if name in given
    }
    if "value" in given:
        changes |= money_columns(body.value)
    if "company" in given:
        changes["company"] = company_draft(body.company) if body.company else None
    if "source" in given:
        changes["source"] = source_named(body.source) if body.source else None
    if "territory" in given:
        changes["territory"] = territory_named(body.territory) if body.territory else None
    if "owner" in given:
        changes["owner"] = user_named(body.owner) if body.owner else None
    return changes


def _wanted(asked: LeadFilters) -> Wanted:
    pipeline = pipeline_called(asked.pipeline, pointer="?pipeline") if asked.pipeline else None
    stage = None
    if asked.stage and pipeline:
        stage = stage_called(pipeline, asked.stage, pointer="?stage")
    elif asked.stage:
        raise Invalid(_("Name the pipeline of the stage too."), pointer="?stage")
    unowned = asked.owner == NOBODY
    owner: User | None = None
    if asked.owner and not unowned:
        owner = user_named(asked.owner, pointer="?owner")
    return Wanted(
        pipeline=pipeline,
        stage=stage,
        status=asked.status or "",
        owner=owner,
        unowned=unowned,
        company=asked.company,
        person=asked.person,
        source=source_named(asked.source, pointer="?source") if asked.source else None,
        external_id=asked.external_id or "",
        words=asked.q or "",
        changed_since=asked.changed_since,
        opened_from=asked.opened_from,
        opened_until=asked.opened_until,
    )
