"""The addresses that are left alone, over HTTP."""

from __future__ import annotations

from typing import Any

from cadans.outreach.queries.suppression import is_suppressed
from tests.api.program import Program
from tests.world import World


def test_an_address_is_left_alone_looked_up_and_let_go_of(world: World, manager: Program) -> None:
    new = {"address": "Jan@voorbeeld.example", "reason": "unsubscribed", "note": "uit het oude CRM"}
    added = manager.post("/suppressions", new)
    assert added.status_code == 201, added.content
    told = added.json()
    assert (told["address"], told["reason"], told["source"]) == (
        "jan@voorbeeld.example",
        "unsubscribed",
        "api",
    )
    manager.post("/suppressions", {"address": "piet@voorbeeld.example"})
    thing = f"/suppressions/{told['id']}"
    assert manager.get(thing).json() == told
    found = manager.get("/suppressions?address=JAN@voorbeeld.example").json()["items"]
    assert found == [told]
    assert len(manager.get("/suppressions?reason=by_hand").json()["items"]) == 1
    assert manager.delete(thing).status_code == 422
    assert is_suppressed("jan@voorbeeld.example")
    assert manager.delete(f"{thing}?because=belde").status_code == 204
    assert not is_suppressed("jan@voorbeeld.example")
    assert manager.delete(f"{thing}?because=belde").status_code == 404


def test_what_is_no_address_or_reason_is_pointed_at(world: World, manager: Program) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"address": "x"}, "/address"),
        ({"address": "a@x.example", "reason": "odd"}, "/reason"),
        ({"address": "a@x.example", "odd": 1}, "/odd"),
    ]
    for body, pointer in wrong:
        answer = manager.post("/suppressions", body)
        assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)


def test_a_rep_lets_nobody_go(world: World, manager: Program, program: Any) -> None:
    added = manager.post("/suppressions", {"address": "jan@voorbeeld.example"})
    anna: Program = program(world.anna)
    assert anna.delete(f"/suppressions/{added.json()['id']}?because=x").status_code == 403
