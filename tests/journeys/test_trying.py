"""A manager tries a draft, or a routing rule, on the leads of the past before it goes live."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cadans.leads.actions import create_lead
from cadans.leads.drafts import LeadDraft
from cadans.playbooks.jobs import try_out, try_routing_out
from cadans.playbooks.models import RoutingTry, Try
from cadans.process.models import Pipeline, RoutingRule
from tests.journeys.axe import complaints


def test_a_manager_tries_a_draft_and_opens_the_leads_of_a_number(visit, world, transactional_db):
    leads = [world.lead(f"Bakkerij {n}") for n in range(3)]
    world.call(leads[0])
    world.put_in(leads[1], "demo")
    page = visit(world.manager, "/process/new-customers/", language="nl")
    page.get_by_role("link", name="Proberen…").click()
    page.get_by_label("Leads van").select_option(label="de afgelopen 36 maanden")
    page.get_by_role("button", name="Probeer het").click()
    expect(page.get_by_text("Wacht op een worker")).to_be_visible()
    try_out(subject=str(Try.objects.get().id))
    # The page comes back with the result by itself.
    expect(page.get_by_text("Elke lead zou precies zo zijn gegaan")).to_be_visible()
    row = page.get_by_role("table", name="Per fase").get_by_role("row", name="Demo")
    row.get_by_role("link").last.click()
    expect(page.get_by_role("heading", name=re.compile("Concept: "))).to_be_visible()
    page.get_by_role("link", name="Bakkerij 1").click()
    expect(page).to_have_url(re.compile(rf"/leads/{leads[1].id}/"))


def test_one_rule_is_tried_from_the_list_of_rules(visit, world, transactional_db):
    world.lead()
    page = visit(world.manager, "/process/new-customers/?stage=new&tab=rules", language="en")
    page.get_by_role("link", name="Try “Binnendienst om de beurt” on past leads").click()
    expect(page.get_by_label("What to try")).to_have_value("new/inside")


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("en", 1440, True), ("nl", 390, False)], ids=["wide", "phone"]
)
def test_axe_finds_nothing(visit, world, transactional_db, language, width, dark):
    for _n in range(3):
        world.lead()
    page = visit(
        world.manager, "/process/new-customers/try/", language=language, width=width, dark=dark
    )
    assert not complaints(page)
    page.locator("select[name=months]").select_option("36")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile("/tries/"))
    assert not complaints(page)
    try_out(subject=str(Try.objects.get().id))
    expect(page.get_by_role("table").first).to_be_visible()
    assert not complaints(page)
    result = page.url
    for mark in ("all", "nothing"):
        page.goto(f"{result}leads/?mark={mark}")
        assert not complaints(page)


def test_a_routing_rule_is_tried_from_its_panel_and_put_live(visit, world, transactional_db):
    large = Pipeline.objects.create(
        key="large", name="Grote klanten", version=world.pipeline.version, position=1
    )
    for value in (500, 20_000):
        came_in = timezone.now() - timedelta(days=10)
        create_lead(world.manager, LeadDraft(title=f"Van {value}", value=value, opened_at=came_in))
    page = visit(world.manager, "/settings/routing/", language="nl", width=390, height=1400)
    page.get_by_role("link", name="Routeringsregel toevoegen").click()
    page.get_by_label("Naam van de regel").fill("Groot geld")
    page.get_by_label("De lead gaat naar").select_option(label="Grote klanten")
    page.get_by_role("button", name="Voorwaarde toevoegen").press("Enter")
    page.get_by_label("Veld", exact=True).select_option("value")
    expect(page.get_by_label("Vergelijking")).to_have_value("at_least")
    page.get_by_label("Waarde", exact=True).fill("10000")
    page.get_by_role("button", name="Eerst proberen").press("Enter")
    expect(page.get_by_text("Wacht op een worker")).to_be_visible()
    assert not complaints(page)
    try_routing_out(subject=str(RoutingTry.objects.get().id))
    # Two sentences, and a space between them.
    told = "1 lead zou naar een andere pijplijn zijn gegaan. 1 zou naar dezelfde zijn gegaan."
    expect(page.get_by_text(told)).to_be_visible()
    assert not complaints(page)
    assert not RoutingRule.objects.exists()
    result = page.url
    row = page.get_by_role("table", name="Per pijplijn").get_by_role("row", name="Grote klanten")
    row.get_by_role("link").click()
    expect(page.get_by_role("link", name="Van 20000")).to_be_visible()
    assert not complaints(page)
    page.goto(result)
    page.get_by_role("button", name="Deze regel toevoegen").press("Enter")
    expect(page.get_by_text("De regel “Groot geld” staat live.")).to_be_visible()
    assert RoutingRule.objects.get().pipeline == large
