"""Reads of tries of routing rules for the faces."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.leads.models import Lead
from cadans.playbooks.models import RoutedLead, RoutingTry
from cadans.playbooks.trying.routing.outcome import RoutingOutcome
from cadans.playbooks.trying.routing.rules import TriedRule
from cadans.process.models import Pipeline, RoutingRule
from cadans.process.queries import live_rules
from cadans.team.models import User


@dataclass(frozen=True)
class TwoWays:
    """A lead, the pipeline it went to, the one it would go to, and by which rule (its name)."""

    lead: Lead
    was: Pipeline | None
    would: Pipeline | None
    rule: str


def visible_routing_tries(user: User) -> QuerySet[RoutingTry]:
    """All tries of routing rules that this user may see, the latest first."""
    return RoutingTry.objects.visible_to(user).select_related("asked_by", "otherwise")


def visible_routing_try(user: User, id: uuid.UUID) -> RoutingTry:
    """A try of routing rules that this user may see. Raises NotFound."""
    trial = visible_routing_tries(user).filter(id=id).first()
    if trial is None:
        raise NotFound(_("There is no such try."))
    return trial


def rules_as_they_are() -> list[TriedRule]:
    """The live rules, in order."""
    return [
        TriedRule(key=str(rule.id), name=rule.name, when=when, pipeline=rule.pipeline_id)
        for rule, when in live_rules()
    ]


def tried_rules(trial: RoutingTry) -> list[TriedRule]:
    """The rules that were tried, in order."""
    return [TriedRule.model_validate(one) for one in trial.document]


def rule_in_question(trial: RoutingTry) -> TriedRule | None:
    """The rule that is not what is live, or the only one that was asked about."""
    rules = tried_rules(trial)
    if trial.alone:
        return rules[0]
    return next((one for one in rules if one.key == trial.changed), None)


def live_rule(trial: RoutingTry) -> RoutingRule | None:
    """The live rule in whose place the changed one would come; None for a new one."""
    if not trial.changed or trial.changed == "new":
        return None
    return RoutingRule.objects.filter(id=trial.changed).first()


def routing_outcome(trial: RoutingTry) -> RoutingOutcome:
    """What came of a try."""
    rows = list(Pipeline.objects.order_by("position", "name").values_list("id", "key", "name"))
    keys = {str(id): key for id, key, _name in rows}
    return RoutingOutcome(
        tried_rules(trial),
        trial.result,
        pipelines={key: name for _id, key, name in rows},
        keys=keys,
        otherwise=keys.get(str(trial.otherwise_id), ""),
    )


def routed_with(user: User, trial: RoutingTry, mark: str) -> QuerySet[RoutedLead]:
    """The leads of a try that bear a mark, as far as the user may see them."""
    number = trial.marks.get(mark)
    rows = RoutedLead.objects.filter(trial=trial, lead__in=Lead.objects.visible_to(user))
    return rows.none() if number is None else rows.filter(marks__contains=[number])


def two_ways(trial: RoutingTry, rows: Sequence[RoutedLead]) -> list[TwoWays]:
    """These leads as they went and as they would have gone, in two queries for all."""
    leads = Lead.objects.with_names().in_bulk([row.lead_id for row in rows])
    pipelines = Pipeline.objects.defer("draft").in_bulk()
    names = {one.key: one.name for one in tried_rules(trial)}
    return [
        TwoWays(
            leads[row.lead_id],
            pipelines.get(row.was_id) if row.was_id else None,
            pipelines.get(row.would_id) if row.would_id else None,
            names.get(row.rule, ""),
        )
        for row in rows
        if row.lead_id in leads
    ]
