"""Cycle length by committee, on histories small enough to count by hand."""

from typing import Any

import pytest

from cadans.contacts.models import Person
from cadans.ground.errors import Invalid
from cadans.insight.reports import leads_behind, report
from cadans.leads.models import Activity, Lead, LeadPerson
from tests.insight.scene import Scene, day, ever


def decided(scene: Scene, days: float, *roles: str, status: str = "won", **more: Any) -> Lead:
    lead = scene.lead(closed=(status, days), **more)
    for number, role in enumerate(roles):
        person = Person.objects.create(name=f"{role} {number}")
        LeadPerson.objects.create(lead=lead, person=person, role=role)
    return lead


def touch(lead: Lead, role: str, at: float, kind: str = "call", *, held: bool = True) -> None:
    activity = Activity.objects.create(lead=lead, kind=kind, at=day(at), held=held)
    activity.people.set(Person.objects.filter(parts__lead=lead, parts__role=role)[:1])


def asked(**chosen: Any) -> dict[str, Any]:
    return report("committee", ever(**chosen), None)


def rows() -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in asked()["rows"]}


def roles() -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in asked()["total"]["roles"]}


def share(row: dict[str, Any], name: str) -> tuple[int, int]:
    return row[name]["numerator"], row[name]["denominator"]


def test_lengths_stand_by_how_many_roles_are_known(scene):
    decided(scene, 10, "decision_maker", "champion")
    decided(scene, 20, "decision_maker", "champion")
    decided(scene, 30)
    decided(scene, 5, "", status="lost")
    decided(scene, 50, "decision_maker", "champion", "user", "blocker")
    scene.lead()
    found = rows()
    assert found["known:2"]["won"]["median"] == 15
    assert found["known:0"]["lost"]["median"] == 5
    assert (found["known:0"]["closed"], found["known:0"]["win_rate"]["value"]) == (2, 0.5)
    assert found["known:3"]["won"]["median"] == 50
    assert asked()["total"]["closed"] == 5


def test_two_people_in_a_role_are_one_role(scene):
    decided(scene, 10, "user", "user")
    assert set(rows()) == {"known:1", "touched:0"}


def test_touched_is_who_was_named_in_something_held_before_the_closing(scene):
    lead = decided(scene, 10, "decision_maker", "champion", "user", "blocker", "gatekeeper")
    touch(lead, "decision_maker", 3)
    touch(lead, "champion", 3, held=False)
    touch(lead, "user", 11)
    touch(lead, "blocker", 3, "note")
    Activity.objects.create(lead=lead, kind="call", at=day(4))
    found = roles()
    assert {key for key, row in found.items() if row["touched"]["numerator"]} == {"decision_maker"}
    assert set(rows()) == {"known:3", "touched:1"}


@pytest.mark.parametrize(
    ("role", "kind", "informed"),
    [
        ("decision_maker", "ask", True),
        ("decision_maker", "call", False),
        ("champion", "demo", True),
        ("user", "meeting", False),
        ("user", "demo", True),
        ("gatekeeper", "call", True),
        ("blocker", "email", False),
        ("user", "tasting", True),
    ],
)
def test_informed_is_who_got_what_the_role_asks_for(scene, role, kind, informed):
    touch(decided(scene, 10, role), role, 3, kind)
    row = roles()[role]
    assert share(row, "touched") == (1, 1)
    assert share(row, "informed") == (informed, 1)


def test_roles_are_known_on_a_share_of_the_leads(scene):
    decided(scene, 10, "champion")
    decided(scene, 10)
    decided(scene, 10, "champion", deleted=True)
    found = roles()
    assert share(found["champion"], "known") == (1, 2)
    assert found["user"]["touched"]["reason"] == "no_leads"
    assert len(found) == 6


def test_every_figure_opens_the_leads_it_counts(scene):
    touch(decided(scene, 10, "decision_maker", "champion"), "champion", 4, "demo")
    decided(scene, 20, "decision_maker", status="lost")
    decided(scene, 30)
    answer = asked()
    for row in answer["rows"]:
        for part, count in (
            ("closed", row["closed"]),
            ("won", row["won"]["leads"]),
            ("lost", row["lost"]["leads"]),
        ):
            assert leads_behind("committee", ever(), row["key"], part, None).count() == count
    for row in answer["total"]["roles"]:
        for part in ("known", "touched", "informed"):
            found = leads_behind("committee", ever(), f"role:{row['key']}", part, None)
            assert found.count() == row[part]["numerator"]
    assert leads_behind("committee", ever(), "", "closed", None).count() == 3


def test_reps_see_their_own_only(scene):
    decided(scene, 10)
    decided(scene, 10, owner="Bram")
    assert report("committee", ever(), scene.users["Anna"])["total"]["closed"] == 1


@pytest.mark.parametrize(
    ("key", "part"), [("", "maybe"), ("known:x", "won"), ("role:king", "known")]
)
def test_what_no_report_has_is_refused(scene, key, part):
    with pytest.raises(Invalid):
        leads_behind("committee", ever(), key, part, None)


def test_breakdowns_are_refused(scene):
    with pytest.raises(Invalid):
        asked(by="owner")
