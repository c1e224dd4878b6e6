"""What was looked up, over the API."""

import pytest

from cadans.contacts.actions import add_company, add_person
from cadans.enrichment.actions.keeping import keep_facts
from cadans.enrichment.models import Fact
from cadans.enrichment.reading.found import Found

PHONE = Found("phone", "+31 30 233 4455", "page", "https://zon.example/", 70)
CITY = Found("city", "Zeist", "json_ld", "https://zon.example/", 90)


@pytest.fixture
def zon(world):
    company = add_company(world.anna, name="Zon", domain="zon.example")
    keep_facts(company, [PHONE, CITY])
    return company


def test_facts_carry_their_source_and_what_became_of_them(anna, zon):
    answer = anna.get(f"/companies/{zon.id}/facts").json()
    assert (answer["begun_at"], answer["ended_at"], answer["trouble"]) == (None, None, "")
    phone, city = answer["facts"]
    assert (phone["value"], phone["source"], phone["confidence"]) == (
        "+31 30 233 4455",
        "page",
        70,
    )
    assert (phone["state"], city["state"]) == ("suggested", "filled")
    els = add_person(None, name="Els", email="els@zon.example")
    assert anna.get(f"/people/{els.id}/facts").json()["facts"] == []


def test_a_program_says_yes_and_no_and_takes_back(anna, zon):
    fact = Fact.objects.get(field="phone")
    assert anna.post(f"/facts/{fact.id}/accept").json()["state"] == "accepted"
    zon.refresh_from_db()
    assert zon.phone == "+31 30 233 4455"
    assert anna.post(f"/facts/{fact.id}/accept").status_code == 409
    assert anna.post(f"/facts/{fact.id}/undo").json()["state"] == "undone"
    city = Fact.objects.get(field="city")
    assert anna.post(f"/facts/{city.id}/dismiss").status_code == 409
    assert anna.post(f"/facts/{zon.id}/dismiss").status_code == 404


def test_a_program_has_things_looked_up(anna, manager, zon):
    answer = anna.post(f"/companies/{zon.id}/look-up")
    assert (answer.status_code, answer.json()["ended_at"]) == (202, None)
    again = anna.post(f"/companies/{zon.id}/look-up")
    assert (again.status_code, again.json()["code"]) == (409, "just_looked_up")
    els = add_person(None, name="Els", email="els@zon.example")
    assert anna.post(f"/people/{els.id}/look-up").status_code == 202


def test_only_administrators_turn_it_off(anna, world, program, zon):
    assert anna.get("/lookups").json() == {"asks_sites": True, "asks_gravatar": False}
    assert anna.ask("PATCH", "/lookups", {"asks_sites": False}).status_code == 403
    admin = program(world.admin)
    assert admin.ask("PATCH", "/lookups", {"asks_sites": False}).json()["asks_sites"] is False
    refused = anna.post(f"/companies/{zon.id}/look-up")
    assert (refused.status_code, refused.json()["code"]) == (409, "lookups_off")
