"""What comes into a real mailbox stands on its lead, and an answer carries the lead on."""

from email import policy
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from cadans.contacts.models import Person
from cadans.events.models import Event
from cadans.ground.errors import Conflict
from cadans.ground.sealed import seal
from cadans.leads import actions
from cadans.leads.models import Lead
from cadans.outreach.actions.receiving import dismiss_mail, make_lead_of, make_person_of
from cadans.outreach.actions.writing import send_mail
from cadans.outreach.delivering import deliver
from cadans.outreach.fetching import fetch
from cadans.outreach.jobs import fetch_mail
from cadans.outreach.models import Mailbox, Message, Suppression
from cadans.outreach.queries.mail import from_unknown
from cadans.outreach.reading import read
from cadans.playbooks.actions import publish_pipeline, save_draft
from cadans.process.models import ProcessVersion
from tests.web.reading import HTMX, as_user, texts

pytestmark = pytest.mark.django_db
JAN = "p1@bedrijf1.example"


@pytest.fixture
def inbox(box, imap):
    """Anna's mailbox, read from now on."""
    Mailbox.objects.filter(id=box.id).update(
        imap_host="127.0.0.1",
        imap_port=imap.port,
        imap_security="none",
        imap_user="anna",
        imap_password=seal("pass", for_what="mailbox"),
    )
    box.refresh_from_db()
    assert fetch(box) == 0
    return box


@pytest.fixture
def lead(world):
    return world.lead("Bakkerij Zon", owner=world.anna)


@pytest.fixture
def sent(world, lead, box):
    mail = send_mail(world.anna, lead, mailbox=box, to=JAN, subject="Offerte", text="Dag Jan")
    deliver(mail.id)
    mail.refresh_from_db()
    return mail


def letter(*, sender=JAN, subject="Re: Offerte", text="Akkoord!", answers=None, **headers):
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "anna@brouwer.example", subject
    mail["Message-ID"] = make_msgid(domain="bedrijf1.example")
    mail["Date"] = "Tue, 24 Nov 2026 10:00:00 +0100"
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers.message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def bounce(mail, *, status="5.1.1", action="failed", address=JAN):
    text = (
        f"From: MAILER-DAEMON@mx.example\r\nTo: anna@brouwer.example\r\nSubject: Undelivered\r\n"
        f"Message-ID: {make_msgid()}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user here\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {mail.message_id}\r\nSubject: Offerte\r\n\r\n--b--\r\n"
    )
    return text.encode()


def kinds(lead):
    return list(Event.objects.filter(lead=lead.id).order_by("id").values_list("kind", flat=True))


def wait_for_an_answer(world):
    """From now on the first stage is done when somebody answers."""
    version = ProcessVersion.objects.get(id=world.pipeline.version_id)
    document = version.document
    document["stages"][0]["goals"] = [
        {"key": "answered", "kind": "email", "what": "answered", "name": {"en": "Answered"}}
    ]
    world.pipeline.refresh_from_db()
    revision = world.pipeline.draft_revision
    save_draft(world.manager, world.pipeline, document=document, revision=revision)
    publish_pipeline(world.manager, world.pipeline)
    world.pipeline.refresh_from_db()


def test_an_answer_is_threaded_meets_the_goal_and_the_lead_moves_on(world, inbox, imap, post):
    wait_for_an_answer(world)
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    mail = send_mail(
        world.anna,
        lead,
        mailbox=inbox,
        to=lead.parts.get().person.email,
        subject="Offerte",
        text="x",
    )
    deliver(mail.id)
    assert world.stage_of(lead) == "new"
    imap.drop(letter(sender=lead.parts.get().person.email, answers=mail))
    fetch_mail(mailbox=str(inbox.id))
    received = Message.objects.get(direction="in")
    assert (received.lead, received.in_reply_to, received.thread) == (lead, mail, mail.thread)
    assert received.text == "Akkoord!"
    assert world.stage_of(lead) == "demo"
    assert {"mail_received", "signal_received", "stage_entered"} <= set(kinds(lead))
    mail.refresh_from_db()
    assert mail.answered_at
    page = texts(as_user(world.anna, "en").get(f"/leads/{lead.id}/"))
    assert "mailed: “Re: Offerte”" in page
    assert "Akkoord!" in page


def test_the_same_mail_is_taken_in_once(world, inbox, imap, sent):
    imap.drop(answer := letter(answers=sent))
    assert fetch(inbox) == 1
    inbox.refresh_from_db()
    assert fetch(inbox) == 0
    imap.drop(answer)
    inbox.refresh_from_db()
    assert fetch(inbox) == 0
    # The server numbers its mails anew: what is here already is not taken in again.
    Mailbox.objects.update(seen_validity=1, seen_uid=999_999)
    inbox.refresh_from_db()
    fetch(inbox)
    assert Message.objects.filter(message_id=answer["Message-ID"]).count() == 1


def test_without_references_the_sender_tells_which_lead(world, inbox, imap, sent, lead):
    imap.drop(letter(subject="Nog een vraag"))
    fetch(inbox)
    received = Message.objects.get(direction="in")
    assert (received.lead, received.in_reply_to) == (lead, None)
    assert "signal_received" in kinds(lead)


def test_who_was_never_written_to_answers_nothing(world, inbox, imap, lead):
    imap.drop(letter(subject="Hallo"))
    fetch(inbox)
    assert Message.objects.get(direction="in").lead == lead
    assert "signal_received" not in kinds(lead)


def test_an_answer_to_an_answer_stays_in_the_thread(world, inbox, imap, sent, lead):
    imap.drop(letter(answers=sent))
    fetch(inbox)
    received = Message.objects.get(direction="in")
    again = send_mail(
        world.anna, lead, mailbox=inbox, to=JAN, subject="x", text="x", in_reply_to=received
    )
    assert again.thread == sent.thread
    assert again.references.split() == [sent.message_id, received.message_id]


def test_an_out_of_office_meets_nothing_and_suppresses_nobody(world, inbox, imap, sent, lead):
    imap.drop(letter(answers=sent, subject="Afwezig", Auto_Submitted="auto-replied"))
    fetch(inbox)
    received = Message.objects.get(direction="in")
    assert (received.kind, received.lead) == ("auto_reply", lead)
    assert "signal_received" not in kinds(lead)
    assert not Suppression.objects.exists()


def test_a_bounce_is_told_and_its_address_is_left_alone(world, inbox, imap, sent, lead):
    imap.drop(bounce(sent))
    fetch(inbox)
    assert kinds(lead)[-2:] == ["mail_bounced", "address_suppressed"]
    assert Suppression.objects.get(address=JAN).reason == "bounced"
    sent.refresh_from_db()
    assert sent.bounced_at
    assert "signal_received" not in kinds(lead)
    with pytest.raises(Conflict):
        send_mail(world.anna, lead, mailbox=inbox, to=JAN, subject="x", text="x")
    assert "did not arrive" in texts(as_user(world.anna, "en").get(f"/leads/{lead.id}/"))


@pytest.mark.parametrize(
    ("report", "told", "left_alone"),
    [
        ({"action": "delayed", "status": "4.4.1"}, False, False),
        ({"status": "5.2.2"}, True, False),
        ({"status": "5.7.1"}, True, False),
        ({"status": "5.1.10"}, True, True),
        ({"address": "somebody@else.example"}, False, False),
    ],
)
def test_not_every_report_is_about_the_address(
    world, inbox, imap, sent, lead, report, told, left_alone
):
    imap.drop(bounce(sent, **report))
    fetch(inbox)
    assert ("mail_bounced" in kinds(lead)) == told
    assert Suppression.objects.exists() == left_alone


def test_a_forged_report_suppresses_nobody(world, inbox, imap, sent):
    sent.message_id = "<made-up@x.example>"
    imap.drop(bounce(sent))
    fetch(inbox)
    assert not Suppression.objects.exists()


def test_unknown_senders_are_listed_and_become_leads_or_people(world, inbox, imap):
    for n in range(3):
        sender = f"Piet Punt <piet{n}@nieuw{n}.example>"
        imap.drop(letter(sender=sender, subject=f"Vraag {n}", text="Wat kost een pomp?"))
    imap.drop(letter(sender="piet0@nieuw0.example", subject="Nog iets"))
    imap.drop(letter(sender="news@letters.example", List_Id="<news.letters.example>"))
    imap.drop(letter(sender="robot@x.example", Auto_Submitted="auto-generated"))
    imap.drop(letter(sender=world.bram.email))
    fetch(inbox)
    listed = list(from_unknown(world.anna).order_by("id"))
    assert [one.subject for one in listed] == ["Vraag 0", "Vraag 1", "Vraag 2", "Nog iets"]
    assert not from_unknown(world.manager).exists()
    anna = as_user(world.anna, "en")
    assert "Wat kost een pomp?" in texts(anna.get("/mail/unknown/"))
    made = anna.post(f"/mail/{listed[0].id}/lead/", headers=HTMX)
    lead = Lead.objects.get(title="Vraag 0")
    assert made["HX-Redirect"] == f"/leads/{lead.id}/"
    assert lead.messages.count() == 2
    assert lead.parts.get().person.name == "Piet Punt"
    assert kinds(lead).count("mail_received") == 2
    anna.post(f"/mail/{listed[1].id}/person/", headers=HTMX)
    assert Person.objects.get(email="piet1@nieuw1.example").name == "Piet Punt"
    assert (
        as_user(world.bram).post(f"/mail/{listed[2].id}/dismiss/", headers=HTMX).status_code == 404
    )
    anna.post(f"/mail/{listed[2].id}/dismiss/", headers=HTMX)
    assert "Nobody unknown wrote" in texts(anna.get("/mail/unknown/"))
    for verb in (make_lead_of, make_person_of, dismiss_mail):
        with pytest.raises(Conflict):
            verb(world.anna, listed[0])


def test_what_is_hostile_is_shown_harmless(world, inbox, imap, sent, lead):
    mail = letter(answers=sent)
    mail.set_content("<p onclick=x()>Hoi</p><script>alert(1)</script><img src=http://spy/>", "html")
    imap.drop(mail)
    fetch(inbox)
    received = Message.objects.get(direction="in")
    assert received.html.strip() == "<p>Hoi</p>"
    assert received.text == "Hoi"


def test_broken_mail_keeps_nothing_else_out(world, inbox, imap, sent, lead):
    imap.drop(b"From: \xff\xfe\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\x00")
    imap.drop(b"\r\n\r\n")
    imap.drop(letter(answers=sent))
    fetch(inbox)
    assert lead.messages.filter(direction="in").count() == 1


def test_a_closed_lead_takes_its_mail_in_too(world, inbox, imap, sent, lead):
    actions.win_lead(world.manager, lead)
    imap.drop(letter(answers=sent))
    fetch(inbox)
    assert Message.objects.get(direction="in").lead == lead


def test_a_mailbox_that_cannot_be_read_says_so(world, inbox):
    Mailbox.objects.update(imap_password=seal("guess", for_what="mailbox"))
    inbox.refresh_from_db()
    assert fetch(inbox) == 0
    inbox.refresh_from_db()
    assert inbox.problem == "credentials"
    page = texts(as_user(world.anna, "en").get("/settings/mailboxes/"))
    assert "does not accept user name and password" in page


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "letter"),
        ({"Auto_Submitted": "no"}, "letter"),
        ({"Auto_Submitted": "auto-replied; owner-email=x"}, "auto_reply"),
        ({"Auto_Submitted": "auto-generated"}, "auto_reply"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"Precedence": "auto_reply"}, "auto_reply"),
        ({"Return_Path": "<>"}, "auto_reply"),
        ({"Precedence": "bulk"}, "letter"),
    ],
)
def test_kinds_of_mail_are_told_apart(headers, kind):
    assert read(letter(**headers).as_bytes()).kind == kind


def test_attachments_are_named_and_left_where_they_are():
    mail = letter()
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="offerte één.pdf")
    incoming = read(mail.as_bytes())
    assert incoming.attachments == [
        {"name": "offerte één.pdf", "type": "application/pdf", "size": 4}
    ]
    assert incoming.text == "Akkoord!"
