"""A mail is written in one transaction and sent at most once, by a real server's count."""

import socket
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotFound
from cadans.leads.models import Activity, Lead
from cadans.outreach.actions import sending
from cadans.outreach.actions.mailboxes import add_mailbox, change_mailbox
from cadans.outreach.actions.suppression import suppress
from cadans.outreach.actions.writing import send_mail
from cadans.outreach.delivering import deliver
from cadans.outreach.jobs import send_queued_mail, take_up_mail
from cadans.outreach.mime import as_sent, clean, html_of, text_of
from cadans.outreach.models import Mailbox, Message, Suppression
from cadans.outreach.queries.mail import due_mail, outbox
from tests.outreach.servers import PASSWORD, free_port, smtp_server

pytestmark = pytest.mark.django_db

LONG = "æøå ö 👍 " * 60
TEXT = f"Dag Jan,\n\n{LONG}\n.\n.zo begint een regel\n\nhttps://brouwer.example/offerte?a=1&b=2."


@pytest.fixture
def lead(world):
    return world.lead("Bakkerij Zon", owner=world.anna)


@pytest.fixture
def to(lead):
    return lead.parts.get().person.email


def write(world, lead, box, to, **more):
    more = {"subject": "Onze offerte – één prijs ✓", "text": TEXT} | more
    return send_mail(world.anna, lead, mailbox=box, to=to, **more)


def kinds(lead):
    return list(Event.objects.filter(lead=lead.id).order_by("id").values_list("kind", flat=True))


def test_a_mail_arrives_well_formed(world, lead, box, to, post):
    mail = write(world, lead, box, to, cc=["Chef <chef@bakkerij.example>"])
    assert (mail.state, kinds(lead)[-1]) == ("queued", "mail_queued")
    deliver(mail.id)
    (letter,) = post.letters
    assert letter["Subject"] == "Onze offerte – één prijs ✓"
    assert letter["From"].addresses[0].addr_spec == "anna@brouwer.example"
    assert letter["From"].addresses[0].display_name == world.anna.name
    assert letter["Cc"].addresses[0].display_name == "Chef"
    assert letter["Message-ID"] == mail.message_id == f"<{mail.id}@brouwer.example>"
    assert letter["References"] is None
    assert letter["Date"].datetime
    text, html = (letter.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert text.replace("\r\n", "\n").strip() == TEXT.strip()
    assert '<a href="https://brouwer.example/offerte?a=1&amp;b=2">' in html
    assert not letter.defects
    assert all(len(line) <= 998 for line in post.envelopes[0].content.splitlines())
    assert post.envelopes[0].rcpt_tos == [to, "chef@bakkerij.example"]
    mail.refresh_from_db()
    assert (mail.state, mail.problem_told) == ("sent", "taken")


def test_a_mail_of_a_person_counts_as_an_activity(world, lead, box, to):
    mail = write(world, lead, box, to)
    deliver(mail.id)
    activity = Activity.objects.get(lead=lead, kind="email")
    assert activity.by == world.anna
    assert [one.email for one in activity.people.all()] == [to]
    sent = Event.objects.get(lead=lead.id, kind="mail_sent")
    assert sent.data["activity"] == str(activity.id)
    mail.refresh_from_db()
    assert mail.sent_at == sent.at


def test_an_automatic_mail_is_no_activity_and_names_its_cause(world, lead, box, to):
    created = Event.objects.get(lead=lead.id, kind="lead_created")
    mail = send_mail(
        None, lead, mailbox=box, to=to, subject="Welkom", text="Dag", cause=created.id, once="a:1"
    )
    deliver(mail.id)
    assert not Activity.objects.filter(lead=lead).exists()
    assert Event.objects.get(lead=lead.id, kind="mail_queued").cause == created.id
    again = send_mail(
        None, lead, mailbox=box, to=to, subject="Welkom", text="Dag", cause=created.id, once="a:1"
    )
    assert again.id == mail.id
    assert Message.objects.count() == 1


def test_delivering_twice_sends_once(world, lead, box, to, post):
    mail = write(world, lead, box, to)
    event = Event.objects.get(lead=lead.id, kind="mail_queued")
    for _time in range(3):
        send_queued_mail(event=str(event.id), subject=str(lead.id))
    assert post.ids == {mail.message_id: 1}


def test_mails_on_one_lead_do_not_wait_for_each_other(world, lead, box, to, post):
    mails = [write(world, lead, box, to) for _n in range(3)]
    other = write(world, world.lead("Slagerij Maan", owner=world.anna), box, to)
    event = Event.objects.filter(lead=lead.id, kind="mail_queued").earliest("id")
    send_queued_mail(event=str(event.id), subject=str(lead.id))
    assert post.ids == {mail.message_id: 1 for mail in mails}
    assert due_mail(10) == [other.id]


def test_an_answer_keeps_the_thread(world, lead, box, to, post):
    first = write(world, lead, box, to)
    second = write(world, lead, box, to, in_reply_to=first)
    third = write(world, lead, box, to, in_reply_to=second)
    deliver(third.id)
    (letter,) = post.letters
    assert letter["In-Reply-To"] == second.message_id
    assert letter["References"].split() == [first.message_id, second.message_id]
    assert third.thread == first.id


def test_a_long_thread_keeps_its_beginning(world, lead, box, to):
    mail = first = write(world, lead, box, to)
    for _n in range(30):
        mail = write(world, lead, box, to, in_reply_to=mail)
    known = mail.references.split()
    assert (len(known), known[0]) == (20, first.message_id)


def test_without_a_server_it_goes_to_the_outbox_and_nothing_pretends_to_be_sent(world, lead, to):
    box = add_mailbox(world.anna, address="anna@brouwer.example")
    mail = write(world, lead, box, to)
    without = write(world, lead, None, to)
    assert {mail.state, without.state} == {"held"}
    assert kinds(lead)[-2:] == ["mail_held", "mail_held"]
    deliver(mail.id)
    assert not Event.objects.filter(kind="mail_sent").exists()
    assert set(outbox(world.anna)) == {mail, without}
    with pytest.raises(Conflict):
        sending.send_again(world.anna, mail)
    sending.drop_mail(world.anna, without)
    assert list(outbox(world.anna)) == [mail]


def test_held_mail_goes_out_once_there_is_a_server(world, lead, to, post):
    box = add_mailbox(world.anna, address="anna@brouwer.example")
    mail = write(world, lead, box, to)
    change_mailbox(
        world.anna,
        box,
        changes={"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_security": "none"},
    )
    sending.send_again(world.anna, mail)
    take_up_mail(0)
    deliver(mail.id)
    assert post.ids == {mail.message_id: 1}


def test_a_receiver_who_is_unknown_fails_for_good_and_is_left_alone(world, lead, box, to, post):
    post.refuse[to] = "550 5.1.1 no such user"
    mail = write(world, lead, box, to)
    deliver(mail.id)
    mail.refresh_from_db()
    assert (mail.state, mail.problem) == ("failed", "recipient_refused")
    assert Suppression.objects.get(address=to).reason == "bounced"
    assert post.letters == []
    with pytest.raises(Conflict) as refused:
        write(world, lead, box, to)
    assert refused.value.code == "address_suppressed"


def test_a_refusal_for_other_reasons_suppresses_nobody(world, lead, box, to, post):
    post.refuse[to] = "554 5.7.1 your address is on a block list"
    mail = write(world, lead, box, to)
    deliver(mail.id)
    mail.refresh_from_db()
    assert mail.state == "failed"
    assert not Suppression.objects.exists()
    post.refuse.clear()
    sending.send_again(world.anna, mail)
    deliver(mail.id)
    assert post.ids == {mail.message_id: 1}


def test_what_is_refused_for_now_is_tried_again_later(world, lead, box, to, post):
    post.refuse[to] = "451 4.7.1 greylisted, come back later"
    mail = write(world, lead, box, to)
    deliver(mail.id)
    mail.refresh_from_db()
    assert (mail.state, mail.problem) == ("queued", "busy")
    assert timedelta(0) < mail.next_try_at - timezone.now() < timedelta(minutes=2)
    deliver(mail.id)
    assert due_mail(10) == []
    post.refuse.clear()
    Message.objects.update(next_try_at=timezone.now())
    assert due_mail(10) == [mail.id]
    deliver(mail.id)
    assert post.ids == {mail.message_id: 1}


def test_after_the_last_try_it_has_failed(world, lead, box, to, post):
    post.refuse_text = "452 4.3.1 disk full"
    mail = write(world, lead, box, to)
    for _try in range(len(sending.WAITS) + 1):
        Message.objects.update(next_try_at=None)
        deliver(mail.id)
    mail.refresh_from_db()
    assert (mail.state, kinds(lead)[-1]) == ("failed", "mail_failed")


def test_when_the_server_vanishes_after_the_text_it_is_unclear(world, lead, box, to, post):
    post.hang_up = True
    mail = write(world, lead, box, to)
    deliver(mail.id)
    mail.refresh_from_db()
    assert (mail.state, kinds(lead)[-1]) == ("unclear", "mail_unclear")
    post.hang_up = False
    take_up_mail(0)
    deliver(mail.id)
    assert post.ids == {mail.message_id: 1}
    sending.say_it_was_sent(world.anna, mail)
    assert kinds(lead)[-1] == "mail_sent"
    assert not outbox(world.anna).exists()


def test_a_sender_that_died_before_the_text_is_followed_by_another(world, lead, box, to, post):
    mail = write(world, lead, box, to)
    claimed = sending.claim(mail.id)
    assert sending.claim(mail.id) is None
    Message.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert sending.take_back() == 1
    assert not sending.begin_handing_over(claimed)
    deliver(mail.id)
    assert post.ids == {mail.message_id: 1}


def test_a_sender_that_died_while_handing_over_leaves_it_unclear(world, lead, box, to):
    mail = write(world, lead, box, to)
    claimed = sending.claim(mail.id)
    assert sending.begin_handing_over(claimed)
    Message.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    sending.take_back()
    mail.refresh_from_db()
    assert mail.state == "unclear"
    # It was only slow, and says so after all.
    sending.note_sent(claimed, "taken")
    mail.refresh_from_db()
    assert mail.state == "sent"


def test_who_is_suppressed_meanwhile_gets_nothing(world, lead, box, to, post):
    mail = write(world, lead, box, to)
    suppress(None, to, reason="complained", source="mail")
    deliver(mail.id)
    mail.refresh_from_db()
    assert (mail.state, mail.problem, post.letters) == ("failed", "suppressed", [])


def test_a_mailbox_with_wrong_words_is_told_on_it(world, lead, to):
    with smtp_server(login=True) as post:
        box = add_mailbox(
            world.anna,
            address="anna@brouwer.example",
            smtp_host="127.0.0.1",
            smtp_port=post.port,
            smtp_security="none",
            smtp_user="anna",
            smtp_password="wrong",
        )
        mail = write(world, lead, box, to)
        deliver(mail.id)
        box.refresh_from_db()
        assert box.problem == "credentials"
        change_mailbox(world.anna, box, changes={"smtp_password": PASSWORD})
        sending.Message.objects.update(next_try_at=None)
        deliver(mail.id)
        assert post.ids == {mail.message_id: 1}
        box.refresh_from_db()
        assert box.problem == ""
        assert PASSWORD not in box.smtp_password


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"to": ""}, "/to"),
        ({"to": "geen adres"}, "/to"),
        ({"to": "jan@x.example\r\nBcc: all@x.example"}, "/to"),
        ({"subject": "  "}, "/subject"),
        ({"subject": "x" * 501}, "/subject"),
        ({"text": " ", "html": ""}, "/text"),
        ({"text": "x" * 500_001}, "/text"),
        ({"to": ["a@b.example"] * 2 + [f"p{n}@b.example" for n in range(60)]}, "/to"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field(world, lead, box, fields, pointer):
    to = fields.pop("to", "jan@zon.example")
    with pytest.raises(Invalid) as refused:
        write(world, lead, box, to, **fields)
    assert refused.value.pointer == pointer
    assert not Message.objects.exists()


def test_a_subject_cannot_carry_a_header_in(world, lead, box, to, post):
    deliver(write(world, lead, box, to, subject="Hoi\r\nBcc: all@x.example").id)
    assert post.letters[0]["Bcc"] is None
    with pytest.raises(Invalid):
        write(world, lead, box, to, headers={"Bcc": "all@x.example"})


def test_nobody_writes_from_the_mailbox_of_another(world, lead, box, to):
    with pytest.raises(NotFound):
        send_mail(world.manager, lead, mailbox=box, to=to, subject="Dag", text="Dag")
    assert list(Mailbox.objects.visible_to(world.anna)) == [box]
    assert not Mailbox.objects.visible_to(world.admin).exists()


def test_html_is_cleaned_and_has_a_twin_in_text(world, lead, box, to, post):
    html = "<p>Dag <b>Jan</b>,</p><ul><li>een</li><li>twee</li></ul><script>x()</script>"
    html += '<p><a href="https://a.example/b">hier</a> <a href="javascript:x()">daar</a></p>'
    deliver(write(world, lead, box, to, text="", html=html).id)
    letter = post.letters[0]
    assert letter.get_body(["plain"]).get_content().splitlines() == [
        "Dag Jan,", "", "- een", "- twee", "", "hier (https://a.example/b) daar",
    ]  # fmt: skip
    assert "script" not in letter.get_body(["html"]).get_content()


def test_texts_in_their_two_forms():
    assert html_of("a < b\n\nc") == "<p>a &lt; b</p>\n<p>c</p>"
    assert text_of(html_of("een\ntwee\n\ndrie")) == "een\ntwee\n\ndrie"
    assert clean('<img src="https://spy.example/x.gif"><p onclick="x()" style="a">t</p>') == (
        "<p>t</p>"
    )


def test_a_lead_in_another_language_of_letters(world, lead, box, to):
    mail = write(world, lead, box, "jan@bücher.example")
    assert mail.to[0][0] == "jan@xn--bcher-kva.example"
    assert b"bcher" in as_sent(mail, at=timezone.now()).as_bytes()


def test_what_waits_does_not_wait_for_what_hangs(world, lead, to):
    """A server that says nothing is given up, and the mail is tried again later."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        threading.Thread(target=lambda: silent.accept()[0].close(), daemon=True).start()
        box = add_mailbox(
            world.anna,
            address="anna@brouwer.example",
            smtp_host="127.0.0.1",
            smtp_port=silent.getsockname()[1],
            smtp_security="none",
        )
        mail = write(world, lead, box, to)
        deliver(mail.id)
    mail.refresh_from_db()
    assert (mail.state, mail.problem) == ("queued", "not_a_mail_server")
    change_mailbox(world.anna, box, changes={"smtp_port": free_port()})
    Message.objects.update(next_try_at=None)
    deliver(mail.id)
    mail.refresh_from_db()
    assert (mail.state, mail.problem) == ("queued", "refused")


def test_writing_is_one_transaction(world, lead, box, to, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr("cadans.events.act.Act.record", broken)
    with pytest.raises(RuntimeError):
        write(world, lead, box, to)
    assert not Message.objects.exists()
    assert Lead.objects.filter(id=lead.id).exists()
