"""A lead gets its territory when one learns where its company lies; never over what was chosen."""

import pytest
from django.utils.translation import override

from cadans.assignment.actions import AreaDraft, add_territory
from cadans.assignment.models import Territory
from cadans.contacts.actions import change_company
from cadans.contacts.drafts import CompanyDraft
from cadans.contacts.models import Company
from cadans.events.models import Event
from cadans.leads.actions import change_lead, locate_lead, lose_lead
from cadans.leads.event_names import names_in
from cadans.leads.explain import explain
from cadans.leads.jobs import settle_leads_of_company
from cadans.leads.models import Lead
from cadans.playbooks.actions import publish_pipeline, save_draft
from cadans.process.models import Pipeline
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def land(world: World) -> Territory:
    """The Netherlands, with Amsterdam in it; and Belgium."""
    land = add_territory(None, name="Nederland", areas=[AreaDraft("NL")])
    areas = [AreaDraft("nl", postcode_from="1000", postcode_to="1109")]
    add_territory(None, name="Amsterdam", parent=land, areas=areas)
    add_territory(None, name="België", areas=[AreaDraft("BE")])
    return land


def learn(world: World, company: Company | None, **place: str) -> Event:
    """Fill in where the company lies, and let the job run that follows; the event."""
    assert company is not None
    change_company(world.manager, company, changes=place)
    event = Event.objects.filter(kind="company_changed").latest("id")
    settle_leads_of_company(event=str(event.id), subject=str(company.id))
    return event


def territory_of(lead: Lead) -> str:
    found = Lead.objects.select_related("territory").get(id=lead.id).territory
    return found.name if found else ""


def test_it_is_found_when_the_company_is_found_to_lie_somewhere(
    world: World, land: Territory
) -> None:
    lead = world.lead("Zon")
    assert territory_of(lead) == ""
    event = learn(world, lead.company, country="NL")
    assert territory_of(lead) == "Nederland"
    changed = Event.objects.get(lead=lead.id, kind="lead_changed")
    assert (changed.cause, changed.actor) == (event.id, None)
    with override("en"):
        assert explain(changed, names_in([changed])) == (
            "Its company lies in “Nederland” (NL): that is its territory now."
        )
    assert world.told(lead).fields["territory"] == str(land.id)
    # It lies more narrowly now; and the same again changes nothing.
    learn(world, lead.company, postcode="1016 DV")
    assert territory_of(lead) == "Amsterdam"
    locate_lead(lead.id)
    assert Event.objects.filter(lead=lead.id, kind="lead_changed").count() == 2


def test_one_that_was_found_at_first_moves_along(world: World, land: Territory) -> None:
    lead = world.lead(company=CompanyDraft(name="Zon", country="NL"))
    assert territory_of(lead) == "Nederland"
    learn(world, lead.company, country="BE")
    assert territory_of(lead) == "België"
    # Where nobody knows where it lies, it stays where it was.
    learn(world, lead.company, country="FR")
    assert territory_of(lead) == "België"


def test_what_somebody_chose_stays(world: World, land: Territory) -> None:
    given = world.lead("Maan", territory=land)
    learn(world, given.company, country="BE")
    assert territory_of(given) == "Nederland"
    emptied = world.lead(company=CompanyDraft(name="Ster", country="NL"))
    change_lead(world.anna, emptied, changes={"territory": None})
    learn(world, emptied.company, country="BE")
    assert territory_of(emptied) == ""


def test_a_closed_lead_stays_as_it_was(world: World, land: Territory) -> None:
    lead = world.lead("Zon")
    lose_lead(world.anna, lead, reason=world.too_expensive)
    learn(world, lead.company, country="NL")
    assert territory_of(lead) == ""


def test_another_company_brings_its_own_territory(world: World, land: Territory) -> None:
    lead = world.lead("Zon")
    other = Company.objects.create(name="Maan", country="NL")
    change_lead(world.anna, lead, changes={"company": other})
    assert territory_of(lead) == "Nederland"
    belgian = Company.objects.create(name="Ster", country="BE")
    change_lead(world.anna, lead, changes={"company": belgian, "territory": land})
    assert territory_of(lead) == "Nederland"


def test_a_goal_on_the_territory_is_met_by_it(world: World, land: Territory) -> None:
    pipeline = Pipeline.objects.get(id=world.pipeline.id)
    pipeline.draft["stages"][0]["goals"] = [
        {"key": "where", "kind": "field", "field": "territory", "name": {"en": "Territory"}}
    ]
    saved = save_draft(
        world.manager, pipeline, document=pipeline.draft, revision=pipeline.draft_revision
    )
    publish_pipeline(world.manager, saved)
    world.pipeline.refresh_from_db()
    lead = world.lead("Zon")
    learn(world, lead.company, country="NL")
    assert world.stage_of(lead) == "demo"
