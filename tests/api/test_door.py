"""Who may come in, what is refused at the door, and how that is told."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from cadans.api.auth import noted_at
from cadans.api.limits import Buckets
from cadans.team.actions import revoke_token
from cadans.team.models import ApiToken, User
from tests.api.program import ROOT, Program
from tests.world import PASSWORD, World


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", "Basic YTpi", "bearer  ", "Bearer \x00"]
)
def test_without_a_live_token_nobody_comes_in(world: World, anna: Program, header: str) -> None:
    answer = anna.get("/me", Authorization=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Cadans"'
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_cookie_does_not_count(world: World, client: Client) -> None:
    client.login(email=world.manager.email, password=PASSWORD)
    client.force_login(world.manager, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{ROOT}/me").status_code == 401


def test_a_revoked_token_and_a_user_who_left_are_refused(world: World, anna: Program) -> None:
    assert anna.get("/me").json()["email"] == "anna@brouwer.example"
    User.objects.filter(id=world.anna.id).update(is_active=False)
    assert anna.get("/me").status_code == 401
    User.objects.filter(id=world.anna.id).update(is_active=True)
    revoke_token(None, ApiToken.objects.get())
    assert anna.get("/me").status_code == 401


def test_scopes_decide_what_a_token_may(world: World, program: Any) -> None:
    reads = program(world.admin, "read")
    writes = program(world.admin, "write")
    sets_up = program(world.admin, "settings")
    lead = {"title": "x"}
    assert reads.get("/leads").status_code == 200
    assert reads.post("/leads", lead).json()["code"] == "scope_missing"
    assert writes.post("/leads", lead).status_code == 201
    assert writes.get("/leads").status_code == 403
    assert writes.post("/sources", {"name": "x"}).status_code == 403
    assert sets_up.post("/sources", {"name": "x"}).status_code == 201
    assert sets_up.post("/leads", lead).status_code == 403


def test_the_last_use_of_a_token_is_noted_once_a_minute(world: World, anna: Program) -> None:
    anna.get("/me")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    anna.get("/me")
    assert ApiToken.objects.get().last_used_at == first
    noted_at[ApiToken.objects.get().id] -= timedelta(minutes=2)
    anna.get("/me")
    assert ApiToken.objects.get().last_used_at > first


def test_a_token_that_asks_too_fast_waits(
    world: World, anna: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadans.api.auth.buckets", Buckets(rate=1))
    assert [anna.get("/me").status_code for _n in range(3)] == [200, 200, 429]
    refused = anna.get("/me")
    assert refused["Retry-After"] == "1"
    assert refused.json()["code"] == "too_many_requests"


def test_a_bucket_fills_up_again() -> None:
    buckets, token = Buckets(rate=10), User().id
    assert [buckets.wait(token, now=0.0) for _n in range(20)] == [0.0] * 20
    assert buckets.wait(token, now=0.0) == pytest.approx(0.1)
    assert buckets.wait(token, now=0.1) == 0.0
    assert Buckets(rate=0).wait(token) == 0.0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/leads/", 404),
        ("GET", "/leads/not-an-id", 404),
        ("GET", "/leads/01a20d12-82a0-73dc-a835-f7d45407bb2c", 404),
        ("PUT", "/leads", 405),
        ("TRACE", "/leads", 405),
        ("POST", "/me", 405),
        ("DELETE", "/board/new-customers", 405),
    ],
)
def test_a_wrong_address_or_method_is_a_problem_document(
    world: World, manager: Program, method: str, path: str, status: int
) -> None:
    answer = manager.ask(method, path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    if status == 405:
        assert answer["Allow"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 422),
        ("{", 400),
        ("null", 422),
        ("[]", 422),
        ('"text"', 422),
        ("{}", 422),
        ('{"title": NaN}', 400),
        ('{"title": "x", "custom": {"a": 1e999}}', 400),
        ('{"title": ' + "[" * 100_000 + "]" * 100_000 + "}", 400),
        ('{"title": ' + "9" * 5000 + "}", 400),
        (b"\xff\xfe", 400),
        ('{"title": "' + "x" * 6_000_000 + '"}', 413),
    ],
)
def test_a_body_that_cannot_be_read(
    world: World, manager: Program, body: str | bytes, status: int
) -> None:
    answer = manager.post("/leads", body)
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"


def test_another_kind_of_body_is_refused(world: World, manager: Program) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = manager.post("/leads", '{"title": "x"}', Content_Type=media)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_an_unknown_parameter_is_told(world: World, manager: Program) -> None:
    answer = manager.get("/leads?pipelin=new-customers")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "pipelin"
    assert manager.get("/leads?q=%00").status_code == 422
    assert manager.get("/leads?limit=201").json()["errors"][0]["parameter"] == "limit"


def test_errors_speak_the_readers_language(world: World, manager: Program) -> None:
    wish = {"title": "x", "value": {"amount": "veel"}}
    dutch = manager.post("/leads", wish).json()
    english = manager.post("/leads", wish, Accept_Language="en-GB,en;q=0.9").json()
    assert english["detail"] == 'This must be a number, such as "1250.00".'
    assert dutch["detail"] != english["detail"], "the user's own language without the header"


def test_a_mistake_of_ours_is_a_problem_document_too(
    world: World, manager: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("cadans.leads.actions.create_lead", breaks)
    answer = manager.post("/leads", {"title": "x"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.content.decode()


def test_the_document_and_its_page_are_there(world: World, client: Client) -> None:
    document = client.get(f"{ROOT}/openapi.json")
    assert document.json()["openapi"].startswith("3.1")
    with override_settings(DEBUG=False):
        shown = client.get(f"{ROOT}/docs")
    assert shown.status_code == 200
    assert "https://" not in shown.content.decode(), "nothing from elsewhere"


def test_the_example_of_the_reference_works_as_written(world: World, manager: Program) -> None:
    text = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text()
    bodies = re.findall(r"CADANS/(\S+)(?:(?!CADANS/).)*? -d '(\{.*?\})'", text, flags=re.DOTALL)
    assert [path for path, _body in bodies] == [
        "leads",
        "leads/$LEAD/activities",
        "signals",
        "leads/$LEAD",
    ]
    made = manager.post("/leads", bodies[0][1])
    assert made.status_code == 201, made.content
    lead = made.json()["id"]
    for path, body in bodies[1:3]:
        answer = manager.post("/" + path.replace("$LEAD", lead), body)
        assert answer.status_code in {201, 202}, answer.content
    assert manager.patch(f"/leads/{lead}", bodies[3][1]).status_code == 200
