"""The forecast's methods, by hand-sized examples, and with only what was known at the moment."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cadans.events.models import Event
from cadans.ground.ids import new_id
from cadans.insight.filters import Filters
from cadans.insight.forecast.methods import PULL, forecast_at, forecasts_by
from cadans.leads.models import Closing, Lead, StageVisit
from tests.insight.scene import Scene, day

AS_OF = day(59.5)  # 2 March, midnight
MARCH = Filters(since=date(2026, 3, 1), until=date(2026, 4, 1))

pytestmark = pytest.mark.django_db


def past(scene: Scene) -> None:
    """Four closed leads: two of three that saw a demo were won, none of the other."""
    scene.lead([("new", 0), ("demo", 5)], closed=("won", 20), value="500.00")
    scene.lead([("new", 0), ("demo", 6)], closed=("won", 21), value="300.00")
    scene.lead([("new", 0), ("demo", 7)], closed=("lost", 22), value="700.00")
    scene.lead([("new", 1)], closed=("lost", 9), value="100.00")


def known(**chosen):
    """Leads count as written down when they were opened."""
    Lead.objects.update(made_at=day(0))
    return forecast_at(MARCH, as_of=AS_OF, **chosen)


def test_basic_is_open_value_times_the_win_rate(scene):
    past(scene)
    scene.lead([("new", 30)], value="1000.00")
    scene.lead([("new", 31)], value="200.00")
    seen = known().basic
    assert seen.value == Decimal("600.00")  # 1200 × 2/4
    assert seen.won == pytest.approx(1.0)


def test_basic_leaves_out_what_is_expected_to_close_in_another_period(scene):
    past(scene)
    scene.lead([("new", 30)], value="1000.00")
    for value, when in (("400.00", date(2026, 3, 31)), ("800.00", date(2026, 4, 1))):
        lead = scene.lead([("new", 31)], value=value)
        Lead.objects.filter(id=lead.id).update(expected_close=when)
    assert known().basic.value == Decimal("700.00")  # (1000 + 400) × 2/4


def test_stage_is_value_times_the_win_rate_from_the_stage_drawn_towards_the_pipelines(scene):
    past(scene)
    scene.lead([("new", 30), ("demo", 40)], value="1000.00")
    rate = (2 + PULL * 0.5) / (3 + PULL)
    assert known().stage.value == round(Decimal(1000) * Decimal(rate), 2)
    assert known().stage.won == pytest.approx(rate)


def test_what_was_won_in_the_period_before_the_moment_is_in_each_total(scene):
    past(scene)
    scene.lead([("new", 30)], closed=("won", 59.2), value="250.00")
    scene.lead([("new", 31)], value="100.00")
    seen = known()
    assert (seen.already_won, seen.already_won_leads) == (Decimal("250.00"), 1)
    assert seen.basic.value == Decimal("250.00") + Decimal("60.00")  # 100 × 3/5
    assert seen.basic.won == pytest.approx(1.6)


def test_nothing_closed_is_no_win_rate_and_a_lead_without_value_is_no_value(scene):
    scene.lead([("new", 30)], value="100.00")
    assert known().basic.value is None
    assert known().basic.reason == "no_closed_leads"
    past(scene)
    Lead.objects.filter(status="open").update(value=None, currency="")
    assert known().stage.reason == "no_values"
    assert known().stage.won == pytest.approx((2 + PULL * 0.5) / (4 + PULL))
    assert known().without_value == 1


def test_rows_by_owner_team_and_pipeline_come_from_one_reading(scene):
    past(scene)
    scene.lead([("new", 30)], value="100.00", owner="Anna")
    scene.lead([("new", 30)], value="200.00", owner="Bram")
    scene.lead([("new", 30)], value="400.00", owner=None)
    Lead.objects.update(made_at=day(0))

    def worth(by):
        return {
            key: seen.basic.value for key, seen in forecasts_by(MARCH, by=by, as_of=AS_OF).items()
        }

    anna, bram = scene.users["Anna"].id, scene.users["Bram"].id
    assert worth("owner") == {anna: Decimal(50), bram: Decimal(100), None: Decimal(200)}
    north, south = scene.teams["North"].id, scene.teams["South"].id
    assert worth("team") == {north: Decimal(150), south: Decimal(100), None: Decimal(200)}
    assert worth("pipeline") == {scene.pipeline.id: Decimal(350)}
    assert worth(None) == {None: Decimal(350)}


def test_what_came_later_changes_nothing(scene):
    past(scene)
    going = scene.lead([("new", 30)], value="1000.00", owner="Anna")
    scene.lead([("new", 31)], value="200.00", owner="Anna")
    told = known(), forecasts_by(MARCH, by="owner", as_of=AS_OF)
    # Later the lead went to Bram, for another value and date, moved on and was won.
    for kind, data in (
        ("lead_assigned", {"owner": str(scene.users["Bram"].id), "before": str(going.owner_id)}),
        ("lead_changed", {"changes": {"value": ["1000.00", "9000.00"]}}),
        ("lead_changed", {"changes": {"expected_close": [None, "2026-09-01"]}}),
    ):
        Event.objects.create(
            kind=kind,
            at=day(65),
            act=new_id(),
            subject_kind="lead",
            subject=going.id,
            lead=going.id,
            pipeline=going.pipeline_id,
            data=data,
        )
    scene.close(going, "won", 70, Decimal(9000), "Bram", None, None)
    StageVisit.objects.filter(lead=going).update(left_at=day(66), how="moved")
    Lead.objects.filter(id=going.id).update(
        owner=scene.users["Bram"],
        value=9000,
        expected_close=date(2026, 9, 1),
        status="won",
        closed_at=day(70),
        stage=scene.stages["demo"],
    )
    scene.lead([("new", 61)], value="5000.00")
    scene.lead([("new", 40)], closed=("lost", 62), value="1.00")
    Closing.objects.filter(at__lt=day(20.5)).update(reopened_at=day(80))
    unchanged = scene.lead([("new", 62)], value="1.00")
    assert unchanged.opened_at > AS_OF
    # The lead that was lost after the moment was open then: it is part of what was known.
    Lead.objects.filter(status="lost", opened_at=day(40)).delete()
    assert (known(), forecasts_by(MARCH, by="owner", as_of=AS_OF)) == told


def test_a_value_filled_in_with_the_outcome_is_not_believed_of_leads_told_afterwards(scene):
    past(scene)
    scene.products["Press"].price, scene.products["Press"].currency = Decimal(800), "EUR"
    scene.products["Press"].save()
    lost = Lead.objects.filter(status="lost")
    Closing.objects.filter(status="lost").update(value=0)
    lost.update(value=0)
    scene.lead([("new", 30)], closed=("won", 80), value="4000.00", products=["Press"])
    seen = forecast_at(MARCH, as_of=AS_OF)  # all of them written down today
    assert seen.basic.value == Decimal("400.00")  # the list price × 2/4


def test_asked_about_now_it_finds_the_same_as_asked_about_a_moment_just_past(scene):
    past(scene)
    scene.lead([("new", 30)], value="1000.00")
    scene.lead([("new", 31)], value="300.00", undone=[("lost", 35, 40)])
    Lead.objects.update(made_at=day(0))
    period = Filters(since=date(2026, 1, 1), until=date(2200, 1, 1))
    now = timezone.now()
    for moment in (now, now - timedelta(minutes=1)):
        seen = forecast_at(period, as_of=moment)
        assert (seen.open_leads, seen.basic.value) == (2, Decimal("800.00") + Decimal("650.00"))
