"""The three culprits and the behaviour gap, by hand-sized histories."""

from typing import Any

import pytest

from cadans.ground.errors import Invalid
from cadans.insight import behaviour_gap
from cadans.insight.reports import leads_behind, report
from cadans.leads.models import Activity, Lead
from cadans.team.models import User
from tests.insight.scene import Scene, day, ever

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


def why(**chosen: Any) -> dict[str, Any]:
    return report("win-rate-why", ever(**chosen), None)


def behind(part: str, key: str = "") -> set[Any]:
    found = leads_behind("win-rate-why", ever(by="owner"), key, part, None)
    return set(found.values_list("id", flat=True))


def test_losses_in_the_first_third_of_the_stages_are_early(scene: Scene) -> None:
    """Three stages: the first third is the first."""
    early = [scene.lead(closed=("lost", 3), reason="Price") for _ in range(3)]
    scene.lead([("new", 0), ("demo", 2)], closed=("lost", 5), reason="Timing")
    scene.lead([("new", 0), ("won", 2)], closed=("won", 2))
    leads = why()["total"]["leads"]
    assert (leads["early_losses"]["numerator"], leads["early_losses"]["denominator"]) == (3, 4)
    assert leads["without_early"]["numerator"] == 1
    assert leads["without_early"]["denominator"] == 2
    assert behind("lost_early") == {lead.id for lead in early}
    assert len(behind("not_lost_early")) == 2
    reasons = [(one["label"], one["share"]["numerator"]) for one in leads["loss_reasons"]]
    assert reasons == [("Price", 3), ("Timing", 1)]


def test_who_is_below_the_rest_is_named_and_what_that_costs(scene: Scene) -> None:
    for owner, won in (("Anna", 60), ("Bram", 58), ("Cato", 15)):
        sell(scene, owner, won, 120)
    total = why()["total"]
    cato = str(scene.users["Cato"].id)
    assert total["below"] == [cato]
    assert total["reps"]["effect"]["low"] > 0
    assert len(behind("closed", cato)) == 120


def test_equal_reps_are_not_named(scene: Scene) -> None:
    for owner, won in (("Anna", 29), ("Bram", 26), ("Cato", 27)):
        sell(scene, owner, won, 60)
    total = why()["total"]
    assert total["below"] == total["above"] == []
    assert total["effect"]["value"] is None
    assert total["differ"] < 0.5


def test_a_breakdown_with_an_order_has_nobody_below(scene: Scene) -> None:
    for by in ("month", "quarter", "loss_reason"):
        with pytest.raises(Invalid):
            why(by=by)


def test_nothing_closed_says_nothing(scene: Scene) -> None:
    total = why()["total"]
    assert total["leads"]["early_losses"]["value"] is None
    assert total["nurturing"]["difference"]["reason"] == "no_touches"
    assert total["nurturing"]["touches"]["won"]["mean"] is None
    assert total["behaviour"]["reason"] == "few_reps"
    assert total["reps"]["rows"] == []
    assert behind("nurtured") == set()


def test_mail_that_is_not_tracked_is_unknown(scene: Scene) -> None:
    opened = why()["total"]["nurturing"]["opened"]
    assert opened["value"] is None
    assert opened["reason"] == "mail_not_tracked"


def test_nurtured_leads_are_compared_with_others_of_the_same_source(scene: Scene) -> None:
    """Web leads are won less and touched more: without strata, touching would seem to harm.

    Every lead takes 40 days, so the first 10 count. By hand: Web 6/20 against 1/10, Fair 4/5
    against 10/20; weights 20·10/30 and 5·20/25.
    """
    plan = (("Web", 6, 20, 2), ("Web", 1, 10, 0), ("Fair", 4, 5, 2), ("Fair", 10, 20, 0))
    for source, won, leads, touches in plan:
        for place in range(leads):
            lead = closed(scene, "won" if place < won else "lost", source=source)
            touch(lead, *[1.0 + n for n in range(touches)])
    found = why()["total"]["nurturing"]
    assert (found["days"], found["least_touches"]) == (10, 1)
    assert (found["nurtured"]["numerator"], found["nurtured"]["denominator"]) == (10, 25)
    assert (found["others"]["numerator"], found["others"]["denominator"]) == (11, 30)
    by_hand = ((6 / 20 - 1 / 10) * 20 / 3 + (4 / 5 - 10 / 20) * 4) / (20 / 3 + 4)
    assert found["difference"]["value"] == pytest.approx(by_hand)
    assert found["effect"]["value"] == pytest.approx(by_hand * 30 / 55)
    assert found["touches"]["won"]["mean"] == pytest.approx(20 / 21)
    assert len(behind("nurtured")) == 25
    assert len(behind("not_nurtured")) == 30


def test_touches_after_the_first_days_and_notes_nurture_nobody(scene: Scene) -> None:
    late, noted, touched = (closed(scene, "won") for _ in range(3))
    touch(late, 20.0)
    touch(noted, 1.0, kind="note")
    touch(touched, 1.0)
    found = why()["total"]["nurturing"]
    assert found["nurtured"]["denominator"] == 1
    assert behind("nurtured") == {touched.id}
    assert found["touches"]["won"] == {"mean": pytest.approx(2 / 3), "median": 1, "leads": 3}


def test_a_lead_decided_within_the_first_days_is_in_neither_group(scene: Scene) -> None:
    """It had no time to be nurtured."""
    quick = closed(scene, "lost", at=2)
    touch(quick, 1.0)
    for _ in range(3):
        touch(closed(scene, "won"), 1.0)
    assert why()["total"]["nurturing"]["nurtured"]["denominator"] == 3


def test_a_rep_sees_the_reasons_of_what_the_rep_may_see(scene: Scene) -> None:
    scene.lead(closed=("lost", 3), owner="Anna")
    scene.lead(closed=("lost", 3), owner="Bram")
    seen = report("win-rate-why", ever(), scene.users["Anna"])
    assert seen["total"]["leads"]["early_losses"]["denominator"] == 1


def test_what_the_best_do_in_a_stage_is_named(scene: Scene) -> None:
    """Twelve reps; the three who win most hold three touches a lead in demo, others one."""
    busy = many_reps(scene, touches=lambda rep: 3 if rep < 3 else 1)
    gap = why()["total"]["behaviour"]
    assert {one["label"] for one in gap["best"]} == busy
    named = [row for row in gap["rows"] if row["named"]]
    assert {(row["stage_label"], row["behaviour"]) for row in named} == {("Demo", "touches")}
    assert named[0]["difference"]["value"] == pytest.approx(2, abs=0.2)
    assert named[0]["difference"]["low"] > 0


def test_where_all_do_the_same_nothing_is_named(scene: Scene) -> None:
    many_reps(scene, touches=lambda rep: 1 + rep % 2)
    assert not [row for row in why()["total"]["behaviour"]["rows"] if row["named"]]


def test_two_groups_without_any_spread_cannot_be_compared() -> None:
    assert behaviour_gap.gap_between([1, 1], [2, 2]) is None
    assert behaviour_gap.gap_between([1], [2, 3]) is None


def sell(scene: Scene, owner: str, won: int, leads: int) -> None:
    for place in range(leads):
        closed(scene, "won" if place < won else "lost", owner=owner)


def closed(scene: Scene, status: str, *, at: float = 40, **more: Any) -> Lead:
    return scene.lead([("new", 0), ("demo", 1)], closed=(status, at), **more)


def touch(lead: Lead, *days: float, kind: str = "call") -> None:
    for at in days:
        Activity.objects.create(lead=lead, kind=kind, at=day(at))


def many_reps(scene: Scene, *, touches: Any) -> set[str]:
    """Twelve reps of 24 leads; the first three win 20 of them, the others 8."""
    for place in range(12):
        name = f"Rep {place}"
        scene.users[name] = User.objects.create(email=f"r{place}@example.com", name=name)
        for n in range(24):
            lead = closed(scene, "won" if n < (20 if place < 3 else 8) else "lost", owner=name)
            # One lead in five has a touch more, so that reps differ a little as people do.
            extra = 1 if n % (4 + place % 4) == 0 else 0
            touch(lead, *[2.0 + step for step in range(touches(place) + extra)])
    return {"Rep 0", "Rep 1", "Rep 2"}
