"""On a phone nothing sticks out at the side, and filters leave the figures in sight."""

import pytest
from playwright.sync_api import expect

from cadans.contacts.actions import add_company, add_person
from cadans.leads import actions


def phone(visit, user, path):
    return visit(user, path, language="nl", width=390, height=844)


def test_pages_of_people_and_companies_fit(visit, world, transactional_db):
    company = add_company(world.anna, name="Zorggroep Laagveen en Omstreken")
    person = add_person(
        world.anna,
        name="Maarten Nijhuis",
        email="maarten.nijhuis.van.de.afdeling@zorggroeplaagveen.example",
        company=company,
    )
    lead = world.lead("Laadplein Compact, 67 voertuigen", owner=world.anna, value=25950)
    actions.change_lead(world.anna, lead, changes={"company": company})
    actions.add_person_to_lead(world.anna, lead, person=person)
    for path in (f"/people/{person.id}/", f"/companies/{company.id}/", "/people/", "/companies/"):
        page = phone(visit, world.anna, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_settings_are_all_within_a_swipe(visit, world, transactional_db):
    page = phone(visit, world.manager, "/settings/routing/")
    here = page.locator(".settings-nav [aria-current]")
    box = here.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["width"] < 300


@pytest.mark.parametrize("path", ["/insight/win-rate/", "/insight/funnel/", "/leads/"])
def test_filters_lie_behind_a_button(visit, world, transactional_db, path):
    page = phone(visit, world.manager, path)
    bar = page.locator("form[data-fold]")
    button = bar.get_by_role("button", name="Filters")
    owner = bar.locator("select[name=owner]")
    expect(owner).to_be_hidden()
    assert bar.bounding_box()["height"] < 90
    button.click()
    expect(owner).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    owner.select_option(label="Anna Smit")
    expect(page.locator("[data-told]")).to_contain_text("Anna Smit")
    page.wait_for_url("**owner=*")
