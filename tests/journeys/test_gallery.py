"""From a playbook to a pipeline that is live, and the first run's choice among them."""

import re

import pytest
from playwright.sync_api import expect

from cadans.process.models import Pipeline
from tests.journeys.axe import complaints


def test_a_manager_finds_a_playbook_and_puts_it_live(visit, world, transactional_db):
    page = visit(world.manager, "/process/", language="nl")
    page.get_by_role("link", name="Nieuwe pijplijn").click()
    found = page.locator(".gallery-card")
    expect(found).to_have_count(19)

    page.get_by_role("searchbox").fill("warmtepompen")
    expect(found).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=warmtepompen"))
    page.get_by_role("link", name="Installatie en montage").click()
    expect(page.get_by_role("heading", name="Opname ter plaatse")).to_be_visible()
    page.get_by_text("Lees meer").first.click()
    expect(page.get_by_text("Zodat we niet voor niets komen")).to_be_visible()

    page.get_by_label("Naam").fill("Warmtepompen")
    page.get_by_role("button", name="Zet live").click()
    expect(page).to_have_url(re.compile(r"/board/warmtepompen/"))
    expect(page.get_by_text("“Warmtepompen” is live")).to_be_visible()
    expect(page.get_by_text("Hier zijn nog geen open leads")).to_be_visible()
    assert Pipeline.objects.get(key="warmtepompen").version.number == 1


def test_by_keyboard_alone_and_back_to_what_was_searched(visit, world, transactional_db):
    page = visit(world.manager, "/process/new/", language="en")
    page.keyboard.press("/")
    page.keyboard.type("hovercraft")
    expect(page.get_by_text("No playbook fits that")).to_be_visible()
    page.get_by_role("searchbox").fill("architects")
    card = page.get_by_role("link", name="Construction project through architects")
    expect(page.locator(".gallery-card")).to_have_count(1)
    card.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/process/new/construction/"))
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("architects")
    card.click()
    page.get_by_label("Name").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Draft only")).to_be_visible()
    assert Pipeline.objects.get(key="construction-project-through-architects").version is None


@pytest.mark.parametrize(
    ("width", "dark"), [(1440, True), (390, False)], ids=["wide, dark", "phone, light"]
)
def test_the_first_run_offers_the_playbooks_of_one_s_trade(visit, transactional_db, width, dark):
    page = visit(None, "/welcome/", language="nl", width=width, height=2600, dark=dark)
    offered = page.locator(".choose-tile:visible")
    expect(offered).to_have_count(7)  # six for any trade, and nothing
    page.get_by_text("Bouw en installatie").click()
    expect(offered).to_have_count(4)  # what was chosen stays in sight
    page.get_by_role("radio", name="Installatie en montage").check()
    expect(offered).to_have_count(3)
    assert not complaints(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_label("Naam van je organisatie").fill("Zonnig B.V.")
    page.get_by_label("Je naam").fill("Anna Bakker")
    page.get_by_label("Je e-mailadres").fill("anna@zonnig.example")
    page.get_by_label("Je wachtwoord").fill("een lange zin met zon")
    page.get_by_role("button", name="Begin met verkopen").click()
    expect(page).to_have_url(re.compile(r"/board/installatie-en-montage/"))
    assert Pipeline.objects.get().version.number == 1
