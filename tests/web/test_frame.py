"""The frame around pages: log-in, first run, language, errors, the style guide."""

import json

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from cadans.ground.errors import Conflict, NotFound
from cadans.web.account.adapter import AccountAdapter
from cadans.web.middleware import OwnErrorMiddleware
from tests.world import PASSWORD, World


@pytest.fixture
def refused() -> OwnErrorMiddleware:
    return OwnErrorMiddleware(lambda request: HttpResponse())


def htmx_request(path: str = "/leads/1/") -> HttpRequest:
    return RequestFactory().post(path, headers={"HX-Request": "true"})


def test_without_users_every_page_leads_to_the_first_run(client: Client, db: None) -> None:
    answer = client.get("/account/login/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/welcome/")


@pytest.mark.parametrize(("language", "title"), [("nl", "Inloggen"), ("en", "Log in")])
def test_log_in_speaks_the_language_of_the_browser(
    client: Client, world: World, language: str, title: str
) -> None:
    answer = client.get("/account/login/", headers={"Accept-Language": language})
    assert f'<html lang="{language}"' in answer.text
    assert f'<h1 class="page-title mb-4">{title}</h1>' in answer.text


def test_logging_in(client: Client, world: World) -> None:
    fields = {"login": world.manager.email, "password": PASSWORD}
    answer = client.post("/account/login/", fields)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_wrong_password_is_told_without_saying_which_half_is_wrong(
    client: Client, world: World
) -> None:
    for email in (world.manager.email, "nobody@example.com"):
        answer = client.post(
            "/account/login/",
            {"login": email, "password": "wrong"},
            headers={"Accept-Language": "nl"},
        )
        assert answer.status_code == 200
        assert "horen niet bij elkaar" in answer.text


def test_nobody_signs_up_by_themselves(client: Client, world: World) -> None:
    assert not AccountAdapter().is_open_for_signup(RequestFactory().get("/"))
    answer = client.post("/account/signup/", {"email": "x@example.com", "password1": PASSWORD})
    assert "page-title" in answer.text
    assert not type(world.admin).objects.filter(email="x@example.com").exists()


def test_the_chosen_language_and_look_stay_with_the_user(client: Client, world: World) -> None:
    client.force_login(world.admin)
    answer = client.post("/account/look/", {"language": "en", "theme": "dark", "next": "/x/"})
    assert answer.headers["Location"] == "/x/"
    world.admin.refresh_from_db()
    assert (world.admin.language, world.admin.theme) == ("en", "dark")
    page = client.get("/styleguide/", headers={"Accept-Language": "nl"}).text
    assert '<html lang="en"' in page
    assert 'data-theme="cadans-dark"' in page


def test_strangers_choose_a_language_for_their_browser(client: Client, world: World) -> None:
    client.post("/account/look/", {"language": "en"})
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert "Log in" in client.get("/account/login/", headers={"Accept-Language": "nl"}).text


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_a_choice_of_look_leads_nowhere_else(client: Client, world: World, next_page: str) -> None:
    answer = client.post("/account/look/", {"language": "en", "next": next_page})
    assert answer.headers["Location"] == "/"


def test_what_an_action_refuses_is_a_toast_for_htmx(refused: OwnErrorMiddleware) -> None:
    answer = refused.process_exception(htmx_request(), Conflict("Deze lead is al gewonnen."))
    assert answer is not None
    assert (answer.status_code, answer.content.decode()) == (409, "Deze lead is al gewonnen.")
    assert answer.headers["HX-Reswap"] == "none"
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast == {"text": "Deze lead is al gewonnen.", "kind": "error"}


def test_what_an_action_refuses_is_a_page_without_htmx(refused: OwnErrorMiddleware) -> None:
    request = RequestFactory().post("/leads/1/")
    answer = refused.process_exception(request, Conflict("Already <won>."))
    assert answer is not None
    assert answer.status_code == 409
    assert "Already &lt;won&gt;." in answer.content.decode()


def test_other_errors_and_the_api_are_left_alone(refused: OwnErrorMiddleware) -> None:
    assert refused.process_exception(htmx_request(), ValueError("x")) is None
    assert refused.process_exception(htmx_request("/api/v1/leads"), NotFound("x")) is None


def test_the_style_guide_is_for_administrators(client: Client, world: World) -> None:
    client.force_login(world.manager)
    assert client.get("/styleguide/").status_code == 404
    client.force_login(world.admin)
    assert client.get("/styleguide/").status_code == 200


def test_a_page_that_is_not_there_keeps_the_frame(client: Client, world: World) -> None:
    client.force_login(world.admin)
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert 'class="side-bar"' in answer.text


def test_error_pages_stand_without_a_request(world: World) -> None:
    from django.template.loader import get_template

    for name in ("400.html", "500.html"):
        with translation.override("nl"):
            assert "Cadans" in get_template(name).render()
