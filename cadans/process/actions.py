"""Every change to routing rules: which pipeline a new lead goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from pydantic import ValidationError

from cadans.events.act import Act, Subject
from cadans.ground.conditions import Condition
from cadans.ground.errors import Conflict, Invalid
from cadans.process.models import Pipeline, RoutingRule
from cadans.team.models import User
from cadans.team.queries import require_role

DESIGNERS = (User.Role.MANAGER, User.Role.ADMIN)


def add_routing_rule(
    actor: User | None,
    *,
    name: str,
    pipeline: Pipeline,
    when: Condition | Mapping[str, Any],
    via: str = "web",
) -> RoutingRule:
    """A new rule, tried after those there are. Raises Invalid, or Conflict for a mere draft."""
    last = RoutingRule.objects.aggregate(last=Max("position"))["last"]
    rule = RoutingRule(position=0 if last is None else last + 1)
    return _write(actor, rule, name, pipeline, when, "routing_rule_added", via)


def change_routing_rule(
    actor: User | None,
    rule: RoutingRule,
    *,
    name: str,
    pipeline: Pipeline,
    when: Condition | Mapping[str, Any],
    via: str = "web",
) -> RoutingRule:
    """Change a rule's name, condition or pipeline."""
    return _write(actor, rule, name, pipeline, when, "routing_rule_changed", via)


def order_routing_rules(
    actor: User | None, rules: Sequence[RoutingRule], *, via: str = "web"
) -> None:
    """Try the rules in this order."""
    require_role(actor, *DESIGNERS)
    with Act(actor, via=via) as act:
        for position, rule in enumerate(rules):
            rule.position = position
            rule.save(update_fields=["position"])
        act.record(
            "routing_rules_ordered",
            Subject("routing_rule", act.id),
            data={"rules": [rule.id for rule in rules]},
        )


def delete_routing_rule(actor: User | None, rule: RoutingRule, *, via: str = "web") -> None:
    """Remove a rule."""
    require_role(actor, *DESIGNERS)
    with Act(actor, via=via) as act:
        subject = Subject("routing_rule", rule.id)
        act.record("routing_rule_deleted", subject, data={"name": rule.name})
        rule.delete()


def _write(
    actor: User | None,
    rule: RoutingRule,
    name: str,
    pipeline: Pipeline,
    when: Condition | Mapping[str, Any],
    kind: str,
    via: str,
) -> RoutingRule:
    require_role(actor, *DESIGNERS)
    rule.name = name.strip()
    if not 0 < len(rule.name) <= 80:
        message = _("Give it a name of at most 80 characters.")
        raise Invalid(message, pointer="/name", fields={"name": message})
    if pipeline.version_id is None or pipeline.archived_at is not None:
        raise Conflict(_("Publish this pipeline first."), pointer="/pipeline")
    try:
        condition = when if isinstance(when, Condition) else Condition.model_validate(when)
    except ValidationError as error:
        message = _("This condition is not complete.")
        raise Invalid(message, pointer="/when", fields={"when": message}) from error
    rule.pipeline = pipeline
    rule.when = condition.model_dump(mode="json", by_alias=True)
    with Act(actor, via=via) as act:
        rule.save()
        act.record(
            kind,
            Subject("routing_rule", rule.id, pipeline=pipeline.id),
            data={"name": rule.name, "pipeline": pipeline.id, "when": rule.when},
        )
    return rule
