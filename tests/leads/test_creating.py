"""What makes a lead, and what does not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.contacts.models import Company, Person
from cadans.events.models import Event
from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import Conflict, Invalid
from cadans.leads import actions
from cadans.leads.drafts import LeadDraft, LineDraft, PartDraft
from cadans.leads.models import Lead
from cadans.process.models import Pipeline, RoutingRule
from cadans.team.models import Absence, Membership
from cadans.team.queries import today
from tests.world import World


def test_a_title_is_taken_from_the_company_when_there_is_none(world: World) -> None:
    assert world.lead(title="", company=CompanyDraft(name="Zon BV")).title == "Zon BV"


def test_a_known_company_and_person_are_found_again(world: World) -> None:
    for _n in range(2):
        world.lead(
            title="x",
            company=CompanyDraft(name="Zon", domain="https://www.Zon.example/contact"),
            people=[PartDraft(PersonDraft(email="Piet@Zon.example"), "champion")],
        )
    assert Company.objects.get().domain == "zon.example"
    assert Person.objects.get().email == "piet@zon.example"
    assert Person.objects.get().company == Company.objects.get()


def test_a_new_lead_fills_what_was_not_known_of_its_people_and_never_more(world: World) -> None:
    def ask(phone: str, country: str) -> None:
        person = PersonDraft(email="piet@zon.example", phone=phone)
        company = CompanyDraft(name="Zon", domain="zon.example", country=country)
        world.lead(title="x", company=company, people=[PartDraft(person)])

    ask("", "")
    ask("+31 30 111 11 11", "nl")
    ask("+31 30 222 22 22", "be")
    assert Person.objects.get().phone == "+31 30 111 11 11"
    assert Company.objects.get().country == "NL"
    told = Event.objects.get(kind="person_changed")
    assert told.data == {"changes": {"phone": ["", "+31 30 111 11 11"]}}
    assert Event.objects.get(kind="company_changed").cause is None


def test_products_take_their_list_price(world: World) -> None:
    lead = world.lead(products=[LineDraft(world.pump, Decimal(2))])
    assert lead.lines.get().price == Decimal("7450.00")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"title": "", "company": None, "people": []}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"value": Decimal("-1")}, "/value/amount"),
        ({"value": Decimal("NaN")}, "/value/amount"),
        ({"value": Decimal("1e15")}, "/value/amount"),
        ({"value": Decimal("1.234")}, "/value/amount"),
        ({"value": Decimal(1), "currency": "EURO"}, "/value/currency"),
        ({"stage": "nirvana"}, "/stage"),
        ({"people": [PartDraft(PersonDraft(email="no address"))]}, "/people/0/email"),
        ({"people": [PartDraft(PersonDraft(email="a@b.example"), "king")]}, "/people/0/role"),
        ({"opened_at": timezone.now() + timedelta(days=1)}, "/opened_at"),
        ({"custom": {"unheard_of": 1}}, "/custom/unheard_of"),
    ],
)
def test_a_bad_value_is_refused_where_it_is_and_nothing_is_saved(
    world: World, fields: dict, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        world.lead(**fields)
    assert refused.value.pointer == pointer
    assert not Lead.objects.exists()
    assert not Event.objects.exists()
    assert not Company.objects.exists()


def test_messages_speak_the_readers_language(world: World) -> None:
    messages = []
    for language in ("nl", "en"):
        with translation.override(language), pytest.raises(Invalid) as refused:
            world.lead(value=Decimal("-1"))
        messages.append(refused.value.message)
    assert messages[0] != messages[1]


def test_an_external_id_is_taken_once(world: World) -> None:
    world.lead(external_id="A-1")
    with pytest.raises(Conflict) as refused:
        world.lead(external_id="A-1")
    assert refused.value.code == "duplicate"


def test_custom_fields_are_checked_by_their_kind(world: World) -> None:
    CustomField.objects.create(
        subject="lead", key="roof", name_nl="Dak", name_en="Roof", kind="choice", options=["flat"]
    )
    assert world.lead(custom={"roof": "flat"}).custom == {"roof": "flat"}
    with pytest.raises(Invalid) as refused:
        world.lead(custom={"roof": "round"})
    assert refused.value.pointer == "/custom/roof"


def test_by_hand_a_lead_goes_to_its_maker_unless_assigned_automatically(world: World) -> None:
    draft = LeadDraft(title="Met de hand", pipeline=world.pipeline)
    assert actions.create_lead(world.manager, draft, assign=False).owner == world.manager
    assert actions.create_lead(world.manager, draft).owner in {world.anna, world.bram, world.chris}


def test_round_robin_deals_out_evenly(world: World) -> None:
    owners = [world.lead().owner_id for _n in range(9)]
    assert sorted(owners.count(owner) for owner in set(owners)) == [3, 3, 3]


def test_who_is_away_or_full_is_passed_over(world: World) -> None:
    Absence.objects.create(user=world.anna, days=(today(), today() + timedelta(days=1)))
    Membership.objects.filter(user=world.bram).update(capacity=1)
    owners = [world.lead().owner for _n in range(4)]
    assert world.anna not in owners
    assert owners.count(world.bram) == 1


def test_a_lead_that_nobody_may_take_is_left_visible_without_an_owner(world: World) -> None:
    Membership.objects.update(capacity=0)
    lead = world.lead()
    assert lead.owner is None
    assert Lead.objects.visible_to(world.anna).filter(id=lead.id).exists()


def test_a_routing_rule_chooses_the_pipeline(world: World) -> None:
    other = Pipeline.objects.create(
        key="big", name="Groot", version=world.pipeline.version, position=1
    )
    when = {"all": [{"field": "value", "is": "at_least", "than": 100000}]}
    RoutingRule.objects.create(name="Groot", when=when, pipeline=other)
    small = actions.create_lead(world.manager, LeadDraft(title="Klein", value=Decimal(5)))
    assert small.pipeline == world.pipeline
    chosen = Event.objects.get(lead=small.id, kind="lead_created").because
    assert chosen == {"rule": "default"}


def test_a_pipeline_that_is_not_published_takes_no_leads(world: World) -> None:
    draft = Pipeline.objects.create(key="draft", name="Concept")
    with pytest.raises(Invalid) as refused:
        world.lead(pipeline=draft)
    assert refused.value.code == "pipeline_not_live"


def test_creating_takes_few_statements(world: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    world.lead()
    with django_assert_max_num_queries(9):  # the last: the job that tells the new owner
        world.lead()
