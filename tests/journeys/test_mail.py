"""Mail in a browser: written on a lead, waiting in the outbox; axe finds nothing."""

import pytest
from playwright.sync_api import expect

from cadans.outreach.actions.mailboxes import add_mailbox
from cadans.outreach.actions.receiving import receive
from cadans.outreach.actions.writing import send_mail
from cadans.outreach.models import Message
from cadans.outreach.reading import read
from tests.journeys.axe import complaints

LETTER = (
    b"From: Piet <piet@nieuw.example>\r\nSubject: Vraag\r\nMessage-ID: <a@b>\r\n\r\nWat kost het?"
)


def test_a_mail_is_written_on_the_lead_and_waits_without_a_server(visit, world, transactional_db):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    page = visit(world.anna, f"/leads/{lead.id}/", language="nl")
    page.get_by_role("link", name="Mail schrijven").click()
    panel = page.locator("#drawer-body")
    expect(panel.get_by_label("Aan")).to_have_value(lead.parts.get().person.email)
    panel.get_by_role("button", name="In de postbus UIT leggen").click()
    expect(panel.get_by_text("Dit veld is verplicht").first).to_be_visible()
    panel.get_by_label("Onderwerp").fill("Onze offerte")
    panel.get_by_label("Tekst").fill("Dag Jan,\n\nHier is hij.")
    panel.get_by_role("button", name="In de postbus UIT leggen").click()
    expect(page.locator("#story")).to_contain_text("Hier is hij.")
    page.locator("#story").get_by_role("link", name="In de postbus UIT").click()
    expect(page.get_by_role("heading", name="Onze offerte")).to_be_visible()
    page.get_by_role("button", name="Niet versturen").click()
    expect(page.get_by_text("Er wacht niets")).to_be_visible()
    assert Message.objects.get().state == "dropped"


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("nl", 1440, False), ("en", 390, True)], ids=["wide", "phone"]
)
def test_axe_finds_nothing(visit, world, transactional_db, language, width, dark):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    box = add_mailbox(world.anna, address="anna@brouwer.example", imap_host="mail.example")
    send_mail(world.anna, lead, mailbox=box, to="p@b.example", subject="Dag", text="x\n" * 40)
    receive(box, read(LETTER))
    page = visit(world.anna, "/mail/", language=language, width=width, height=3000, dark=dark)
    found = complaints(page)
    for path, press in [
        ("/mail/unknown/", ""),
        (f"/leads/{lead.id}/", ""),
        (f"/leads/{lead.id}/", '#log a[href$="/mail/"]'),
        ("/settings/mailboxes/", ""),
        ("/settings/mailboxes/", "a[data-make]"),
    ]:
        page.goto(path)
        if press:
            page.click(press)
            page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found += complaints(page)
    assert found == []
