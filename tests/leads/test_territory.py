"""A lead without a territory gets the one in which its company lies."""

import pytest

from cadans.assignment.actions import AreaDraft, add_territory
from cadans.assignment.models import Territory
from cadans.contacts.drafts import CompanyDraft
from cadans.contacts.models import Company
from cadans.events.models import Event
from cadans.leads.event_names import names_in
from cadans.leads.explain import explain
from cadans.process.models import ProcessVersion, RoutingRule, published
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def land(world: World) -> Territory:
    """The Netherlands, with Amsterdam in it."""
    land = add_territory(None, name="Nederland", areas=[AreaDraft("NL")])
    areas = [AreaDraft("nl", postcode_from="1000", postcode_to="1109")]
    add_territory(None, name="Amsterdam", parent=land, areas=areas)
    return land


def company(**place: str) -> Company:
    found: Company = Company.objects.create(name=f"Bedrijf {Company.objects.count()}", **place)
    return found


def test_by_country_and_by_postcode(world: World, land: Territory) -> None:
    by_country = world.lead(company=CompanyDraft(name="Zon", country="NL"))
    by_postcode = world.lead(company=company(country="NL", postcode="1016 dv"))
    without = world.lead(company=company(postcode="1016 DV"))
    elsewhere = world.lead(company=company(country="BE", postcode="1016"))
    names = [lead.territory and lead.territory.name for lead in (by_country, by_postcode, without)]
    assert names == ["Nederland", "Amsterdam", "Amsterdam"]
    assert elsewhere.territory is None


def test_what_was_given_stays(world: World, land: Territory) -> None:
    lead = world.lead(company=company(country="NL", postcode="1016DV"), territory=land)
    assert lead.territory == land


def test_the_timeline_says_why(world: World, land: Territory) -> None:
    lead = world.lead(company=company(country="NL", postcode="1016DV"))
    event = Event.objects.get(lead=lead.id, kind="lead_created")
    told = explain(event, names_in([event]))
    assert "Amsterdam" in told
    assert "NL 1000-1109" in told
    assert world.told(lead).fields["territory"] == str(lead.territory_id)


def test_rules_see_the_territory_and_those_it_lies_in(world: World, land: Territory) -> None:
    version = ProcessVersion.objects.get(pipeline=world.pipeline)
    document = version.document
    inside = {"field": "territory", "is": "equal", "than": "Nederland"}
    document["stages"][0]["rules"] = [
        {
            "key": "nl",
            "name": "NL",
            "when": {"all": [inside]},
            "to": {"users": [str(world.bram.id)]},
        }
    ]
    ProcessVersion.objects.filter(id=version.id).update(document=document)
    published.cache_clear()
    RoutingRule.objects.create(
        name="NL", pipeline=world.pipeline, position=0, when={"all": [inside]}
    )
    lead = world.lead(company=company(country="NL", postcode="1016DV"), pipeline=None)
    assert lead.owner == world.bram
    created = Event.objects.get(lead=lead.id, kind="lead_created")
    assert created.because["rule"] == "NL"
