"""The addresses that machines ask."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_process_that_answers_is_healthy(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_it_is_ready_with_a_database_of_today_and_a_queue(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "migrations": "ok", "queue": "ok"}


def test_it_is_not_ready_while_migrations_are_missing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadans.config.health._has_schema", lambda: False)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "unapplied"


def test_metrics_tell_of_the_queue(client: Client) -> None:
    answer = client.get("/metrics", REMOTE_ADDR="127.0.0.1")
    assert "cadans_workers 0.0" in answer.content.decode()


@pytest.mark.parametrize(
    "request_from",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_metrics_are_for_this_machine(client: Client, request_from: dict[str, Any]) -> None:
    assert client.get("/metrics", **request_from).status_code == 403


def test_metrics_are_for_who_has_the_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CADANS_METRICS_TOKEN", "let-me-see")
    answer = client.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer let-me-see")
    assert answer.status_code == 200
