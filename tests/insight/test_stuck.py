"""Where deals get stuck, by hand-sized examples."""

import pytest

from cadans.insight.funnel import funnel
from cadans.insight.reports import leads_behind
from cadans.insight.stuck import stuck
from cadans.insight.wall_chart import figures_of
from tests.insight.scene import day, ever


def at_stage(key, filters=None, user=None):
    found = stuck(filters or ever(), user, on=day(100))
    return next(stage for stage in found if stage["stage"] == key)


def test_stuck_is_what_lies_past_the_idle_limit_with_its_value(scene):
    scene.lead([("new", 95)], value="50.00")
    scene.lead([("new", 0)], value="100.00")
    scene.lead([("new", 0)], value=None)
    scene.lead([("new", 0)], touched=95)
    scene.lead([("new", 0)], closed=("lost", 5))
    scene.lead([("new", 0)], deleted=True)
    found = at_stage("new")
    assert (found["open"], found["stuck"], found["idle_days"]) == (4, 2, 10)
    assert found["value"] == {"amount": "100.00", "currency": "EUR"}


def test_every_stage_is_there_in_order_and_no_stage_that_ends_a_lead(scene):
    assert [stage["key"] for stage in stuck(ever())] == ["sales/new", "sales/demo", "sales/offer"]
    assert at_stage("demo")["days"] == {"median": None, "p85": None, "stays": 0}


def test_a_stage_without_a_limit_holds_nothing_that_is_stuck(scene):
    scene.lead([("new", 0), ("offer", 1)])
    assert (at_stage("offer")["open"], at_stage("offer")["stuck"]) == (1, 0)


def test_days_are_of_the_stays_that_ended(scene):
    for days in (1, 2, 3, 4):
        scene.lead([("new", 0), ("demo", days)])
    scene.lead([("new", 0)])
    scene.lead([("new", 0), ("demo", 9)], closed=("cancelled", 10))
    days = at_stage("new")["days"]
    assert (days["median"], days["stays"]) == (pytest.approx(2.5), 4)
    assert days["p85"] == pytest.approx(3.55)


def test_reps_see_only_their_own(scene):
    scene.lead([("new", 0)], owner="Anna")
    scene.lead([("new", 0)], owner="Bram")
    assert at_stage("new", user=scene.users["Anna"])["stuck"] == 1


def test_the_list_holds_what_is_stuck(scene):
    scene.lead([("new", 0)])
    scene.lead([("new", 0), ("demo", 1)])
    for stage, leads in (("sales/new", 1), ("sales/demo", 1), ("sales/offer", 0), ("", 2)):
        found = leads_behind("adoption", ever(), "", "stuck", None, stage=stage)
        assert found.count() == leads


def test_funnel_and_wall_chart_tell_the_same(scene):
    scene.lead([("new", 0)])
    scene.lead([("new", 0), ("demo", 1)])
    rows = {
        row["key"]: row["snapshot"]["idle"] for row in funnel(ever())["rows"] if "snapshot" in row
    }
    chart = figures_of(scene.pipeline, None).stages
    for key in ("new", "demo", "offer"):
        assert at_stage(key)["stuck"] == rows[key] == chart[key].stuck
