"""Mailboxes: whose they are, what is kept of them, and a test that says in words what is wrong."""

import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotAllowed, NotFound
from cadans.ground.sealed import open_sealed, seal
from cadans.outreach.actions.mailboxes import add_mailbox, change_mailbox, delete_mailbox
from cadans.outreach.checking import check_mailbox
from cadans.outreach.models import Mailbox
from cadans.outreach.queries.mail import mailboxes_to_write_from
from cadans.outreach.trouble import WORDS, in_words
from tests.outreach.servers import PASSWORD, free_port, smtp_server


def sending(port, **more):
    return Mailbox(
        address="a@b.example", smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", **more
    )


def receiving(port, **more):
    more = {"imap_host": "127.0.0.1", "imap_security": "none", "imap_user": "anna"} | more
    return Mailbox(address="a@b.example", imap_port=port, **more)


def found(mailbox):
    (finding,) = check_mailbox(mailbox)
    return finding.kind


@contextmanager
def saying(words: bytes):
    """A server that says the same to everybody and hangs up."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def talk():
            while True:
                try:
                    one, _from = listener.accept()
                except OSError:
                    return
                with one:
                    one.sendall(words)
                    one.settimeout(2)
                    with suppress(OSError):
                        one.recv(1000)

        threading.Thread(target=talk, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def test_a_server_that_takes_the_login_is_well(post):
    assert found(sending(post.port)) == ""
    with smtp_server(login=True) as locked:
        mailbox = sending(locked.port, smtp_user="anna")
        assert found(mailbox) == "credentials"
        mailbox.smtp_password = seal(PASSWORD, for_what="mailbox")
        assert found(mailbox) == ""


def test_what_is_wrong_with_sending_is_told(post):
    assert found(sending(free_port())) == "refused"
    mailbox = sending(post.port)
    mailbox.smtp_security = "starttls"
    assert found(mailbox) == "no_starttls"
    mailbox.smtp_security = "tls"
    assert found(mailbox) == "tls"
    mailbox = sending(post.port)
    mailbox.smtp_user = "anna"
    assert found(mailbox) == "no_login"
    mailbox.smtp_host = "no-such-host.invalid"
    assert found(mailbox) == "host_unknown"
    with saying(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        assert found(sending(port)) == "not_a_mail_server"
    mailbox = sending(post.port, smtp_user="anna", smtp_password="not sealed by us")
    assert found(mailbox) == "secret"


def test_what_is_wrong_with_receiving_is_told(imap):
    right = seal("pass", for_what="mailbox")
    wrong = seal("guess", for_what="mailbox")
    assert found(receiving(imap.port, imap_password=right)) == ""
    assert found(receiving(imap.port, imap_password=wrong)) == "credentials"
    nowhere = receiving(imap.port, imap_password=right, imap_folder="Nowhere")
    assert found(nowhere) == "folder_missing"
    assert found(receiving(free_port())) == "refused"
    assert found(receiving(imap.port, imap_security="tls")) == "tls"
    assert found(receiving(993, imap_host="no-such-host.invalid")) == "host_unknown"
    with saying(b"220 I am an SMTP server\r\n") as port:
        assert found(receiving(port)) in {"not_a_mail_server", "closed"}


def test_each_trouble_has_its_words():
    assert all(in_words(kind) for kind in WORDS)
    assert in_words("refused", "Connection refused").endswith("(Connection refused)")
    assert in_words("") == ""


@pytest.mark.django_db
def test_passwords_are_kept_sealed_and_out_of_the_log(world):
    box = add_mailbox(
        world.anna, address="Anna@Brouwer.example", smtp_host="mail.example", smtp_password=PASSWORD
    )
    box.refresh_from_db()
    assert box.address == "anna@brouwer.example"
    assert PASSWORD not in box.smtp_password
    assert open_sealed(box.smtp_password, for_what="mailbox") == PASSWORD
    change_mailbox(world.anna, box, changes={"smtp_password": "", "sender": "Anna"})
    box.refresh_from_db()
    assert open_sealed(box.smtp_password, for_what="mailbox") == PASSWORD
    told = Event.objects.filter(subject=box.id)
    assert [one.kind for one in told.order_by("id")] == ["mailbox_added", "mailbox_changed"]
    assert not any("password" in str(one.data) for one in told)


@pytest.mark.django_db
def test_who_may_set_up_and_use_what(world):
    own = add_mailbox(world.anna, address="anna@brouwer.example")
    with pytest.raises(NotAllowed):
        add_mailbox(world.anna, address="info@brouwer.example", owner=None)
    with pytest.raises(NotAllowed):
        add_mailbox(world.manager, address="bram@brouwer.example", owner=world.bram)
    shared = add_mailbox(world.manager, address="info@brouwer.example", owner=None)
    of_team = add_mailbox(
        world.manager, address="team@brouwer.example", owner=None, team=world.team
    )
    assert mailboxes_to_write_from(world.anna) == [own, shared, of_team]
    members = set(world.team.members.all())
    outside = next(one for one in (world.chris, world.admin) if one not in members)
    assert mailboxes_to_write_from(outside) == [shared]
    with pytest.raises(NotFound):
        change_mailbox(world.admin, own, changes={"sender": "x"})
    with pytest.raises(NotFound):
        delete_mailbox(world.anna, shared)
    delete_mailbox(world.admin, shared)
    assert Mailbox.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"address": "geen adres"}, "/email"),
        ({"address": ""}, "/address"),
        ({"smtp_host": "smtp://mail.example"}, "/smtp_host"),
        ({"imap_host": "mail.example:993"}, "/imap_host"),
        ({"smtp_port": 0}, "/smtp_port"),
        ({"imap_security": "ssl"}, "/imap_security"),
        ({"sender": "x" * 121}, "/sender"),
        ({"sender": "a\r\nBcc: b"}, "/sender"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(world, fields, pointer):
    with pytest.raises(Invalid) as refused:
        add_mailbox(world.anna, **{"address": "anna@brouwer.example"} | fields)
    assert refused.value.pointer == pointer


@pytest.mark.django_db
def test_an_address_has_one_mailbox(world):
    add_mailbox(world.anna, address="info@brouwer.example")
    with pytest.raises(Conflict):
        add_mailbox(world.bram, address="INFO@brouwer.example")
