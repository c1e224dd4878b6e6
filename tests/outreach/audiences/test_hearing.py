"""What the service tells by itself, at an address with a secret."""

import pytest
from django.urls import reverse

from cadans.contacts.models import Person
from cadans.outreach.audiences.actions.accounts import hook_secret, listen_to
from cadans.outreach.audiences.provider import AudienceError
from cadans.outreach.models.audiences import Audience, Membership

pytestmark = pytest.mark.django_db

A, B = "anna@zon.nl", "bas@zon.nl"


@pytest.fixture
def tell(client, world, desk):
    address = reverse("audience_hook", args=[desk.audience.id, hook_secret(desk.audience)])

    def told(kind, **data):
        named = {f"data[{name}]": value for name, value in data.items()}
        posted = {"type": kind, "fired_at": "2026-03-02 09:00:00", **named}
        return client.post(address, posted)

    told.address = address  # type: ignore[attr-defined]
    return told


def test_the_service_is_answered_when_it_looks_whether_we_are_there(client, tell):
    assert client.get(tell.address).status_code == 200


def test_without_the_secret_there_is_nothing(client, world, desk):
    wrong = reverse("audience_hook", args=[desk.audience.id, "x" * 32])
    assert client.get(wrong).status_code == 404
    posted = {"type": "unsubscribe", "data[email]": A}
    assert client.post(wrong, posted).status_code == 404
    other = reverse("audience_hook", args=[Person(name="x").id, "x"])
    assert client.get(other).status_code == 404


def test_who_unsubscribes_there_is_left_alone_from_then_on(desk, tell):
    desk.enrol(A)
    desk.reconcile()
    assert tell("unsubscribe", email=A.upper(), action="unsub", reason="manual").status_code == 204
    assert tell("unsubscribe", email=A, action="unsub").status_code == 204
    desk.wish("archive", A)
    desk.enrol(A)
    assert (desk.one(A).state, desk.one(A).refusal) == ("refused", "opted_out")
    assert Audience.objects.get().heard_at


def test_a_bounced_address_and_one_that_was_archived_there(desk, tell):
    desk.enrol(A, B)
    desk.reconcile()
    tell("cleaned", email=A, reason="hard")
    tell("unsubscribe", email=B, action="delete")
    assert (desk.one(A).status, desk.one(A).refusal) == ("cleaned", "cleaned")
    assert desk.one(B).status == "archived"
    assert not desk.one(B).opted_out_at


def test_who_subscribes_again_by_themselves(desk, tell):
    desk.service.opt_out(desk.list, A)
    desk.enrol(A)
    desk.reconcile()
    tell("subscribe", email=A)
    assert (desk.one(A).state, desk.one(A).status) == ("done", "subscribed")


def test_another_address_takes_the_membership_along(desk, tell):
    desk.enrol(A)
    desk.reconcile()
    tell("upemail", old_email=A, new_email="anna@maan.nl")
    tell("upemail", old_email=A, new_email="anna@maan.nl")
    assert desk.one("anna@maan.nl").status == "subscribed"
    desk.enrol(A)
    assert Membership.objects.count() == 1, "the old address is not put on the list beside it"


def test_moving_to_an_address_that_opted_out_keeps_that(desk, tell):
    desk.enrol(A, B)
    desk.reconcile()
    tell("unsubscribe", email=B, action="unsub")
    tell("upemail", old_email=A, new_email=B)
    assert desk.one(B).opted_out_at
    assert Membership.objects.count() == 1


def test_of_people_we_know_we_hear_though_no_stage_put_them_there(desk, tell, world):
    person = Person.objects.create(name="Bas", email=B)
    tell("subscribe", email=B)
    tell("subscribe", email="vreemd@zon.nl")
    tell("profile", email=A)
    assert Membership.objects.get().person_id == person.id


@pytest.mark.parametrize("odd", [{}, {"email": ""}, {"email": "\x00" * 300}, {"list_id": "zzz"}])
def test_odd_news_does_no_harm(desk, tell, odd):
    for kind in ("", "unsubscribe", "upemail", "campaign"):
        assert tell(kind, **odd).status_code == 204
    assert not Membership.objects.exists()


def test_the_service_is_asked_to_tell_once(desk):
    url = "https://crm.zon.nl/hooks/x/"
    listen_to(None, desk.audience, url)
    listen_to(None, desk.audience, url)
    assert [one["url"] for one in desk.list.hooks.values()] == [url]
    assert next(iter(desk.list.hooks.values()))["sources"]["api"] is False
    with pytest.raises(AudienceError, match="verify"):
        listen_to(None, desk.audience, "http://localhost/x")
