"""Ask for a try of routing rules, carry it out, and put the rule that was tried live."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from time import monotonic

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.copying import copy_rows
from cadans.ground.errors import Conflict, Invalid
from cadans.ground.ids import new_id_as_text
from cadans.playbooks.models import RoutedLead, RoutingTry
from cadans.playbooks.trying.actions import (
    DAYS_A_MONTH,
    DESIGNERS,
    KEPT,
    TELLS_EVERY,
    refuse_period,
)
from cadans.playbooks.trying.marks import Marks
from cadans.playbooks.trying.routing.queries import (
    live_rule,
    rule_in_question,
    rules_as_they_are,
    tried_rules,
)
from cadans.playbooks.trying.routing.reading import came_in, leads_since
from cadans.playbooks.trying.routing.rules import NEW, Routing, TriedRule
from cadans.process.actions import add_routing_rule, change_routing_rule
from cadans.process.models import Pipeline, RoutingRule
from cadans.process.queries import default_pipeline
from cadans.team.models import User
from cadans.team.queries import require_role

FIELDS = ("id", "trial", "lead", "was", "would", "rule", "marks")
MOST_RULES = 500


def try_routing(
    actor: User | None,
    *,
    months: int = 6,
    changed: TriedRule | None = None,
    only: str = "",
    rules: Sequence[TriedRule] | None = None,
    everyone: bool = False,
    quietly: bool = False,
    via: str = "web",
) -> RoutingTry:
    """Have a worker ask routing rules about the leads of the past months; nothing is changed.

    The rules are those that are live, or `rules`; with `changed` that one stands in the place of
    the live rule of its key, or at the end when it is new. `only` asks about the rule with that
    key alone. With `everyone` leads count too for which somebody chose the pipeline. `quietly`
    leaves the worker out: the caller carries it out. Raises Invalid, and Conflict while another
    such try is under way.
    """
    require_role(actor, *DESIGNERS)
    refuse_period(months)
    tried = list(rules_as_they_are() if rules is None else rules)
    if changed is not None:
        tried = _with(tried, changed)
    if only:
        tried = [one for one in tried if one.key == only]
        if not tried:
            message = _("There is no such routing rule that takes leads.")
            raise Invalid(message, pointer="/only", fields={"only": message})
    _refuse(tried)
    with Act(actor, via=via, quietly=quietly) as act:
        if RoutingTry.objects.select_for_update().under_way().exists():
            raise Conflict(
                _("A try of routing rules is under way already. Wait until it is done."),
                code="under_way",
            )
        trial = RoutingTry.objects.create(
            document=[one.model_dump(mode="json", by_alias=True) for one in tried],
            otherwise=default_pipeline(),
            changed=changed.key if changed else "",
            alone=bool(only),
            everyone=everyone,
            months=months,
            since=act.at - timedelta(days=round(months * DAYS_A_MONTH)),
            asked_by_id=actor.id if actor else None,
            asked_at=act.at,
            alive_at=timezone.now(),
        )
        old = RoutingTry.objects.order_by("-asked_at").values("id")[KEPT:]
        RoutingTry.objects.filter(id__in=[one["id"] for one in old]).delete()
        act.record(
            "routing_try_asked",
            Subject("routing_try", trial.id),
            data={"months": months, "changed": trial.changed, "only": only, "everyone": everyone},
        )
    return trial


def carry_out_routing_try(
    trial: RoutingTry, *, told: Callable[[int, int], None] | None = None
) -> RoutingTry:
    """Ask the rules about each lead from the first on, and keep where they would go.

    `told` hears how many leads were read of how many. What an interrupted try had written is
    written anew.
    """
    trial.state, trial.began_at, trial.alive_at = (
        trial.State.RUNNING,
        timezone.now(),
        timezone.now(),
    )
    trial.percentage, trial.message, trial.leads = 0, "", 0
    trial.save()
    RoutedLead.objects.filter(trial=trial).delete()
    marks = Marks()
    keys = {str(id): key for id, key in Pipeline.objects.values_list("id", "key")}
    routing = Routing(tried_rules(trial), trial.otherwise_id, keys=keys, marks=marks)
    there, read, last = leads_since(trial.since), 0, 0.0
    for many, leads in came_in(trial.since, routing.fields, everyone=trial.everyone):
        rows = ((one, routing.goes(one)) for one in leads)
        copy_rows(
            RoutedLead,
            FIELDS,
            (
                (
                    new_id_as_text(),
                    trial.id,
                    one.lead,
                    one.was if one.was in keys else None,
                    goes.would,
                    goes.rule,
                    goes.marks,
                )
                for one, goes in rows
            ),
        )
        read += many
        trial.leads += len(leads)
        if told is not None:
            told(read, there)
        if monotonic() - last > TELLS_EVERY:
            last = monotonic()
            trial.percentage = min(99, read * 100 // max(there, 1))
            trial.alive_at = timezone.now()
            trial.save(update_fields=["percentage", "alive_at", "leads"])
    trial.marks = marks.numbers
    trial.result = {"counts": marks.told(), "came": read}
    trial.state, trial.percentage, trial.ended_at = trial.State.DONE, 100, timezone.now()
    trial.save()
    return trial


def adopt_tried_rule(actor: User | None, trial: RoutingTry, *, via: str = "web") -> RoutingRule:
    """Put the changed or new rule of a try live, once. Raises Conflict when it is not there."""
    require_role(actor, *DESIGNERS)
    with transaction.atomic():
        trial = RoutingTry.objects.select_for_update().get(id=trial.id)
        tried = rule_in_question(trial) if trial.changed else None
        if tried is None or trial.adopted_at is not None:
            raise Conflict(_("There is nothing in this try that is not live already."))
        pipeline = Pipeline.objects.present().filter(id=tried.pipeline).first()
        if pipeline is None:
            raise Conflict(_("The pipeline of this rule is no longer there."))
        if tried.key == NEW:
            rule = add_routing_rule(
                actor, name=tried.name, pipeline=pipeline, when=tried.when, via=via
            )
        else:
            live = live_rule(trial)
            if live is None:
                raise Conflict(_("This rule was removed since it was tried."))
            rule = change_routing_rule(
                actor, live, name=tried.name, pipeline=pipeline, when=tried.when, via=via
            )
        trial.adopted_at = timezone.now()
        trial.save(update_fields=["adopted_at"])
    return rule


def _with(rules: Sequence[TriedRule], changed: TriedRule) -> list[TriedRule]:
    if any(one.key == changed.key for one in rules):
        return [changed if one.key == changed.key else one for one in rules]
    return [*rules, changed]


def _refuse(rules: Sequence[TriedRule]) -> None:
    """Raise Invalid for too many rules, two of one key, or a pipeline that is not there."""
    if len(rules) > MOST_RULES:
        message = _("At most %(most)s rules can be tried.") % {"most": MOST_RULES}
        raise Invalid(message, pointer="/rules", fields={"rules": message})
    present: set[uuid.UUID] = set(Pipeline.objects.present().values_list("id", flat=True))
    seen: set[str] = set()
    for number, one in enumerate(rules):
        if one.pipeline not in present:
            raise Invalid(_("There is no such pipeline."), pointer=f"/rules/{number}/pipeline")
        if one.key in seen:
            raise Invalid(_("This rule stands here twice."), pointer=f"/rules/{number}/key")
        seen.add(one.key)
