"""A manager tries a draft on the leads of the past before it goes live."""

import re

import pytest
from playwright.sync_api import expect

from cadans.playbooks.jobs import try_out
from cadans.playbooks.models import Try
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
