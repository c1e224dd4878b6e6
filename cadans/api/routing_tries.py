"""/routing-tries: routing rules asked about the leads of the past."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from cadans.api.answers import answer
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.names import pipeline_called
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import Key, KeyRef, Ref, Wish
from cadans.api.tries import Marked, TellingShown, TryState, telling_shown
from cadans.ground.conditions import Condition
from cadans.playbooks.models import RoutingTry
from cadans.playbooks.trying.routing.actions import MOST_RULES, try_routing
from cadans.playbooks.trying.routing.outcome import routing_in_short
from cadans.playbooks.trying.routing.queries import (
    TwoWays,
    routed_with,
    routing_outcome,
    two_ways,
    visible_routing_tries,
    visible_routing_try,
)
from cadans.playbooks.trying.routing.rules import NEW, TriedRule
from cadans.process.models import Pipeline

router = Router(tags=["routing-rules"], auth=SET_UP)

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class RuleToTry(Wish):
    """A routing rule that may not be there yet; `rule` is the id of the live one it changes."""

    rule: uuid.UUID | None = None
    name: Name
    pipeline: Key
    when: Condition = Condition()


class RoutingQuestion(Wish):
    """Which rules to try: `rules`, in their order; without them those that are live. `changed`
    stands in the place of the live rule it names, or after all; `only` asks about one live rule
    alone. With `everyone` leads count too for which somebody chose the pipeline."""

    months: int = Field(default=6, ge=1, le=36)
    rules: list[RuleToTry] | None = Field(default=None, max_length=MOST_RULES)
    changed: RuleToTry | None = None
    only: uuid.UUID | None = None
    everyone: bool = False


class TriedRuleShown(BaseModel):
    """A rule of a try. `holds` leads meet its condition, it takes those that none above it took,
    and `elsewhere` of those went to another pipeline. The marks open them: `holds/KEY`,
    `rule/KEY`, `elsewhere/KEY`; KEY is empty for leads that no rule is for."""

    key: str
    name: str
    pipeline: str
    holds: int | None
    takes: int
    elsewhere: int


class RoutingTryShown(BaseModel):
    """A try of routing rules: how far it is and, once done, what came of it.

    `leads_by_mark` counts leads: `was/pipeline/KEY` is where they went, `would/pipeline/KEY` where
    they would have gone; `GET /routing-tries/{id}/leads?mark=…` lists them. `left_out` leads came
    in too, but somebody chose their pipeline.
    """

    id: uuid.UUID
    months: int
    since: datetime
    everyone: bool
    state: TryState
    percentage: int
    leads: int
    left_out: int
    message: str
    otherwise: KeyRef | None
    summary: list[str]
    findings: list[TellingShown]
    rules: list[TriedRuleShown]
    leads_by_mark: dict[str, int]
    asked_at: datetime
    ended_at: datetime | None


class RoutedLeadShown(BaseModel):
    """A lead, the pipeline it went to, the one it would have gone to, and by which rule."""

    lead: Ref
    was: KeyRef | None
    would: KeyRef | None
    rule: str


@router.post("", response={202: RoutingTryShown})
def try_routing_rules(request: ApiRequest, body: RoutingQuestion | None = None) -> HttpResponse:
    """Ask routing rules about the leads of the past months; nothing is changed. A worker does;
    follow `Location`."""
    wish = body or RoutingQuestion()
    trial = try_routing(
        request.auth.user,
        months=wish.months,
        rules=None
        if wish.rules is None
        else [_tried(one, f"/rules/{n}", key=f"new-{n}") for n, one in enumerate(wish.rules)],
        changed=_tried(wish.changed, "/changed", key=NEW) if wish.changed else None,
        only=str(wish.only) if wish.only else "",
        everyone=wish.everyone,
        via="api",
    )
    headers = {"Location": f"/api/v1/routing-tries/{trial.id}"}
    return answer(routing_try_shown(trial), status=202, headers=headers)


@router.get("", response=Page[RoutingTryShown])
def list_routing_tries(request: ApiRequest, paging: Part) -> HttpResponse:
    """Tries of routing rules, the latest first."""
    rows = visible_routing_tries(request.auth.user)
    return page(rows, paging, each=routing_try_shown, by=("-id",))


@router.get("/{trial}", response=RoutingTryShown)
def show_routing_try(request: ApiRequest, trial: uuid.UUID) -> HttpResponse:
    """One try; once done with what came of it."""
    return answer(routing_try_shown(visible_routing_try(request.auth.user, trial)))


@router.get("/{trial}/leads", response=Page[RoutedLeadShown])
def list_routed_leads(
    request: ApiRequest, trial: uuid.UUID, asked: Annotated[Marked, Query()]
) -> HttpResponse:
    """The leads of a try that bear a mark: where each went, and where it would have gone."""
    found = visible_routing_try(request.auth.user, trial)

    def shown(rows: Any) -> list[BaseModel]:
        return [_lead_shown(one) for one in two_ways(found, rows)]

    return page(routed_with(request.auth.user, found, asked.mark), asked, together=shown)


def routing_try_shown(trial: RoutingTry) -> RoutingTryShown:
    """A try with what came of it."""
    done = trial.state == RoutingTry.State.DONE
    outcome = routing_outcome(trial)
    return RoutingTryShown(
        id=trial.id,
        months=trial.months,
        since=trial.since,
        everyone=trial.everyone,
        state=trial.state,
        percentage=trial.percentage,
        leads=trial.leads,
        left_out=outcome.left_out if done else 0,
        message=trial.message,
        otherwise=_key_ref(trial.otherwise),
        summary=routing_in_short(outcome) if done and outcome.leads else [],
        findings=[telling_shown(one) for one in outcome.tellings()] if done else [],
        rules=[
            TriedRuleShown(
                key=one.key,
                name=one.name,
                pipeline=one.pipeline,
                holds=one.holds.leads if one.holds else None,
                takes=one.takes.leads,
                elsewhere=one.elsewhere.leads,
            )
            for one in outcome.rules()
        ]
        if done
        else [],
        leads_by_mark=dict(outcome.counts),
        asked_at=trial.asked_at,
        ended_at=trial.ended_at,
    )


def _tried(wish: RuleToTry, pointer: str, *, key: str) -> TriedRule:
    pipeline = pipeline_called(wish.pipeline, pointer=f"{pointer}/pipeline")
    return TriedRule(
        key=str(wish.rule) if wish.rule else key,
        name=wish.name,
        when=wish.when,
        pipeline=pipeline.id,
    )


def _lead_shown(one: TwoWays) -> RoutedLeadShown:
    return RoutedLeadShown(
        lead=Ref(id=one.lead.id, name=one.lead.title),
        was=_key_ref(one.was),
        would=_key_ref(one.would),
        rule=one.rule,
    )


def _key_ref(pipeline: Pipeline | None) -> KeyRef | None:
    return KeyRef(id=pipeline.id, key=pipeline.key, name=pipeline.name) if pipeline else None
