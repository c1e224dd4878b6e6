"""/routing-rules: which pipeline a new lead goes to when nobody says so."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.names import pipeline_called
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.setup import (
    NewRoutingRule,
    RoutingRuleChanges,
    RoutingRuleShown,
    routing_rule_shown,
)
from cadans.ground.rows import locked, one_of
from cadans.process import actions
from cadans.process.queries import routing_rules

router = Router(tags=["routing-rules"], auth=SET_UP)


@router.get("", response=Page[RoutingRuleShown])
def list_routing_rules(request: ApiRequest, paging: Part) -> HttpResponse:
    """All routing rules, in the order in which they are tried."""
    return page(routing_rules(), paging, each=routing_rule_shown, by=("position", "id"))


@router.post("", response={201: RoutingRuleShown})
def add_routing_rule(request: ApiRequest, body: NewRoutingRule) -> HttpResponse:
    """A new rule, tried after those there are."""
    rule = actions.add_routing_rule(
        request.auth.user,
        name=body.name,
        pipeline=pipeline_called(body.pipeline),
        when=body.when,
        via="api",
    )
    return small(routing_rule_shown(rule), status=201)


@router.get("/{rule}", response=RoutingRuleShown)
def show_routing_rule(request: ApiRequest, rule: uuid.UUID) -> HttpResponse:
    """One routing rule."""
    return small(routing_rule_shown(one_of(routing_rules(), rule)))


@router.patch("/{rule}", response=RoutingRuleShown)
def change_routing_rule(
    request: ApiRequest, rule: uuid.UUID, body: RoutingRuleChanges
) -> HttpResponse:
    """Change a rule's name, condition or pipeline."""
    with transaction.atomic():
        found = locked(routing_rules(), rule)
        require_same(request, routing_rule_shown(found))
        changed = actions.change_routing_rule(
            request.auth.user,
            found,
            name=body.name or found.name,
            pipeline=pipeline_called(body.pipeline) if body.pipeline else found.pipeline,
            when=found.when if body.when is None else body.when,
            via="api",
        )
    return small(routing_rule_shown(changed))


@router.delete("/{rule}", response={204: None})
def delete_routing_rule(request: ApiRequest, rule: uuid.UUID) -> HttpResponse:
    """Remove a rule."""
    with transaction.atomic():
        found = locked(routing_rules(), rule)
        require_same(request, routing_rule_shown(found))
        actions.delete_routing_rule(request.auth.user, found, via="api")
    return nothing()
