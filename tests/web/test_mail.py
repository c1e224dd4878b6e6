"""Mail on the pages: written on a lead, told in its timeline, waiting in the outbox."""

import pytest

from cadans.outreach.actions.mailboxes import add_mailbox
from cadans.outreach.actions.writing import send_mail
from cadans.outreach.delivering import deliver
from cadans.outreach.models import Mailbox, Message
from tests.outreach.servers import PASSWORD, smtp_server
from tests.web.reading import HTMX, as_user, texts

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "drawer-body"}
BOXES = "/settings/mailboxes/"
FILLED = {
    "address": "anna@brouwer.example",
    "whose": "own",
    "smtp_host": "127.0.0.1",
    "smtp_port": "587",
    "smtp_security": "none",
    "imap_port": "993",
    "imap_security": "tls",
    "imap_folder": "INBOX",
}


@pytest.fixture
def lead(world):
    return world.lead("Bakkerij Zon", owner=world.anna)


@pytest.fixture
def post():
    with smtp_server() as post:
        yield post


@pytest.fixture
def box(world, post):
    return add_mailbox(
        world.anna,
        address="anna@brouwer.example",
        smtp_host="127.0.0.1",
        smtp_port=post.port,
        smtp_security="none",
    )


def test_a_rep_sets_up_a_mailbox_and_tests_it_first(world, post):
    anna = as_user(world.anna, "en")
    assert "No mailbox yet" in texts(anna.get(BOXES))
    form = texts(anna.get(f"{BOXES}add/", headers=PANEL))
    assert "Only me" in form
    assert "Everybody" not in form
    wrong = anna.post(f"{BOXES}check/", FILLED | {"smtp_port": "1"}, headers=HTMX)
    assert "refuses connections" in texts(wrong)
    right = FILLED | {"smtp_port": str(post.port), "smtp_password": PASSWORD}
    assert "Sending works" in texts(anna.post(f"{BOXES}check/", right, headers=HTMX))
    assert not Mailbox.objects.exists()
    assert anna.post(f"{BOXES}add/", right, headers=PANEL)["HX-Redirect"] == BOXES
    box = Mailbox.objects.get()
    assert (box.owner, box.can_send) == (world.anna, True)
    page = anna.get(f"{BOXES}{box.id}/", headers=PANEL).content.decode()
    assert PASSWORD not in page
    assert box.smtp_password not in page
    refused = anna.post(f"{BOXES}{box.id}/", right | {"address": "x"}, headers=PANEL)
    assert refused.status_code == 422
    anna.post(f"{BOXES}{box.id}/delete/", headers=PANEL)
    assert not Mailbox.objects.exists()


def test_nobody_finds_the_mailbox_of_another(world, box):
    for user in (world.bram, world.manager, world.admin):
        browser = as_user(user, "en")
        assert "anna@" not in texts(browser.get(BOXES))
        assert browser.get(f"{BOXES}{box.id}/", headers=PANEL).status_code == 404
        assert browser.post(f"{BOXES}{box.id}/delete/", headers=PANEL).status_code == 404


def test_a_manager_shares_one_with_a_team(world):
    manager = as_user(world.manager, "en")
    manager.post(f"{BOXES}add/", FILLED | {"whose": str(world.team.id)}, headers=PANEL)
    box = Mailbox.objects.get()
    assert (box.owner, box.team) == (None, world.team)
    assert f"shared by {world.team.name}" in texts(manager.get(BOXES))


def test_a_mail_is_written_on_the_lead_and_told_in_its_timeline(world, lead, box, post):
    anna = as_user(world.anna, "en")
    page = f"/leads/{lead.id}/mail/"
    to = lead.parts.get().person.email
    form = anna.get(page, headers=PANEL).content.decode()
    assert f'value="{to}"' in form
    filled = {
        "mailbox": str(box.id),
        "to": f"{to}; chef@zon.example",
        "cc": "",
        "subject": "Offerte",
    }
    empty = anna.post(page, filled | {"text": ""}, headers=PANEL)
    assert empty.status_code == 422
    sent = anna.post(page, filled | {"text": "Dag <b>Jan</b>,\n\ngroet"}, headers=PANEL)
    assert sent.status_code == 204
    message = Message.objects.get()
    assert "It is being sent" in texts(anna.get(f"/leads/{lead.id}/"))
    deliver(message.id)
    assert post.letters[0]["To"].addresses[1].addr_spec == "chef@zon.example"
    story = texts(anna.get(f"/leads/{lead.id}/"))
    assert "Mailed" in story
    assert "Dag <b>Jan</b>" in story
    assert "It is being sent" not in story
    assert "wrote an e-mail" not in story
    answer = anna.get(f"{page}?reply={message.id}", headers=PANEL).content.decode()
    assert 'value="Re: Offerte"' in answer


def test_an_answer_to_a_mail_of_another_lead_is_not_found(world, lead, box):
    other = world.lead("Slagerij Maan", owner=world.anna)
    message = send_mail(world.anna, other, mailbox=box, to="a@b.example", subject="x", text="x")
    anna = as_user(world.anna, "en")
    for reply in (message.id, "nonsense"):
        assert anna.get(f"/leads/{lead.id}/mail/?reply={reply}", headers=PANEL).status_code == 404


def test_without_a_mailbox_the_mail_waits_in_the_outbox(world, lead):
    anna = as_user(world.anna, "en")
    assert "Nothing waits" in texts(anna.get("/mail/"))
    page = f"/leads/{lead.id}/mail/"
    assert "Set up a mailbox" in texts(anna.get(page, headers=PANEL))
    filled = {"to": "jan@zon.example", "cc": "", "subject": "Offerte", "text": "Dag Jan"}
    anna.post(page, filled, headers=PANEL)
    message = Message.objects.get()
    shown = texts(anna.get("/mail/"))
    assert "Offerte" in shown
    assert "Dag Jan" in shown
    assert "Not sent: no mail server" in shown
    assert "held in the outbox" in texts(anna.get(f"/leads/{lead.id}/"))
    assert anna.post(f"/mail/{message.id}/again/", headers=HTMX).status_code == 409
    assert anna.post(f"/mail/{message.id}/drop/", headers=HTMX).status_code == 204
    assert "Nothing waits" in texts(anna.get("/mail/"))
    assert anna.post(f"/mail/{message.id}/drop/", headers=HTMX).status_code == 409


def test_unclear_mail_waits_for_a_person(world, lead, box, post):
    post.hang_up = True
    message = send_mail(world.anna, lead, mailbox=box, to="a@b.example", subject="x", text="x")
    deliver(message.id)
    anna = as_user(world.anna, "en")
    assert "Unclear whether it was sent" in texts(anna.get("/mail/"))
    anna.post(f"/mail/{message.id}/sent/", headers=HTMX)
    message.refresh_from_db()
    assert message.state == "sent"


def test_mail_is_seen_where_its_lead_is(world, lead, box):
    message = send_mail(world.anna, lead, mailbox=box, to="a@b.example", subject="x", text="x")
    world.organisation.leads_seen_by_reps = "own"
    world.organisation.save()
    bram = as_user(world.bram, "en")
    assert "a@b.example" not in texts(bram.get("/mail/"))
    assert bram.post(f"/mail/{message.id}/drop/", headers=HTMX).status_code == 404


def test_suspicious_html_does_nothing(world, lead, box, post):
    html = '<p>x</p><img src=x onerror="alert(1)"><script>alert(1)</script>'
    message = send_mail(world.anna, lead, mailbox=box, to="a@b.example", subject="x", html=html)
    deliver(message.id)
    page = as_user(world.anna, "en").get(f"/leads/{lead.id}/").content.decode()
    assert "alert(1)" not in page
