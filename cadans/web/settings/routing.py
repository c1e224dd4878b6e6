"""Routing rules in the settings: which pipeline a new lead goes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from cadans.ground.conditions import Condition
from cadans.playbooks.words import condition_words, lexicon
from cadans.process.actions import (
    add_routing_rule,
    change_routing_rule,
    delete_routing_rule,
    order_routing_rules,
)
from cadans.process.models import Pipeline, RoutingRule
from cadans.team.models import User
from cadans.web.process.conditions import builder_of, condition_in
from cadans.web.requests import PageRequest
from cadans.web.settings.listing import ByUser, Listing, Shown, by_id


class RoutingForm(ByUser):
    """A rule; its condition is built in rows beside it."""

    name = forms.CharField(label=gettext_lazy("Name of the rule"), max_length=80)
    pipeline = forms.ModelChoiceField(
        Pipeline.objects.live(), label=gettext_lazy("The lead goes to"), empty_label=None
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["when"] = condition_in(self.data)  # type: ignore[arg-type]
        return cleaned


def _rules(user: User) -> Iterator[Shown]:
    words = lexicon()
    for rule in RoutingRule.objects.select_related("pipeline"):
        when = condition_words(Condition.model_validate(rule.when), words)
        yield Shown(rule.id, rule.name, f"{when} → {rule.pipeline.name}")


def _order(user: User, id: str, to: int) -> None:
    rules = list(RoutingRule.objects.all())
    moved = [rule for rule in rules if str(rule.id) == id]
    others = [rule for rule in rules if str(rule.id) != id]
    order_routing_rules(user, [*others[:to], *moved, *others[to:]])


def _beside(request: PageRequest, rule: RoutingRule | None) -> Mapping[str, Any]:
    document: Any = rule.when if rule else {}
    if request.method == "POST":
        document = condition_in(request.POST)
    try:
        when = Condition.model_validate(document)
    except ValidationError:
        when = Condition()
    return {"builder": builder_of(when)}


ROUTING = Listing(
    key="routing",
    title=gettext_lazy("Routing rules"),
    about=gettext_lazy(
        "Which pipeline a new lead goes to when nobody says so. The first rule that holds wins;"
        " when none holds, the lead goes to the pipeline for new leads."
    ),
    add_label=gettext_lazy("Add a routing rule"),
    icon="git-branch",
    empty=gettext_lazy("No rule: every new lead goes to the pipeline for new leads."),
    rows=_rules,
    find=by_id(RoutingRule),
    form=RoutingForm,
    initial=lambda rule: {"name": rule.name, "pipeline": rule.pipeline_id},
    add=lambda actor, data: add_routing_rule(actor, **data),
    change=lambda actor, rule, data: change_routing_rule(actor, rule, **data),
    delete=delete_routing_rule,
    order=_order,
    beside=_beside,
    part="process/_condition.html",
    try_at="settings:routing_try",
    try_changed_at="settings:routing_try_changed",
)
