"""Leads over HTTP: made, read, changed, carried through the process."""

from __future__ import annotations

from typing import Any

import pytest

from cadans.leads.models import Lead
from tests.api.program import Program
from tests.world import World

WHOLE = {
    "title": "Warmtepompen voor de bakkerij",
    "pipeline": "new-customers",
    "value": {"amount": "14900.00", "currency": "EUR"},
    "company": {
        "name": "Bakkerij Zon",
        "domain": "https://www.bakkerijzon.nl/over",
        "country": "NL",
    },
    "people": [
        {"email": "Els@BakkerijZon.nl", "name": "Els Zon", "role": "decision_maker"},
        {"email": "piet@bakkerijzon.nl"},
    ],
    "source": "website",
    "products": [{"product": "warmtepomp 8 kw", "quantity": 2}],
    "external_id": "web-1001",
    "opened_at": "2026-03-02T10:00:00+01:00",
    "expected_close": "2026-04-30",
    "tags": ["bakkers"],
}


def test_a_lead_is_made_with_all_that_hangs_on_it(world: World, manager: Program) -> None:
    answer = manager.post("/leads", WHOLE)
    assert answer.status_code == 201, answer.content
    lead = answer.json()
    assert lead["value"] == {"amount": "14900.00", "currency": "EUR"}
    assert lead["stage"]["key"] == "new"
    assert lead["company"]["domain"] == "bakkerijzon.nl"
    assert [(one["email"], one["role"], one["first"]) for one in lead["people"]] == [
        ("els@bakkerijzon.nl", "decision_maker", True),
        ("piet@bakkerijzon.nl", "", False),
    ]
    assert lead["products"] == [
        {
            "product": {"id": str(world.pump.id), "name": "Warmtepomp 8 kW"},
            "quantity": "2",
            "price": {"amount": "7450.00", "currency": "EUR"},
        }
    ]
    assert lead["owner"]["email"].endswith("@brouwer.example"), "a rule gave it to somebody"
    assert lead["opened_at"] == "2026-03-02T09:00:00Z"
    assert lead["tags"] == ["bakkers"]
    assert answer["Location"] == f"/api/v1/leads/{lead['id']}"
    assert answer["ETag"] == f'"{lead["revision"]}"'
    read = manager.get(f"/leads/{lead['id']}")
    assert read.json() == lead
    assert read["ETag"] == answer["ETag"]


def test_a_title_is_enough(world: World, manager: Program) -> None:
    lead = manager.post("/leads", {"title": "Iemand belde"}).json()
    assert lead["pipeline"]["key"] == "new-customers", "the default pipeline"
    assert lead["value"] is None
    assert lead["people"] == lead["products"] == lead["tags"] == []


def test_a_lead_goes_through_the_pipeline_by_signals_and_activities_alone(
    world: World, manager: Program
) -> None:
    lead = manager.post("/leads", WHOLE | {"opened_at": None}).json()
    path = f"/leads/{lead['id']}"
    assert (
        manager.post(f"{path}/activities", {"kind": "call", "outcome": "reached"}).status_code
        == 201
    )
    assert manager.get(path).json()["stage"]["key"] == "demo"
    assert manager.post(f"{path}/activities", {"kind": "demo"}).status_code == 201
    assert manager.get(path).json()["stage"]["key"] == "proposal"
    tasks = manager.get(f"/tasks?lead={lead['id']}&state=open").json()["items"]
    assert [task["key"] for task in tasks] == ["send"]
    assert manager.post(f"/tasks/{tasks[0]['id']}/done").json()["state"] == "done"
    moved = manager.post(f"{path}/move", {"stage": "Contract", "reason": "Mondeling akkoord"})
    assert moved.json()["stage"]["key"] == "contract"
    taken = manager.post(
        "/signals",
        {"name": "contract_signed", "external_id": "web-1001", "payload": {"by": "customer"}},
    )
    assert taken.status_code == 202
    assert "lead_won" in [event["kind"] for event in taken.json()["events"]]
    assert manager.get(path).json()["status"] == "won"
    events = manager.get(f"{path}/events?limit=200").json()["items"]
    steps = [event for event in events if event["rule"] == "goals_met"]
    assert steps
    assert all(event["cause"] and event["explanation"] for event in steps)


def test_the_timeline_explains_in_the_readers_words(world: World, manager: Program) -> None:
    lead = manager.post("/leads", WHOLE | {"opened_at": None}).json()
    manager.post(f"/leads/{lead['id']}/activities", {"kind": "call", "outcome": "reached"})
    path = f"/leads/{lead['id']}/events?limit=200"
    told = [one["explanation"] for one in manager.get(path, Accept_Language="en").json()["items"]]
    assert "Marit Visser added this lead through the API. It went to" not in told[0]
    assert told[0] == "Marit Visser added this lead through the API."
    assert "Went on to “Demo”: every goal of “New” was met (Spoken to, Value known)." in told, told
    assert any(
        "Assignment rule “Binnendienst om de beurt” gave this lead to" in one for one in told
    )


def test_changes_are_partial_and_null_makes_empty(world: World, manager: Program) -> None:
    lead = manager.post("/leads", WHOLE).json()
    path = f"/leads/{lead['id']}"
    changed = manager.patch(
        path,
        {
            "value": {"amount": "20000"},
            "source": None,
            "owner": "bram@brouwer.example",
            "company": {"name": "Bakkerij Maan"},
            "products": [],
            "tags": ["nieuw"],
        },
    )
    assert changed.status_code == 200, changed.content
    now = changed.json()
    assert now["value"] == {"amount": "20000.00", "currency": "EUR"}
    assert now["source"] is None
    assert now["owner"]["name"] == "Bram Mulder"
    assert now["company"]["name"] == "Bakkerij Maan"
    assert now["products"] == []
    assert now["tags"] == ["nieuw"]
    assert now["title"] == WHOLE["title"]
    assert now["revision"] > lead["revision"]
    assert manager.patch(path, {"value": None}).json()["value"] is None
    assert manager.get(path).json() == manager.get(path).json()


def test_a_lead_is_won_lost_and_reopened(world: World, manager: Program) -> None:
    lead = manager.post("/leads", WHOLE).json()
    path = f"/leads/{lead['id']}"
    won = manager.post(f"{path}/win", {"closed_at": "2026-03-09T09:00:00+01:00"}).json()
    assert (won["status"], won["closed_at"]) == ("won", "2026-03-09T08:00:00Z")
    assert manager.post(f"{path}/reopen").json()["status"] == "open"
    lost = manager.post(f"{path}/lose", {"reason": "te duur"}).json()
    assert (lost["status"], lost["loss_reason"]["name"]) == ("lost", "Te duur")


def test_a_deleted_lead_is_not_there(world: World, manager: Program) -> None:
    lead = manager.post("/leads", WHOLE).json()
    gone = manager.delete(f"/leads/{lead['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert manager.get(f"/leads/{lead['id']}").status_code == 404
    assert manager.delete(f"/leads/{lead['id']}").status_code == 404
    assert manager.get("/leads").json()["items"] == []


PUMP = "Warmtepomp 8 kW"
BAD = [
    ({}, "/title"),
    ({"title": ""}, "/title"),
    ({"title": "   "}, "/title"),
    ({"title": "x" * 201}, "/title"),
    ({"title": 5}, "/title"),
    ({"title": "x", "titel": "x"}, "/titel"),
    ({"title": "x", "pipeline": "nowhere"}, "/pipeline"),
    ({"title": "x", "stage": "nowhere"}, "/stage"),
    ({"title": "x", "value": "1250"}, "/value"),
    ({"title": "x", "value": {"amount": "-1"}}, "/value/amount"),
    ({"title": "x", "value": {"amount": "1.234"}}, "/value/amount"),
    ({"title": "x", "value": {"amount": "1e30"}}, "/value/amount"),
    ({"title": "x", "value": {"amount": "NaN"}}, "/value/amount"),
    ({"title": "x", "value": {"amount": "1", "currency": "ZZZ"}}, "/value/currency"),
    ({"title": "x", "company": {}}, "/company/name"),
    ({"title": "x", "company": {"name": "x", "country": "Atlantis"}}, "/company/country"),
    ({"title": "x", "company": {"name": "x", "domain": "geen domein"}}, "/company/domain"),
    ({"title": "x", "people": [{"email": "geen adres"}]}, "/people/0/email"),
    ({"title": "x", "people": [{}]}, "/people/0/name"),
    ({"title": "x", "people": [{"name": "A", "role": "boss"}]}, "/people/0/role"),
    ({"title": "x", "people": "Els"}, "/people"),
    ({"title": "x", "source": "nowhere"}, "/source"),
    ({"title": "x", "products": [{"product": "nothing"}]}, "/products/0/product"),
    (
        {"title": "x", "products": [{"product": PUMP, "quantity": 0}]},
        "/products/0/quantity",
    ),
    (
        {
            "title": "x",
            "products": [{"product": PUMP}, {"product": PUMP}],
        },
        "/products/1/product",
    ),
    ({"title": "x", "territory": "nowhere"}, "/territory"),
    ({"title": "x", "owner": "nobody@nowhere.example"}, "/owner"),
    ({"title": "x", "opened_at": "2026-03-02T10:00:00"}, "/opened_at"),
    ({"title": "x", "opened_at": "2999-03-02T10:00:00Z"}, "/opened_at"),
    ({"title": "x", "opened_at": "0001-01-01T00:00:00+14:00"}, "/opened_at"),
    ({"title": "x", "opened_at": 1700000000}, "/opened_at"),
    ({"title": "x", "expected_close": "31-3-2026"}, "/expected_close"),
    ({"title": "x", "custom": {"unknown": 1}}, "/custom/unknown"),
    ({"title": "x", "tags": [""]}, "/tags/0"),
    ({"title": "NUL \u0000 within"}, "/title"),
    ({"title": "half \ud800 character"}, "/title"),
]


@pytest.mark.parametrize(("body", "pointer"), BAD)
def test_a_bad_lead_is_refused_with_a_pointer_and_nothing_is_saved(
    world: World, manager: Program, body: dict[str, Any], pointer: str
) -> None:
    answer = manager.post("/leads", body)
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["pointer"] == pointer, problem
    assert problem["status"] == 422
    assert problem["errors"][0]["pointer"] == pointer
    assert problem["detail"]
    assert not Lead.objects.exists()


def test_a_stage_of_another_pipeline_is_told_apart(world: World, manager: Program) -> None:
    from cadans.process.models import Pipeline, Stage

    other = Pipeline.objects.create(key="renewals", name="Verlengingen")
    Stage.objects.create(pipeline=other, key="renew", name={"nl": "Verlengen"}, position=0)
    answer = manager.post("/leads", {"title": "x", "stage": "renew"})
    assert answer.json()["code"] == "stage_of_another_pipeline"
    lead = manager.post("/leads", {"title": "x"}).json()
    moved = manager.post(f"/leads/{lead['id']}/move", {"stage": "renew"})
    assert (moved.status_code, moved.json()["code"]) == (422, "stage_of_another_pipeline")


def test_a_closed_lead_can_only_be_reopened(world: World, manager: Program) -> None:
    lead = manager.post("/leads", {"title": "x"}).json()
    manager.post(f"/leads/{lead['id']}/lose", {"reason": "Te duur"})
    for verb, body in {
        "move": {"stage": "demo"},
        "win": {},
        "lose": {"reason": "Te duur"},
    }.items():
        answer = manager.post(f"/leads/{lead['id']}/{verb}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "lead_is_closed"), verb


def test_dates_in_the_wrong_order_are_refused(world: World, manager: Program) -> None:
    lead = manager.post("/leads", WHOLE).json()
    answer = manager.post(f"/leads/{lead['id']}/win", {"closed_at": "2026-03-01T09:00:00+01:00"})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/closed_at")


def test_goals_are_ticked_and_progress_is_told(world: World, manager: Program) -> None:
    lead = world.put_in(world.lead(), "proposal")
    path = f"/leads/{lead.id}"
    progress = manager.get(f"{path}/progress", Accept_Language="en").json()
    assert (progress["stage"], progress["needed"], progress["met"]) == ("proposal", "all", False)
    assert [(goal["key"], goal["name"], goal["met"]) for goal in progress["goals"]] == [
        ("sent", "Proposal sent", False),
        ("agreed", "Agreed in outline", False),
    ]
    assert manager.put(f"{path}/goals/agreed", {"ticked": True}).status_code == 200
    assert manager.get(f"{path}/progress").json()["goals"][1]["met"] is True
    assert manager.put(f"{path}/goals/agreed", {"ticked": False}).status_code == 200
    assert manager.get(f"{path}/progress").json()["goals"][1]["met"] is False
    assert manager.put(f"{path}/goals/sent", {"ticked": True}).status_code == 422


def test_people_are_put_on_a_lead_and_taken_off(world: World, manager: Program) -> None:
    path = f"/leads/{world.lead().id}"
    put = manager.post(f"{path}/people", {"email": "els@zon.example", "role": "champion"})
    assert (put.status_code, put.json()["role"]) == (201, "champion")
    person = put.json()["id"]
    again = manager.post(f"{path}/people", {"person": person, "role": "user"})
    assert (again.json()["id"], again.json()["role"]) == (person, "user")
    assert manager.patch(f"{path}/people/{person}", {"role": ""}).json()["role"] == ""
    assert len(manager.get(path).json()["people"]) == 2
    assert manager.delete(f"{path}/people/{person}").status_code == 204
    assert manager.delete(f"{path}/people/{person}").status_code == 404
    assert len(manager.get(path).json()["people"]) == 1
    unknown = manager.post(f"{path}/people", {"person": str(world.anna.id)})
    assert (unknown.status_code, unknown.json()["pointer"]) == (422, "/person")


def test_the_last_move_is_taken_back(world: World, manager: Program) -> None:
    lead = manager.post("/leads", WHOLE).json()
    path = f"/leads/{lead['id']}"
    assert manager.post(f"{path}/move", {"stage": "demo"}).json()["stage"]["key"] == "demo"
    events = manager.get(f"{path}/events").json()["items"]
    entered = [event["id"] for event in events if event["kind"] == "stage_entered"]
    undone = manager.post(f"{path}/undo", {"event": entered[-1]})
    assert undone.json()["stage"]["key"] == "new"
    assert undone["ETag"] == f'"{undone.json()["revision"]}"'
    refused = manager.post(f"{path}/undo", {"event": entered[-1]})
    assert (refused.status_code, refused.json()["code"]) == (409, "undone_already")
    assert manager.post(f"{path}/undo", {"event": lead["id"]}).status_code == 404
    assert manager.post(f"{path}/undo", {}).status_code == 422
