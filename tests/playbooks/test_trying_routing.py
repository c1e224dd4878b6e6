"""Routing rules tried on past leads: the try says what the rules, once live, do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from cadans.assignment.actions import add_territory
from cadans.contacts.models import Company
from cadans.events.models import Event
from cadans.ground.conditions import Condition
from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.leads import actions
from cadans.leads.drafts import LeadDraft, LineDraft
from cadans.leads.models import Lead, Product, ProductLine, Source
from cadans.playbooks.models import RoutedLead, RoutingTry
from cadans.playbooks.trying.routing.actions import (
    adopt_tried_rule,
    carry_out_routing_try,
    try_routing,
)
from cadans.playbooks.trying.routing.outcome import RoutingOutcome
from cadans.playbooks.trying.routing.queries import routed_with, routing_outcome, rules_as_they_are
from cadans.playbooks.trying.routing.rules import NEW, TriedRule
from cadans.process.actions import add_routing_rule, delete_routing_rule
from cadans.process.models import Pipeline, RoutingRule
from tests.world import MONDAY, World, build

pytestmark = pytest.mark.django_db

Told = dict[str, Any]


def pipelines_of(world: World) -> dict[str, Pipeline]:
    """Two pipelines beside the cast's own, to which leads can be sent."""
    for position, key in enumerate(("large", "abroad"), start=1):
        Pipeline.objects.create(
            key=key, name=key.title(), version=world.pipeline.version, position=position
        )
    return {one.key: one for one in Pipeline.objects.all()}


def asks(field: str, is_: str, than: Any = None) -> Told:
    return {"field": field, "is": is_, **({} if than is None else {"than": than})}


CONDITIONS: list[Told] = [
    {},
    {"all": [asks("value", "at_least", 5000)]},
    {"all": [asks("value", "not_set")]},
    {"all": [asks("territory", "equal", "Benelux")]},
    {"any": [asks("territory", "equal", "Vlaanderen"), asks("company.country", "equal", "DE")]},
    {"all": [asks("source", "one_of", ["Beurs", "Website"])]},
    {"all": [asks("tags", "contains", "vip"), asks("value", "set")]},
    {"all": [asks("product_line", "equal", "Warmte")]},
    {"any": [asks("product", "equal", "Ketel"), asks("company.industry", "contains", "bouw")]},
    {"all": [asks("custom.roof", "equal", "Plat")]},
    {"all": [asks("currency", "equal", "USD")]},
    {"all": [asks("company.employees", "at_least", 50), asks("competitor", "not_set")]},
    {"all": [asks("company.custom.x", "set")]},  # never known of a lead that comes in
]
RULES = st.lists(
    st.tuples(st.sampled_from(CONDITIONS), st.sampled_from(["large", "abroad", "new-customers"])),
    max_size=5,
)
LEADS = st.lists(
    st.fixed_dictionaries(
        {
            "value": st.sampled_from([None, 100, 5000, 9000]),
            "currency": st.sampled_from(["", "USD"]),
            "source": st.sampled_from([None, "Beurs", "Website", "Telefoon"]),
            "territory": st.sampled_from([None, "Benelux", "Vlaanderen"]),
            "tags": st.sampled_from([[], ["vip"], ["vip", "haast"]]),
            "product": st.sampled_from([None, "Ketel", "Pomp"]),
            "country": st.sampled_from([None, "NL", "DE"]),
            "industry": st.sampled_from(["", "Woningbouw"]),
            "employees": st.sampled_from([None, 10, 80]),
            "competitor": st.sampled_from(["", "Ander"]),
            "roof": st.sampled_from([None, "Plat"]),
        }
    ),
    min_size=3,
    max_size=8,
)


class Shop:
    """Sources, products, territories and a field of its own, and leads that come in there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pipelines = pipelines_of(world)
        self.sources = {
            name: Source.objects.get_or_create(name=name)[0]
            for name in ("Beurs", "Website", "Telefoon")
        }
        line = ProductLine.objects.create(name="Warmte")
        self.products = {
            "Pomp": Product.objects.create(name="Pomp", line=line, price=100, currency="EUR"),
            "Ketel": Product.objects.create(name="Ketel", price=100, currency="EUR"),
        }
        benelux = add_territory(None, name="Benelux", areas=[])
        inside = add_territory(None, name="Vlaanderen", areas=[], parent=benelux)
        self.territories = {"Benelux": benelux, "Vlaanderen": inside}
        CustomField.objects.create(
            subject="lead", key="roof", name_nl="Dak", name_en="Roof", kind="text"
        )

    def come_in(self, number: int, told: Told) -> Lead:
        """A lead for which nobody says which pipeline."""
        value = told["value"]
        company = None
        if told["country"]:
            company = Company.objects.create(
                name=f"Firma {number} {told['country']} {told['industry']} {told['employees']}",
                country=told["country"],
                industry=told["industry"],
                employees=told["employees"],
            )
        product = told["product"]
        return actions.create_lead(
            None,
            LeadDraft(
                title=f"Lead {number}",
                value=None if value is None else Decimal(value),
                currency=told["currency"],
                source=self.sources.get(told["source"]),
                territory=self.territories.get(told["territory"]),
                tags=told["tags"],
                products=[LineDraft(self.products[product])] if product else [],
                company=company,
                competitor=told["competitor"],
                custom={"roof": told["roof"]} if told["roof"] else {},
                opened_at=MONDAY + timedelta(minutes=number),
            ),
        )

    def rule_by(self, rules: list[tuple[Told, str]]) -> None:
        """Make these the live rules, and no others."""
        for rule in RoutingRule.objects.all():
            delete_routing_rule(None, rule)
        for number, (when, key) in enumerate(rules):
            add_routing_rule(None, name=f"R{number}", pipeline=self.pipelines[key], when=when)


def tried(**wish: Any) -> tuple[RoutingTry, RoutingOutcome]:
    trial = carry_out_routing_try(try_routing(None, months=36, quietly=True, **wish))
    return trial, routing_outcome(trial)


@given(live=RULES, next_=RULES, leads=LEADS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_leads_go_where_a_try_said_once_the_rules_are_live(
    live: list[tuple[Told, str]], next_: list[tuple[Told, str]], leads: list[Told]
) -> None:
    with transaction.atomic():
        shop = Shop(build())
        shop.rule_by(live)
        first = [shop.come_in(number, told) for number, told in enumerate(leads)]
        # What is live says what happened, to the rule.
        trial, outcome = tried()
        assert outcome.counts["same"] == len(leads)
        rules = {one.lead_id: one.rule for one in RoutedLead.objects.filter(trial=trial)}
        names = {str(rule.id): rule.name for rule in RoutingRule.objects.all()}
        for lead in first:
            because = Event.objects.get(lead=lead.id, kind="lead_created").because
            assert names.get(rules[lead.id], "default") == because["rule"]
        # What is tried says what happens once it is live.
        shop.rule_by(next_)
        rows = rules_as_they_are()
        shop.rule_by(live)
        trial, _outcome = tried(rules=rows)
        would = {one.lead_id: one.would_id for one in RoutedLead.objects.filter(trial=trial)}
        shop.rule_by(next_)
        for number, told in enumerate(leads):
            again = shop.come_in(number, told)
            assert again.pipeline_id == would[first[number].id]
        transaction.set_rollback(True)


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


@pytest.fixture
def leads(shop: Shop) -> list[Lead]:
    """Two small leads, one large, one large in euros from abroad, and one put in by hand."""
    unknown = ("source", "territory", "product", "country", "employees", "roof")
    plain: Told = dict.fromkeys(unknown)
    plain |= {"value": 100, "currency": "", "tags": [], "industry": "", "competitor": ""}
    shop.rule_by([({"all": [asks("value", "at_least", 9000)]}, "large")])
    rows = [
        shop.come_in(number, plain | told)
        for number, told in enumerate(
            ({}, {}, {"value": 9000}, {"value": 5000, "country": "DE", "source": "Beurs"})
        )
    ]
    return [*rows, shop.world.lead(value=9000)]


def rule(shop: Shop, when: Told, to: str = "large", key: str = NEW) -> TriedRule:
    condition = Condition.model_validate(when)
    return TriedRule(key=key, name="Tried", when=condition, pipeline=shop.pipelines[to].id)


def pairs(outcome: RoutingOutcome) -> dict[str, tuple[int, int]]:
    return {one.key: (one.pair.was.leads, one.pair.would.leads) for one in outcome.pipelines()}


def test_a_new_rule_stands_after_those_there_are(shop: Shop, leads: list[Lead]) -> None:
    trial, outcome = tried(changed=rule(shop, {"all": [asks("value", "at_least", 5000)]}, "abroad"))
    assert pairs(outcome) == {"new-customers": (3, 2), "large": (1, 1), "abroad": (0, 1)}
    fresh = outcome.rules()[1]
    assert (fresh.holds and fresh.holds.leads, fresh.takes.leads) == (2, 1)
    assert fresh.elsewhere.leads == 1
    assert [(one.was, one.would, one.number.leads) for one in outcome.shifts()] == [
        ("Nieuwe klanten", "Abroad", 1)
    ]
    assert RoutingRule.objects.count() == 1  # nothing was changed
    shown = routed_with(shop.world.manager, trial, "elsewhere/new")
    assert [one.lead_id for one in shown] == [leads[3].id]


def test_a_changed_rule_stands_in_its_place(shop: Shop, leads: list[Lead]) -> None:
    key = str(RoutingRule.objects.get().id)
    _trial, outcome = tried(changed=rule(shop, {"all": [asks("value", "at_least", 1)]}, key=key))
    assert pairs(outcome) == {"new-customers": (3, 0), "large": (1, 4)}
    assert len(outcome.rules()) == 2


def test_one_rule_is_asked_about_alone(shop: Shop, leads: list[Lead]) -> None:
    shop.rule_by([({}, "abroad"), ({"all": [asks("source", "equal", "Beurs")]}, "large")])
    second = RoutingRule.objects.get(name="R1")
    _trial, outcome = tried(only=str(second.id))
    assert pairs(outcome)["large"] == (1, 1)
    assert outcome.number("rule/").leads == 3
    with pytest.raises(Invalid):
        try_routing(None, only="nothing")


def test_what_never_takes_a_lead_is_told_apart(shop: Shop, leads: list[Lead]) -> None:
    shop.rule_by(
        [
            ({"all": [asks("value", "at_least", 1)]}, "large"),
            ({"all": [asks("value", "at_least", 5000)]}, "abroad"),
            ({"all": [asks("tags", "contains", "vip")]}, "abroad"),
        ]
    )
    _trial, outcome = tried()
    assert [(one.code, one.leads) for one in outcome.tellings()] == [
        ("always_before", 2),
        ("rule_never_fires", 0),
    ]


def test_leads_whose_pipeline_somebody_chose_count_when_asked(
    shop: Shop, leads: list[Lead]
) -> None:
    _trial, outcome = tried()
    assert (outcome.leads, outcome.left_out) == (4, 1)
    trial, outcome = tried(everyone=True)
    assert (outcome.leads, outcome.left_out) == (5, 0)
    assert outcome.number("chosen").leads == 1
    assert outcome.number("differs").leads == 1  # the rules would have taken it elsewhere
    shown = routed_with(shop.world.manager, trial, "chosen")
    assert [one.lead_id for one in shown] == [leads[4].id]


def test_each_number_opens_as_many_leads_as_it_says(shop: Shop, leads: list[Lead]) -> None:
    trial, outcome = tried(everyone=True)
    for mark in trial.marks:
        found = routed_with(shop.world.manager, trial, mark).count()
        assert found == outcome.counts[mark], mark


@pytest.mark.parametrize("is_new", [True, False])
def test_the_rule_that_was_tried_is_put_live_once(
    shop: Shop, leads: list[Lead], is_new: bool
) -> None:
    key = NEW if is_new else str(RoutingRule.objects.get().id)
    when = {"all": [asks("value", "at_least", 500)]}
    trial, _outcome = tried(changed=rule(shop, when, "abroad", key))
    live = adopt_tried_rule(shop.world.manager, trial)
    assert (live.name, live.pipeline.key, live.when["all"][0]["than"]) == ("Tried", "abroad", 500)
    assert RoutingRule.objects.count() == (2 if is_new else 1)
    with pytest.raises(Conflict):
        adopt_tried_rule(shop.world.manager, trial)


def test_a_rule_that_was_removed_is_not_put_live(shop: Shop, leads: list[Lead]) -> None:
    there = RoutingRule.objects.get()
    trial, _outcome = tried(changed=rule(shop, {}, key=str(there.id)))
    delete_routing_rule(None, there)
    with pytest.raises(Conflict):
        adopt_tried_rule(shop.world.manager, trial)


def test_what_cannot_be_tried_is_refused(shop: Shop, leads: list[Lead]) -> None:
    refused: list[tuple[Callable[[], Any], type[Exception]]] = [
        (lambda: try_routing(shop.world.anna), NotAllowed),
        (lambda: try_routing(None, months=0), Invalid),
        (lambda: try_routing(None, rules=[rule(shop, {})] * 2), Invalid),
    ]
    for deed, error in refused:
        with pytest.raises(error):
            deed()
    Pipeline.objects.filter(key="abroad").delete()
    with pytest.raises(Invalid):
        try_routing(None, rules=[rule(shop, {}, "abroad")])
    try_routing(None)
    with pytest.raises(Conflict):
        try_routing(None)
