"""Addresses that are left alone: kept, told on the person and their leads, and let go of."""

import pytest
from django.utils import translation

from cadans.contacts.models import Person
from cadans.events.models import Event
from cadans.ground.errors import Invalid, NotAllowed, NotFound
from cadans.leads.event_names import names_in
from cadans.leads.explain import explain
from cadans.outreach.actions.suppression import release, suppress, suppress_all
from cadans.outreach.models import Suppression
from cadans.outreach.queries.suppression import is_suppressed, suppressed_among, suppressions

pytestmark = pytest.mark.django_db

ADDRESS = "p1@bedrijf1.example"


def left_alone(reason="unsubscribed", source="one_click", address=ADDRESS, **fields):
    return suppress(None, address, reason=reason, source=source, **fields)


def test_an_address_is_left_alone_however_it_is_written(db):
    left_alone(address=" Jan@Voorbeeld.Example ")
    assert is_suppressed("jan@voorbeeld.example")
    assert is_suppressed("JAN@voorbeeld.example ")
    assert not is_suppressed("piet@voorbeeld.example")


@pytest.mark.parametrize("address", ["", "  ", "geen adres", "a@b", "jan@voorbeeld.example\x00"])
def test_what_is_no_address_is_refused(db, address):
    with pytest.raises(Invalid):
        left_alone(address=address)


def test_who_unsubscribed_may_still_get_a_personal_answer(db):
    left_alone("unsubscribed", address="a@x.example")
    left_alone("bounced", "mail", address="b@x.example")
    left_alone("complained", "mail", address="c@x.example")
    left_alone("by_hand", "colleague", address="d@x.example")
    everybody = [f"{letter}@x.example" for letter in "abcde"]
    assert set(suppressed_among(everybody)) == set(everybody[:4])
    assert set(suppressed_among(everybody, by_hand=True)) == set(everybody[1:4])


def test_a_second_time_changes_nothing_and_tells_nothing(world):
    first = left_alone("bounced", "mail", note="550 no such user")
    again = left_alone("bounced", "mail", note="550 again")
    assert again.id == first.id
    assert again.note == "550 no such user"
    assert Event.objects.filter(kind="address_suppressed").count() == 1


def test_their_own_wish_outweighs_a_bounce_and_not_the_other_way_round(world):
    bounced = left_alone("bounced", "mail")
    wish = left_alone("unsubscribed", "one_click")
    assert wish.id == bounced.id
    left_alone("bounced", "mail")
    assert Suppression.objects.get().reason == "unsubscribed"


def test_it_is_told_on_the_person_and_on_their_open_leads(world):
    lead = world.lead()
    left_alone("bounced", "mail", note="550 no such user")
    person = Person.objects.get(email=ADDRESS)
    assert "address_suppressed" in world.kinds(lead)
    about = Event.objects.get(kind="address_suppressed", subject=person.id)
    assert about.lead is None
    assert about.actor is None


@pytest.mark.parametrize(
    ("reason", "source", "dutch"),
    [
        (
            "unsubscribed",
            "one_click",
            f"{ADDRESS} heeft zich afgemeld met de knop in het mailprogramma en krijgt geen"
            " automatische mail meer.",
        ),
        ("bounced", "mail", f"Mail aan {ADDRESS} komt niet aan: er wordt niets meer verstuurd."),
    ],
)
def test_it_is_told_in_the_readers_language(world, reason, source, dutch):
    lead = world.lead()
    left_alone(reason, source)
    event = Event.objects.get(lead=lead.id, kind="address_suppressed")
    with translation.override("nl"):
        assert explain(event, names_in([event])) == dutch


@pytest.mark.parametrize("reason", Suppression.Reason.values)
@pytest.mark.parametrize("source", Suppression.Source.values)
def test_every_reason_has_a_sentence(world, reason, source):
    lead = world.lead()
    row = left_alone(reason, source)
    release(world.manager, row, because="vroeg er zelf om")
    for event in Event.objects.filter(lead=lead.id, kind__startswith="address_"):
        told = explain(event, names_in([event]))
        assert ADDRESS in told
        assert "–" not in told
        assert "%(" not in told


def test_a_manager_lets_go_of_an_address_and_says_why(world):
    row = left_alone()
    with pytest.raises(Invalid):
        release(world.manager, row)
    release(world.manager, row, because="belde om weer mail te krijgen")
    assert not is_suppressed(ADDRESS)
    event = Event.objects.get(kind="address_released")
    assert "belde om weer mail te krijgen" in explain(event, names_in([event]))


def test_a_bounce_is_let_go_of_without_a_reason(world):
    release(world.manager, left_alone("bounced", "mail"))
    assert not is_suppressed(ADDRESS)


def test_a_rep_does_not_let_go(world):
    row = left_alone()
    with pytest.raises(NotAllowed):
        release(world.anna, row, because="ik wil mailen")


def test_somebody_lets_go_of_their_own_wish_and_not_of_a_bounce(world):
    release(None, left_alone("unsubscribed", "preferences"))
    assert not is_suppressed(ADDRESS)
    with pytest.raises(NotAllowed):
        release(None, left_alone("bounced", "mail"))


def test_what_is_gone_cannot_be_let_go_of_again(world):
    row = left_alone("bounced", "mail")
    release(world.manager, row)
    row = Suppression(id=row.id, address=row.address, reason=row.reason)
    with pytest.raises(NotFound):
        release(world.manager, row)


def test_a_list_from_another_system_is_taken_over(world):
    left_alone("bounced", "mail", address="there@x.example")
    added, known, refused = suppress_all(
        world.manager,
        [
            ("there@x.example", "unsubscribed"),
            ("New@x.example", "unsubscribed"),
            ("new@x.example", "bounced"),
            ("rubbish", "unsubscribed"),
        ],
    )
    assert (added, known, refused) == (1, 2, ["rubbish"])
    assert Suppression.objects.get(address="new@x.example").source == "import"


def test_the_list_is_searched(db):
    left_alone(address="jan@voorbeeld.example")
    left_alone("bounced", "mail", address="piet@voorbeeld.example")
    assert suppressions(words="PIET").count() == 1
    assert suppressions(words="voorbeeld").count() == 2
    assert suppressions(reason="bounced").get().address == "piet@voorbeeld.example"
