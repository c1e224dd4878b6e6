"""/pipelines/{id}/try and /tries: a draft played over the leads of the past."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from cadans.api.answers import answer
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.names import pipeline_called
from cadans.api.paging import Page, Paging, Part, page
from cadans.api.schemas.kinds import Key, KeyRef, Ref, Wish, ref
from cadans.playbooks.models import Try
from cadans.playbooks.trying.actions import try_draft
from cadans.playbooks.trying.lists import ListLine, list_lines
from cadans.playbooks.trying.outcome import Outcome, TaskLine, Telling, in_short
from cadans.playbooks.trying.queries import (
    Step,
    TwoCourses,
    leads_with,
    outcome_of,
    two_courses,
    visible_tries,
    visible_try,
)
from cadans.process.models import Pipeline
from cadans.process.queries import pipeline_named

router = Router(tags=["tries"], auth=SET_UP)
of_pipelines = Router(tags=["tries"], auth=SET_UP)

TryState = Literal["waiting", "running", "done", "failed"]
Mark = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TryQuestion(Wish):
    """How far back to look. `stage` and `rule` (keys) try that assignment rule of the draft alone;
    `over` names another pipeline whose leads are to be played."""

    months: int = Field(default=6, ge=1, le=36)
    stage: Key | None = None
    rule: Key | None = None
    over: Key | None = None


class TellingShown(BaseModel):
    """Something that stands out; `mark` opens the leads it is about."""

    level: Literal["warning", "remark"]
    code: str
    message: str
    stage: str
    mark: str | None
    leads: int


class TriedTaskShown(BaseModel):
    """A stage task of the draft: on how many leads it would be laid, and when it would be due
    beside when it was. `days` is by how many days those that can be compared would move on average
    (below 0: earlier), null when none can; the marks `due/earlier/STAGE/KEY` and
    `due/later/STAGE/KEY` open the leads."""

    stage: str
    name: str
    laid: int
    done: int
    due_earlier: int
    due_later: int
    days: float | None


class TriedListShown(BaseModel):
    """What a stage of the draft does with a mailing list: on how many leads it would have been
    done, about how many people; the mark `would/list/STAGE/STEP` opens the leads."""

    stage: str
    step: str
    audience: str
    do: str
    when: str
    leads: int
    people: int


class TryShown(BaseModel):
    """A try: how far it is and, once done, what came of it.

    `leads_by_mark` counts leads: `was/…` is what happened, `would/…` what would have happened;
    `GET /tries/{id}/leads?mark=…` lists them. `amounts` counts tasks and people.
    """

    id: uuid.UUID
    pipeline: KeyRef
    over: KeyRef
    months: int
    since: datetime
    stage: str
    rule: str
    state: TryState
    percentage: int
    leads: int
    message: str
    summary: list[str]
    findings: list[TellingShown]
    tasks: list[TriedTaskShown]
    audiences: list[TriedListShown]
    leads_by_mark: dict[str, int]
    amounts: dict[str, int]
    depends_on_chance: bool
    asked_at: datetime
    ended_at: datetime | None


class StepShown(BaseModel):
    """A stay in a stage: when it began and how it ended (empty while the lead lies there)."""

    stage: str
    at: datetime
    how: str


class TriedLeadShown(BaseModel):
    """A lead as it went, and as it would have gone."""

    lead: Ref
    was: list[StepShown]
    would: list[StepShown]
    owner_was: Ref | None
    owner_would: Ref | None


class Marked(Paging):
    """Which leads of a try, and how many."""

    mark: Mark = "all"


@of_pipelines.post("/{pipeline}/try", response={202: TryShown})
def try_pipeline(
    request: ApiRequest, pipeline: str, body: TryQuestion | None = None
) -> HttpResponse:
    """Play the draft over the leads of the past months. A worker does; follow `Location`."""
    wish = body or TryQuestion()
    trial = try_draft(
        request.auth.user,
        pipeline_named(pipeline),
        months=wish.months,
        stage=wish.stage or "",
        rule=wish.rule or "",
        over=pipeline_called(wish.over, pointer="/over") if wish.over else None,
        via="api",
    )
    headers = {"Location": f"/api/v1/tries/{trial.id}"}
    return answer(try_shown(trial), status=202, headers=headers)


@router.get("", response=Page[TryShown])
def list_tries(request: ApiRequest, paging: Part) -> HttpResponse:
    """Tries, the latest first."""
    return page(visible_tries(request.auth.user), paging, each=try_shown, by=("-id",))


@router.get("/{trial}", response=TryShown)
def show_try(request: ApiRequest, trial: uuid.UUID) -> HttpResponse:
    """One try; once done with what came of it."""
    return answer(try_shown(visible_try(request.auth.user, trial)))


@router.get("/{trial}/leads", response=Page[TriedLeadShown])
def list_tried_leads(
    request: ApiRequest, trial: uuid.UUID, asked: Annotated[Marked, Query()]
) -> HttpResponse:
    """The leads of a try that bear a mark: how each went, and how it would have gone."""
    found = visible_try(request.auth.user, trial)

    def shown(rows: Any) -> list[BaseModel]:
        return [_lead_shown(one) for one in two_courses(found, rows)]

    rows = leads_with(request.auth.user, found, asked.mark)
    return page(rows, asked, together=shown)


def try_shown(trial: Try) -> TryShown:
    """A try with what came of it."""
    done = trial.state == Try.State.DONE
    outcome = outcome_of(trial) if done else Outcome(trial.design, {})
    return TryShown(
        id=trial.id,
        pipeline=_key_ref(trial.pipeline),
        over=_key_ref(trial.over),
        months=trial.months,
        since=trial.since,
        stage=trial.stage,
        rule=trial.rule,
        state=trial.state,
        percentage=trial.percentage,
        leads=trial.leads,
        message=trial.message,
        summary=in_short(outcome) if done and outcome.leads else [],
        findings=[telling_shown(one) for one in outcome.tellings()] if done else [],
        tasks=[_task_shown(one) for one in outcome.tasks()] if done else [],
        audiences=[_list_shown(one) for one in list_lines(outcome)] if done else [],
        leads_by_mark=dict(outcome.counts),
        amounts=dict(outcome.amounts),
        depends_on_chance=outcome.depends_on_chance,
        asked_at=trial.asked_at,
        ended_at=trial.ended_at,
    )


def telling_shown(one: Telling) -> TellingShown:
    """What stands out in a try."""
    return TellingShown(
        level=one.level,
        code=one.code,
        message=one.message,
        stage=one.stage,
        mark=one.number.mark if one.number else None,
        leads=one.leads,
    )


def _task_shown(one: TaskLine) -> TriedTaskShown:
    return TriedTaskShown(
        stage=one.stage,
        name=one.name,
        laid=one.laid.shown,
        done=one.done.leads,
        due_earlier=one.earlier.leads,
        due_later=one.later.leads,
        days=None if one.days is None else round(one.days, 2),
    )


def _list_shown(one: ListLine) -> TriedListShown:
    return TriedListShown(
        stage=one.stage,
        step=one.step.key,
        audience=one.step.audience,
        do=one.step.do,
        when=one.step.when,
        leads=one.leads.leads,
        people=one.people,
    )


def _lead_shown(one: TwoCourses) -> TriedLeadShown:
    return TriedLeadShown(
        lead=Ref(id=one.lead.id, name=one.lead.title),
        was=[_step(step) for step in one.was],
        would=[_step(step) for step in one.would],
        owner_was=ref(one.owner_then),
        owner_would=ref(one.owner),
    )


def _step(step: Step) -> StepShown:
    return StepShown(stage=step.stage, at=step.at, how=step.how)


def _key_ref(pipeline: Pipeline) -> KeyRef:
    return KeyRef(id=pipeline.id, key=pipeline.key, name=pipeline.name)
