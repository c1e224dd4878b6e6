"""One's own account: a forgotten password, another password, log-in in two steps."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client

from tests.world import PASSWORD, World

DUTCH = {"Accept-Language": "nl"}


def test_a_forgotten_password_is_chosen_anew_by_mail(client: Client, world: World) -> None:
    client.post("/account/password/reset/", {"email": world.manager.email}, headers=DUTCH)
    (letter,) = mail.outbox
    assert "Kies een nieuw wachtwoord voor Cadans" in letter.subject
    assert "Iemand, waarschijnlijk jij" in letter.body
    link = re.search(r"http://testserver(/\S+)", str(letter.body))
    assert link
    form = client.get(link[1], follow=True, headers=DUTCH)
    assert "Kies een nieuw wachtwoord" in form.text
    new = "een heel ander wachtwoord"
    form_address = form.redirect_chain[-1][0]
    client.post(form_address, {"password1": new, "password2": new})
    assert client.login(email=world.manager.email, password=new)
    # The link works once.
    again = Client().get(link[1], follow=True, headers=DUTCH)
    assert "Deze link werkt niet meer" in again.text


def test_a_stranger_does_not_learn_who_has_an_account(client: Client, world: World) -> None:
    known = client.post("/account/password/reset/", {"email": world.manager.email})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.com"})
    assert known.headers["Location"] == unknown.headers["Location"]


@pytest.fixture
def logged_in(client: Client, world: World) -> Client:
    """The manager, who has just said again who she is."""
    client.post("/account/login/", {"login": world.manager.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.mark.parametrize(
    "page", ["password/change/", "2fa/", "2fa/totp/activate/", "logout/", "reauthenticate/"]
)
def test_each_page_of_the_account_has_our_look(logged_in: Client, page: str) -> None:
    answer = logged_in.get(f"/account/{page}")
    assert answer.status_code == 200
    assert "page-title" in answer.text
    assert "{%" not in answer.text


def test_changing_the_password(logged_in: Client, world: World) -> None:
    new = "een heel ander wachtwoord"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    logged_in.post("/account/password/change/", fields)
    world.manager.refresh_from_db()
    assert world.manager.check_password(new)


def test_log_in_in_two_steps(logged_in: Client, world: World) -> None:
    page = logged_in.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    logged_in.post("/account/2fa/totp/activate/", {"code": code})
    assert Authenticator.objects.filter(user=world.manager, type="totp").exists()
    codes = logged_in.get("/account/2fa/recovery-codes/")
    recovery = re.findall(r"<li>(\w+)</li>", codes.text)
    assert len(recovery) == 10

    stranger = Client()
    fields = {"login": world.manager.email, "password": PASSWORD}
    second = stranger.post("/account/login/", fields, follow=True, headers=DUTCH)
    assert "Nog één stap" in second.text
    done = stranger.post("/account/2fa/authenticate/", {"code": recovery[0]})
    assert done.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/account/email/", "/account/confirm-email/"])
def test_pages_of_allauth_that_cadans_does_not_use_lead_to_its_own(
    client: Client, world: World, path: str
) -> None:
    client.force_login(world.anna)
    assert client.get(path).headers["Location"] in {"/settings/", "/account/login/"}
