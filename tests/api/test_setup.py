"""People, companies and what a manager keeps, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.program import Program
from tests.world import World

KEPT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("/people", {"email": "els@zon.example", "name": "Els"}, {"job_title": "Directeur"}),
    ("/companies", {"name": "Zon", "domain": "zon.example", "employees": 4}, {"city": "Utrecht"}),
    (
        "/products",
        {"name": "Boiler", "line": "Vaten", "price": {"amount": "9.50"}},
        {"name": "Vat"},
    ),
    ("/sources", {"name": "Beurs"}, {"name": "Vakbeurs"}),
    ("/loss-reasons", {"name": "Te traag"}, {"name": "Te laat"}),
    ("/teams", {"name": "Buitendienst", "members": ["anna@brouwer.example"]}, {"name": "Buiten"}),
    ("/territories", {"name": "Zuid", "areas": [{"country": "NL"}]}, {"name": "Zuiden"}),
    (
        "/routing-rules",
        {
            "name": "Groot",
            "pipeline": "new-customers",
            "when": {"all": [{"field": "value", "is": "at_least", "than": 10}]},
        },
        {"name": "Groter"},
    ),
    (
        "/custom-fields",
        {"subject": "lead", "name_nl": "Dak", "name_en": "Roof"},
        {"name_en": "Top"},
    ),
    (
        "/activity-kinds",
        {"name_nl": "Proef", "name_en": "Pilot", "icon": "flask-conical"},
        {"name_en": "Trial", "is_active": False},
    ),
]


@pytest.mark.parametrize(("path", "made", "changes"), KEPT, ids=[one[0] for one in KEPT])
def test_the_usual_verbs(
    world: World, program: Any, path: str, made: dict[str, Any], changes: dict[str, Any]
) -> None:
    admin: Program = program(world.admin)
    added = admin.post(path, made)
    assert added.status_code == 201, added.content
    thing = f"{path}/{added.json()['id']}"
    read = admin.get(thing)
    assert read.json() == added.json()
    assert read["ETag"] == added["ETag"]
    assert added.json() in admin.get(path).json()["items"]
    changed = admin.patch(thing, changes, If_Match=read["ETag"])
    assert changed.status_code == 200, changed.content
    assert changed.json() == added.json() | changes | {
        name: changed.json()[name] for name in ("revision", "changed_at") if name in added.json()
    }
    assert changed["ETag"] != read["ETag"]
    lost = admin.patch(thing, changes, If_Match=read["ETag"])
    assert (lost.status_code, lost.json()["code"]) == (412, "outdated")
    assert admin.delete(thing, If_Match=read["ETag"]).status_code == 412
    assert admin.delete(thing, If_Match=changed["ETag"]).status_code == 204
    assert admin.get(thing).status_code == 404
    assert admin.patch(thing, changes).status_code == 404


@pytest.mark.parametrize(("path", "made", "_changes"), KEPT, ids=[one[0] for one in KEPT])
def test_a_name_twice_or_an_unknown_field_is_refused(
    world: World, program: Any, path: str, made: dict[str, Any], _changes: dict[str, Any]
) -> None:
    admin: Program = program(world.admin)
    assert admin.post(path, made).status_code == 201
    if path != "/routing-rules":
        again = admin.post(path, made)
        assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")
    odd = admin.post(path, made | {"odd": 1})
    assert (odd.status_code, odd.json()["pointer"]) == (422, "/odd")
    assert admin.get(f"{path}/not-an-id").status_code == 404


def test_users_are_kept_by_administrators(world: World, manager: Program, program: Any) -> None:
    admin: Program = program(world.admin)
    new = {"email": "Dirk@Brouwer.example", "name": "Dirk"}
    assert manager.post("/users", new).status_code == 403
    user = admin.post("/users", new)
    assert user.json()["email"] == "dirk@brouwer.example"
    path = f"/users/{user.json()['id']}"
    assert admin.patch(path, {"role": "manager"}).json()["role"] == "manager"
    assert admin.patch(path, {"is_active": False}).json()["is_active"] is False
    last = admin.patch(f"/users/{world.admin.id}", {"role": "rep"})
    assert (last.status_code, last.json()["code"]) == (409, "last_administrator")
    assert len(manager.get("/users").json()["items"]) == 6


def test_a_pipeline_is_drafted_and_published(world: World, manager: Program) -> None:
    made = manager.post("/pipelines", {"name": "Verlengingen"})
    assert made.status_code == 201, made.content
    assert made.json()["version"] is None
    path = f"/pipelines/{made.json()['key']}"
    draft = manager.get(f"{path}/draft")
    document = draft.json()
    document["stages"][0]["name"]["nl"] = "Aflopend"
    saved = manager.put(f"{path}/draft", document, If_Match=draft["ETag"])
    assert saved.status_code == 200, saved.content
    assert manager.put(f"{path}/draft", document, If_Match=draft["ETag"]).status_code == 412
    broken = manager.put(f"{path}/draft", {"format": 1, "stages": []})
    assert broken.status_code == 422
    assert broken.json()["errors"][0]["pointer"] == "/stages"
    published = manager.post(f"{path}/publish", {"note": "eerste"}, If_Match=saved["ETag"])
    assert (published.status_code, published.json()["number"]) == (201, 1), published.content
    whole = manager.get(path).json()
    assert [stage["name"] for stage in whole["stages"]] == ["Aflopend", "Gewonnen"]
    assert whole["document"]["stages"][0]["name"]["nl"] == "Aflopend"
    keys = [one["key"] for one in manager.get("/pipelines").json()["items"]]
    assert sorted(keys) == ["new-customers", "verlengingen"]
    assert manager.delete(path).status_code == 204
    assert manager.get(path).status_code == 404


def test_the_board_counts_sums_and_shows(world: World, manager: Program) -> None:
    for amount in ("100.00", "250.50"):
        manager.post("/leads", {"title": "x", "value": {"amount": amount}})
    board = manager.get("/board/new-customers").json()
    first = board["stages"][0]
    assert (first["stage"]["key"], first["count"]) == ("new", 2)
    assert first["sums"] == [{"amount": "350.50", "currency": "EUR"}]
    assert len(first["cards"]) == 2
    assert [stage["count"] for stage in board["stages"][1:]] == [0, 0, 0]
    assert manager.get("/board/new-customers?cards=0").json()["stages"][0]["cards"] == []
    assert manager.get("/board/nowhere").status_code == 404


def test_assignment_rules_are_read_from_what_is_live(world: World, manager: Program) -> None:
    rules = manager.get("/assignment-rules").json()["items"]
    assert [(one["stage"], one["name"]) for one in rules] == [("new", "Binnendienst om de beurt")]
    assert rules[0]["to"]["team"] == str(world.team.id)
    assert manager.get("/assignment-rules?pipeline=nowhere").status_code == 422


@pytest.mark.parametrize("metric", ["win-rate", "funnel", "cycle"])
def test_a_report_answers_with_its_figures(world: World, manager: Program, metric: str) -> None:
    report = manager.get(f"/reports/{metric}?from=2026-01-01&to=2027-01-01&by=owner")
    assert report.status_code == 200, report.content
    assert report.json()["metric"] == metric
    assert report.json()["period"]["from"] == "2026-01-01"
    wrong = manager.get(f"/reports/{metric}?from=2026-13-01")
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (422, "from")
    assert manager.get(f"/reports/{metric}?frm=2026-01-01").status_code == 422
    assert manager.get("/reports/luck").status_code == 404


def test_a_territory_tells_which_areas_overlap_with_whose(world: World, program: Any) -> None:
    client: Program = program(world.admin)
    wide = client.post("/territories", {"name": "Randstad", "areas": [_codes("1000", "3999")]})
    client.post("/territories", {"name": "Utrecht", "areas": [_codes("3400", "3999")]})
    shown = client.get(f"/territories/{wide.json()['id']}").json()
    assert [
        (one["area"], one["territory"]["name"], one["other_area"], one["wins"], one["doubtful"])
        for one in shown["overlaps"]
    ] == [("NL 1000-3999", "Utrecht", "NL 3400-3999", False, False)]


def _codes(first: str, last: str) -> dict[str, str]:
    return {"country": "NL", "postcode_from": first, "postcode_to": last}


def test_a_team_says_how_many_leads_each_member_gets(world: World, program: Any) -> None:
    client: Program = program(world.admin)
    shares = [{"member": "anna@brouwer.example", "weight": 3, "capacity": 40}]
    changed = client.patch(f"/teams/{world.team.id}", {"shares": shares})
    assert {"member": str(world.anna.id), "weight": 3, "capacity": 40} in changed.json()["shares"]
    assert len(changed.json()["shares"]) == 3
    wrong = client.patch(
        f"/teams/{world.team.id}", {"shares": [{"member": "anna@brouwer.example", "weight": 0}]}
    )
    assert wrong.status_code == 422
