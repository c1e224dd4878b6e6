"""Quotas over HTTP."""

from __future__ import annotations

from typing import Any

from cadans.insight.models import Quota
from cadans.team.models import Organisation
from tests.api.program import Program
from tests.world import World

NEW: dict[str, Any] = {
    "owner": "anna@brouwer.example",
    "unit": "quarter",
    "from": "2026-04-01",
    "amount": {"amount": "12500.00"},
}


def test_the_usual_verbs(world: World, program: Any) -> None:
    manager: Program = program(world.admin)
    made = manager.post("/quotas", NEW)
    assert made.status_code == 201, made.content
    assert made.json() == {
        "id": made.json()["id"],
        "owner": {"id": str(world.anna.id), "name": world.anna.name, "email": world.anna.email},
        "team": None,
        "unit": "quarter",
        "from": "2026-04-01",
        "to": "2026-07-01",
        "amount": {"amount": "12500.00", "currency": "EUR"},
    }
    path = f"/quotas/{made.json()['id']}"
    read = manager.get(path)
    assert (read.json(), read["ETag"]) == (made.json(), made["ETag"])
    assert manager.get("/quotas").json()["items"] == [made.json()]
    changed = manager.patch(path, {"amount": {"amount": "9"}}, If_Match=read["ETag"])
    assert changed.json()["amount"]["amount"] == "9.00"
    lost = manager.patch(path, {"amount": {"amount": "8"}}, If_Match=read["ETag"])
    assert (lost.status_code, lost.json()["code"]) == (412, "outdated")
    assert manager.patch(path, {}).json() == changed.json()
    assert manager.delete(path, If_Match=read["ETag"]).status_code == 412
    assert manager.delete(path, If_Match=changed["ETag"]).status_code == 204
    assert manager.get(path).status_code == 404


def test_a_second_one_for_the_period_is_refused_but_the_same_request_is_not(
    world: World, program: Any
) -> None:
    manager: Program = program(world.admin)
    first = manager.post("/quotas", NEW, Idempotency_Key="a")
    again = manager.post("/quotas", NEW, Idempotency_Key="a")
    assert (again.status_code, again.json()) == (201, first.json())
    taken = manager.post("/quotas", NEW)
    assert (taken.status_code, taken["Content-Type"]) == (409, "application/problem+json")
    assert Quota.objects.count() == 1


def test_what_is_wrong_is_pointed_at(world: World, program: Any) -> None:
    manager: Program = program(world.admin)
    for change, pointer in (
        ({"owner": "nobody@brouwer.example"}, "/owner"),
        ({"team": "Buitendienst"}, "/owner"),
        ({"owner": None}, "/owner"),
        ({"owner": None, "team": "No such team"}, "/team"),
        ({"unit": "week"}, "/unit"),
        ({"from": "2026-05-01"}, "/from"),
        ({"from": "soon"}, "/from"),
        ({"amount": {"amount": "0"}}, "/amount"),
        ({"amount": {"amount": "1", "currency": "USD"}}, "/amount/currency"),
        ({"odd": 1}, "/odd"),
    ):
        answer = manager.post("/quotas", NEW | change)
        assert (answer.status_code, answer.json()["pointer"]) == (422, pointer), answer.content


def test_reps_read_their_own_and_set_none(world: World, program: Any) -> None:
    admin: Program = program(world.admin)
    made = admin.post("/quotas", NEW).json()
    other = admin.post("/quotas", NEW | {"owner": world.bram.email}).json()
    Organisation.objects.update(leads_seen_by_reps="own")
    rep: Program = program(world.anna)
    assert [one["id"] for one in rep.get("/quotas").json()["items"]] == [made["id"]]
    assert rep.get(f"/quotas/{other['id']}").status_code == 404
    assert rep.post("/quotas", NEW | {"unit": "month"}).status_code == 403
    assert rep.patch(f"/quotas/{made['id']}", {"amount": {"amount": "1"}}).status_code == 403
    assert rep.delete(f"/quotas/{made['id']}").status_code == 403


def test_reports_say_how_they_stand(world: World, program: Any) -> None:
    admin: Program = program(world.admin)
    admin.post("/quotas", NEW)
    asked = "from=2026-04-01&to=2026-07-01&by=owner"
    report = admin.get(f"/reports/quotas?{asked}")
    assert report.status_code == 200, report.content
    assert report.json()["rows"][0]["quota"] == {"amount": "12500.00", "currency": "EUR"}
    forecast = admin.get(f"/reports/forecast?{asked}")
    assert forecast.status_code == 200, forecast.content
    assert forecast.json()["total"]["quota"]["amount"] == "12500.00"
    wrong = admin.get("/reports/forecast?by=month")
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (422, "by")
