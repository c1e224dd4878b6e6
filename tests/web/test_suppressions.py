"""The list of who gets no mail, and the page on which a reader decides for themselves."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadans.contacts.actions import change_person
from cadans.contacts.models import Person
from cadans.events.models import Event
from cadans.outreach.actions.suppression import suppress
from cadans.outreach.models import Suppression
from cadans.outreach.queries.suppression import is_suppressed
from cadans.outreach.unsubscribing import (
    preference_link,
    preference_token,
    unsubscribe_headers,
)
from tests.web.reading import HTMX, as_user, texts

pytestmark = pytest.mark.django_db

LIST = "/settings/suppressions/"
ADDRESS = "p1@bedrijf1.example"


def left_alone(address=ADDRESS, reason="unsubscribed", source="one_click", **fields):
    return suppress(None, address, reason=reason, source=source, **fields)


def path_of(address=ADDRESS):
    return f"/mail/preferences/{preference_token(address)}/"


def test_the_list_tells_who_why_and_through_what(world):
    left_alone("jan@voorbeeld.example")
    left_alone("piet@voorbeeld.example", "bounced", "mail", note="550 no such user")
    page = texts(as_user(world.manager).get(LIST))
    assert "jan@voorbeeld.example" in page
    assert "Afmeldknop van het mailprogramma" in page
    assert "Niet bezorgd" in page
    assert "550 no such user" in page


def test_it_is_searched_and_filtered(world):
    left_alone("jan@voorbeeld.example")
    left_alone("piet@voorbeeld.example", "bounced", "mail")
    browser = as_user(world.manager)
    assert "piet@" not in texts(browser.get(f"{LIST}?q=JAN"))
    assert "jan@" not in texts(browser.get(f"{LIST}?reason=bounced"))
    assert "Zo’n adres staat er niet" in texts(browser.get(f"{LIST}?q=els"))


def test_an_empty_list_teaches(world):
    page = texts(as_user(world.manager, "en").get(LIST))
    assert "Nobody is left alone yet" in page


@pytest.mark.parametrize("rows", [10, 40])
def test_a_longer_list_asks_no_more_questions(world, rows):
    for n in range(rows):
        left_alone(f"p{n}@voorbeeld.example")
    browser = as_user(world.manager)
    browser.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.get(LIST)
    assert len(asked) <= 8


def test_a_long_list_comes_in_parts(world):
    for n in range(60):
        left_alone(f"p{n}@voorbeeld.example")
    browser = as_user(world.manager)
    first = browser.get(LIST)
    assert first.content.count(b'role="listitem"') == 50
    more = browser.get(f"{LIST}?page=2", headers=HTMX | {"HX-Target": "more"})
    assert more.content.count(b'role="listitem"') == 10
    assert b"<html" not in more.content


def test_an_address_is_added_by_hand(world):
    browser = as_user(world.manager)
    wrong = browser.post(f"{LIST}add/", {"address": "x", "reason": "by_hand"}, headers=HTMX)
    assert wrong.status_code == 422
    right = {"address": "Jan@voorbeeld.example", "reason": "by_hand", "note": "belde"}
    assert browser.post(f"{LIST}add/", right, headers=HTMX).status_code == 200
    one = Suppression.objects.get()
    assert (one.address, one.source, one.by, one.note) == (
        "jan@voorbeeld.example",
        "colleague",
        world.manager,
        "belde",
    )


def test_taking_off_who_unsubscribed_asks_why(world):
    one = left_alone()
    browser = as_user(world.manager)
    path = f"{LIST}{one.id}/release/"
    assert "vroeg om geen mail meer" in texts(browser.get(path, headers=HTMX))
    assert browser.post(path, {"because": ""}, headers=HTMX).status_code == 422
    assert is_suppressed(ADDRESS)
    assert browser.post(path, {"because": "belde erover"}, headers=HTMX).status_code == 200
    assert not is_suppressed(ADDRESS)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (
            "address,reason\na@x.example,bounced\nb@x.example,\n",
            {"a": "bounced", "b": "complained"},
        ),
        (
            "Naam;E-mailadres\nA;a@x.example\nB;B@X.example\n",
            {"a": "complained", "b": "complained"},
        ),
        ("a@x.example\r\nb@x.example\r\n", {"a": "complained", "b": "complained"}),
        ("\ufeffemail\na@x.example\n\n", {"a": "complained"}),
    ],
)
def test_a_file_is_taken_in(world, content, found):
    file = SimpleUploadedFile("lijst.csv", content.encode())
    answer = as_user(world.manager).post(
        f"{LIST}import/", {"file": file, "reason": "complained"}, follow=True
    )
    assert answer.status_code == 200
    kept = dict(Suppression.objects.values_list("address", "reason"))
    assert kept == {f"{name}@x.example": reason for name, reason in found.items()}


def test_lines_that_are_no_address_are_told(world):
    file = SimpleUploadedFile("lijst.csv", b"address\na@x.example\nrommel\n")
    page = as_user(world.manager).post(
        f"{LIST}import/", {"file": file, "reason": "bounced"}, follow=True
    )
    assert "“rommel”" in texts(page)


@pytest.mark.parametrize("content", [b"   ", b"\x00\x01\x02\x00" * 20])
def test_a_file_that_is_no_list_is_refused(world, content):
    file = SimpleUploadedFile("lijst.csv", content)
    answer = as_user(world.manager).post(f"{LIST}import/", {"file": file, "reason": "bounced"})
    assert answer.status_code == 422
    assert not Suppression.objects.exists()


def test_what_is_given_out_can_be_taken_in_again_and_runs_nothing(world):
    left_alone("a@x.example", "bounced", "mail", note="=HYPERLINK(1)")
    left_alone("b@x.example")
    browser = as_user(world.manager)
    file = browser.get(f"{LIST}export/").content
    assert b"'=HYPERLINK" in file
    Suppression.objects.all().delete()
    upload = SimpleUploadedFile("lijst.csv", file)
    browser.post(f"{LIST}import/", {"file": upload, "reason": "by_hand"})
    kept = dict(Suppression.objects.values_list("address", "reason"))
    assert kept == {"a@x.example": "bounced", "b@x.example": "unsubscribed"}


@pytest.mark.parametrize("path", ["", "import/", "export/"])
def test_it_is_not_for_reps(world, path):
    assert as_user(world.anna).get(LIST + path).status_code == 403


def test_every_automatic_mail_carries_the_headers_of_the_button(world):
    headers = unsubscribe_headers("Els@zon.example")
    assert headers["List-Unsubscribe"] == f"<{preference_link('els@zon.example')}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_button_unsubscribes_at_once_without_cookies_or_a_log_in(world):
    lead = world.lead()
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(path_of(), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    one = Suppression.objects.get(address=ADDRESS)
    assert (one.reason, one.source) == ("unsubscribed", "one_click")
    assert "address_suppressed" in world.kinds(lead)
    assert stranger.post(path_of(), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Event.objects.filter(kind="address_suppressed", lead=lead.id).count() == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_link_changes_nothing(world, method):
    answer = getattr(Client(), method)(path_of())
    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("language", "button"), [("nl", "Afmelden"), ("en", "Unsubscribe")])
def test_the_page_speaks_the_readers_language(world, language, button):
    world.lead()
    change_person(None, Person.objects.get(email=ADDRESS), changes={"language": language})
    stranger = Client(headers={"Accept-Language": "de"})
    assert button in texts(stranger.get(path_of()))


def test_one_decides_there_and_may_come_back(world):
    stranger = Client(enforce_csrf_checks=True)
    assert "Je bent afgemeld" in texts(stranger.post(path_of(), {"wish": "stop"}))
    assert Suppression.objects.get().source == "preferences"
    assert "Je krijgt onze mail weer" in texts(stranger.post(path_of(), {"wish": "start"}))
    assert not Suppression.objects.exists()


def test_an_odd_wish_does_nothing(world):
    assert Client().post(path_of(), {"wish": "x"}).status_code == 200
    assert Client().post(path_of(), {"List-Unsubscribe": "x"}).status_code == 200
    assert not Suppression.objects.exists()


def test_who_bounced_cannot_let_mail_go_there_again_by_a_link(world):
    left_alone(reason="bounced", source="mail")
    page = texts(Client().post(path_of(), {"wish": "start"}))
    assert "sturen we geen mail naar dit adres" in page
    assert is_suppressed(ADDRESS)


def test_who_bounced_can_still_say_that_they_want_none(world):
    left_alone(reason="bounced", source="mail")
    Client().post(path_of(), {"wish": "stop"})
    assert Suppression.objects.get().reason == "unsubscribed"


@pytest.mark.parametrize("token", ["forged", "ImVsc0B6b24uZXhhbXBsZSI:1xVyD1:xx"])
def test_a_forged_link_is_refused(world, token):
    stranger = Client()
    path = f"/mail/preferences/{token}/"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert not Suppression.objects.exists()


def test_it_is_told_on_the_persons_page(world):
    world.lead()
    left_alone()
    person = Person.objects.get(email=ADDRESS)
    assert f"{ADDRESS} heeft zich afgemeld" in texts(
        as_user(world.manager).get(f"/people/{person.id}/")
    )
