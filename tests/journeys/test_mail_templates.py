"""A template is written in the browser: fields from the menu and from the list, and the mail beside
it."""

import re

import pytest
from playwright.sync_api import expect

from cadans.contacts.drafts import PersonDraft
from cadans.leads.drafts import PartDraft
from cadans.outreach.actions.suppression import suppress
from cadans.outreach.models import MailTemplate, Suppression
from cadans.outreach.unsubscribing import preference_token
from tests.journeys.axe import complaints


@pytest.fixture
def lead(world):
    people = [PartDraft(PersonDraft(email="els@zon.example", name="Els de Wit"))]
    return world.lead("Bakkerij Zon", people=people)


def test_a_manager_writes_a_template_and_sees_what_a_lead_gets(
    visit, world, lead, transactional_db
):
    page = visit(world.manager, "/settings/mail-templates/add/", language="en")
    page.get_by_label("Name", exact=True).fill("First mail")
    english = page.locator("details", has=page.get_by_text("English", exact=True))
    english.get_by_label("Subject").fill("Welcome")
    text = english.get_by_label("Text")
    text.press_sequentially("Hi {{ first")
    offer = page.get_by_role("listbox")
    expect(offer.get_by_role("option").first).to_contain_text("First name")
    page.keyboard.press("Enter")
    expect(offer).to_be_hidden()
    expect(text).to_have_value("Hi {{ person.first_name }}")
    text.press_sequentially(" of ")
    page.get_by_role("button", name="Insert a field").click()
    page.get_by_role("menuitem", name="Company", exact=True).click()
    expect(text).to_have_value("Hi {{ person.first_name }} of {{ company.name }}")

    preview = page.locator("#preview")
    expect(preview).to_contain_text("Hi Els of Bakkerij Zon")
    text.press_sequentially(" {{ lead.value }}")
    expect(preview).to_contain_text("Not known for this lead: Value.")

    text.fill("Hi {{ person.first_name }}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="First mail")).to_be_visible()
    assert MailTemplate.objects.get().body == {"en": "Hi {{ person.first_name }}"}


def test_a_reader_unsubscribes_on_their_page(visit, world, lead, transactional_db):
    page = visit(None, f"/mail/preferences/{preference_token('els@zon.example')}/", language="en")
    page.get_by_role("button", name="Afmelden").click()
    expect(page.get_by_role("status")).to_contain_text("Je bent afgemeld")
    assert Suppression.objects.get().address == "els@zon.example"
    assert not complaints(page)


@pytest.mark.parametrize(("language", "width", "dark"), [("nl", 1280, False), ("en", 390, True)])
def test_axe_finds_nothing(visit, world, lead, transactional_db, language, width, dark):
    suppress(None, "jan@voorbeeld.example", reason="bounced", source="mail", note="550")
    for path in ("mail-templates/", "mail-templates/add/", "suppressions/", "suppressions/import/"):
        page = visit(
            world.manager,
            f"/settings/{path}",
            language=language,
            width=width,
            height=2400,
            dark=dark,
        )
        if path.endswith("add/"):
            page.locator("textarea").first.press_sequentially("Dag {{ lead.val")
            expect(page.get_by_role("listbox")).to_be_visible()
            expect(page.locator("#preview")).to_have_text(re.compile(r"\S"))
        assert not complaints(page), path
