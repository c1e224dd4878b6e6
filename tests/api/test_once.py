"""`Idempotency-Key` and `If-Match`: nothing twice, nothing over somebody else's change."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cadans.api.idempotency import _lock
from cadans.api.jobs import forget_idempotency_keys
from cadans.api.models import IdempotencyKey
from cadans.api.v1 import api
from cadans.leads.models import Lead
from tests.api.program import Program
from tests.world import World

KEY = "0f5a3c1e-once"


def test_a_repeat_gets_the_same_answer_and_does_nothing(world: World, manager: Program) -> None:
    first = manager.post("/leads", {"title": "x"}, Idempotency_Key=KEY)
    again = manager.post("/leads", {"title": "x"}, Idempotency_Key=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert [again[name] for name in ("ETag", "Location", "Content-Type")] == [
        first[name] for name in ("ETag", "Location", "Content-Type")
    ]
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Lead.objects.count() == 1


def test_the_same_key_for_something_else_is_refused(world: World, manager: Program) -> None:
    manager.post("/leads", {"title": "x"}, Idempotency_Key=KEY)
    other = manager.post("/leads", {"title": "y"}, Idempotency_Key=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = manager.post("/signals", {"title": "x"}, Idempotency_Key=KEY)
    assert elsewhere.status_code == 422


def test_keys_belong_to_their_user(world: World, manager: Program, anna: Program) -> None:
    manager.post("/leads", {"title": "x"}, Idempotency_Key=KEY)
    assert "Idempotent-Replayed" not in anna.post("/leads", {"title": "x"}, Idempotency_Key=KEY)
    assert Lead.objects.count() == 2


def test_what_was_refused_may_be_tried_again(world: World, manager: Program) -> None:
    assert manager.post("/leads", {"title": ""}, Idempotency_Key=KEY).status_code == 422
    assert manager.post("/leads", {"title": "x"}, Idempotency_Key=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(world: World, manager: Program, key: str) -> None:
    answer = manager.post("/leads", {"title": "x"}, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")


def test_keys_are_forgotten_after_a_day(world: World, manager: Program) -> None:
    manager.post("/leads", {"title": "x"}, Idempotency_Key=KEY)
    IdempotencyKey.objects.update(made_at=timezone.now() - timedelta(hours=25))
    anew = manager.post("/leads", {"title": "y"}, Idempotency_Key=KEY)
    assert anew.json()["title"] == "y"
    IdempotencyKey.objects.update(made_at=timezone.now() - timedelta(hours=25))
    forget_idempotency_keys(0)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_under_way_a_second_is_refused(
    transactional_db: None, world: World, manager: Program
) -> None:
    locked, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with transaction.atomic():
            _lock(f"{world.manager.id}:{KEY}")
            locked.set()
            go_on.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(10)
        answer = manager.post("/leads", {"title": "x"}, Idempotency_Key=KEY)
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_running")
    finally:
        go_on.set()
        holder.join()
    assert manager.post("/leads", {"title": "x"}, Idempotency_Key=KEY).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_lead(transactional_db: None, world: World, program: Any) -> None:
    programs = [program(world.manager) for _n in range(10)]
    statuses: list[int] = []

    def send(one: Program) -> None:
        answer = one.post("/leads", {"title": "x"}, Idempotency_Key=KEY)
        statuses.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=send, args=[one]) for one in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert Lead.objects.count() == 1


def test_every_post_honours_the_key() -> None:
    document = api.get_openapi_schema(path_prefix="/")
    for path, operations in document["paths"].items():
        if "post" in operations:
            names = {one["name"] for one in operations["post"]["parameters"]}
            assert "Idempotency-Key" in names, path
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                assert operation.view_func.__wrapped__, operation.view_func


def test_a_lost_race_changes_nothing(world: World, manager: Program) -> None:
    made = manager.post("/leads", {"title": "x"})
    path = f"/leads/{made.json()['id']}"
    changed = manager.patch(path, {"title": "y"}, If_Match=made["ETag"])
    assert changed.status_code == 200
    for method, sub, body in [
        ("PATCH", "", {"title": "z"}),
        ("POST", "/move", {"stage": "demo"}),
        ("POST", "/win", {}),
        ("POST", "/lose", {"reason": "Te duur"}),
        ("DELETE", "", None),
    ]:
        lost = manager.ask(method, f"{path}{sub}", body, If_Match=made["ETag"])
        assert (lost.status_code, lost.json()["code"]) == (412, "outdated"), method
    assert manager.get(path).json() == changed.json()
    assert manager.patch(path, {"title": "z"}, If_Match="*").status_code == 200
    assert manager.patch(path, {"title": "z"}, If_Match='W/"1"').status_code == 412
    assert manager.patch(path, {"title": "z"}, If_Match="nonsense").status_code == 412
    assert manager.patch(path, {"title": "w"}).status_code == 200, "the header may be left out"
