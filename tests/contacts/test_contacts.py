"""People and companies: found again, kept apart, and weighed when they change."""

import pytest

from cadans.contacts import actions
from cadans.contacts.models import Company, Person
from cadans.ground.errors import Conflict, Invalid, NotFound, Outdated
from cadans.leads.jobs import settle_leads_of_company
from cadans.process.models import published
from cadans.reactions import react
from tests.world import World


def test_an_e_mail_address_is_one_person_in_any_case_of_letters(world: World) -> None:
    actions.add_person(world.anna, email="Piet@Zon.example", name="Piet")
    with pytest.raises(Conflict) as refused:
        actions.add_person(world.anna, email="piet@zon.EXAMPLE", name="Pietje")
    assert refused.value.pointer == "/email"


def test_a_domain_is_one_company(world: World) -> None:
    actions.add_company(world.anna, name="Zon", domain="https://www.zon.example/over-ons")
    with pytest.raises(Conflict):
        actions.add_company(world.anna, name="Zon BV", domain="zon.example")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 161}, "/name"),
        ({"name": "Zon", "domain": "no domain"}, "/domain"),
        ({"name": "Zon", "country": "Atlantis"}, "/country"),
        ({"name": "Zon", "employees": "many"}, "/employees"),
        ({"name": "Zon", "employees": -1}, "/employees"),
        ({"name": "Zon", "unheard": 1}, "/unheard"),
    ],
)
def test_a_bad_company_is_refused_where_it_is_wrong(
    world: World, fields: dict, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_company(world.anna, **fields)
    assert refused.value.pointer == pointer
    assert not Company.objects.exists()


@pytest.mark.parametrize("text", ["NL", "nl", "Nederland", "netherlands"])
def test_a_country_is_understood_by_code_and_by_name(world: World, text: str) -> None:
    assert actions.add_company(world.anna, name="Zon", country=text).country == "NL"


def test_a_person_without_a_name_is_called_after_the_address(world: World) -> None:
    assert actions.add_person(world.anna, email="jan.smit@zon.example").name == "Jan Smit"


def test_a_lost_race_is_refused(world: World) -> None:
    company = actions.add_company(world.anna, name="Zon")
    actions.change_company(world.anna, company, changes={"city": "Breda"}, revision=1)
    with pytest.raises(Outdated):
        actions.change_company(world.bram, company, changes={"city": "Tilburg"}, revision=1)


def test_a_deleted_person_frees_the_address_and_stays_on_the_lead(world: World) -> None:
    lead = world.lead()
    person = lead.parts.get().person
    actions.delete_person(world.anna, person)
    assert lead.parts.count() == 1
    with pytest.raises(NotFound):
        actions.change_person(world.anna, person, changes={"name": "x"})
    actions.add_person(world.anna, email=person.email)
    assert Person.objects.filter(email=person.email).count() == 2


def test_a_goal_on_a_company_is_weighed_when_the_company_changes(world: World) -> None:
    version = world.pipeline.version
    assert version is not None
    version.document["stages"][0]["goals"] = [
        {"key": "size", "kind": "field", "field": "company.employees", "at_least": 10}
    ]
    version.save()
    published.cache_clear()
    lead = world.lead()
    assert lead.company is not None
    actions.change_company(world.anna, lead.company, changes={"employees": 25})
    assert world.stage_of(lead) == "new"
    from cadans.events.models import Event

    event = Event.objects.get(kind="company_changed")
    react(act=str(event.act))
    settle_leads_of_company(event=str(event.id), subject=str(lead.company_id))
    assert world.stage_of(lead) == "demo"
    entered = Event.objects.filter(lead=lead.id, kind="stage_entered").latest("id")
    left = Event.objects.filter(lead=lead.id, kind="stage_left").latest("id")
    assert left.cause == event.id
    assert entered.because["seen"] == {"company.employees": 25}
    before = len(world.kinds(lead))
    settle_leads_of_company(event=str(event.id), subject=str(lead.company_id))
    assert len(world.kinds(lead)) == before, "a job that runs twice does its work once"
