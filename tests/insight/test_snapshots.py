"""What is forecast, kept night after night."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from cadans.insight.actions.snapshots import catch_up
from cadans.insight.forecast import snapshots
from cadans.insight.forecast.snapshots import Span, nights_missed, scope_of, spans_on
from cadans.insight.jobs.snapshots import keep_forecasts
from cadans.insight.models import ExpectedLead, Snapshot
from cadans.leads.models import Lead
from cadans.team.models import Membership, Organisation
from tests.insight.scene import Scene, day, ever

pytestmark = pytest.mark.django_db

MARCH = Span(date(2026, 3, 1), date(2026, 4, 1))


def history(scene: Scene) -> None:
    """Two of four closed were won before March; two leads are open as it begins."""
    scene.lead([("new", 0), ("demo", 5)], closed=("won", 20), value="500.00")
    scene.lead([("new", 0), ("demo", 6)], closed=("won", 21), value="300.00")
    scene.lead([("new", 0), ("demo", 7)], closed=("lost", 22), value="700.00")
    scene.lead([("new", 1)], closed=("lost", 9), value="100.00")
    scene.lead([("new", 30)], value="1000.00", owner="Anna")
    scene.lead([("new", 31)], value="200.00", owner="Cato")
    Lead.objects.update(made_at=day(0))


@pytest.fixture
def settled(monkeypatch) -> None:
    """Time passed since the leads were written down."""
    monkeypatch.setattr(snapshots, "SETTLED", timedelta(0))


def test_this_and_the_next_months_and_quarters_are_forecast():
    spans = spans_on(date(2026, 11, 24))
    assert [span.since for span in spans] == [
        *(date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)),
        *(date(2026, 10, 1), date(2027, 1, 1)),
    ]
    assert spans[-1].until == date(2027, 4, 1)


@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2024, 2, 1), date(2027, 2, 1)])
def test_each_day_on_which_a_period_is_judged_forecasts_it(first):
    """A month's 90 days before its end may lie three months ahead."""
    for n in range(24):
        month = date(first.year + (first.month + n - 1) // 12, (first.month + n - 1) % 12 + 1, 1)
        for span in (snapshots.month_of(month), snapshots.quarter_of(month)):
            for mark in span.marks.values():
                assert span in spans_on(mark), (span, mark)


def test_a_night_keeps_each_scope_and_method(scene, monkeypatch):
    history(scene)
    monkeypatch.setattr(
        "cadans.insight.actions.snapshots.nights_missed", lambda today: {today: [MARCH]}
    )
    catch_up(MARCH.since)
    rows = Snapshot.objects.filter(method="basic")
    kept = {(row.scope, row.scope_id): row.value for row in rows}
    anna, cato = scene.users["Anna"].id, scene.users["Cato"].id
    assert kept["all", None] == Decimal("600.00")
    assert (kept["owner", anna], kept["owner", cato]) == (Decimal("500.00"), Decimal("100.00"))
    assert kept["team", scene.teams["North"].id] == Decimal("500.00")
    assert kept["pipeline", scene.pipeline.id] == Decimal("600.00")
    model = Snapshot.objects.get(method="model", scope="all")
    assert (model.value is None) == bool(model.reason)


def test_what_was_expected_of_each_lead_is_kept_as_the_period_begins(scene, monkeypatch):
    history(scene)
    monkeypatch.setattr(
        "cadans.insight.actions.snapshots.nights_missed", lambda today: {today: [MARCH]}
    )
    catch_up(MARCH.since)
    rows = ExpectedLead.objects.order_by("-value")
    assert [(row.value, row.basic) for row in rows] == [
        (Decimal("1000.00"), Decimal("500.000000")),
        (Decimal("200.00"), Decimal("100.000000")),
    ]
    whole = Snapshot.objects.get(scope="all", method="stage").value
    assert sum(row.stage for row in rows) == pytest.approx(whole, abs=Decimal("0.01"))


def test_twice_in_a_night_is_once(scene, settled):
    history(scene)
    today = date(2026, 3, 1)
    catch_up(today)
    before = list(Snapshot.objects.order_by("id").values())
    assert catch_up(today) == 0
    keep = snapshots.snapshots_on(today, spans_on(today))
    Snapshot.objects.bulk_create(keep, ignore_conflicts=True)
    assert list(Snapshot.objects.order_by("id").values()) == before


def test_nights_that_were_missed_are_made_up_for_as_they_would_have_been(scene, settled):
    history(scene)
    today = date(2026, 3, 1)
    catch_up(today)
    scene.lead([("new", 61)], value="8000.00")
    Lead.objects.update(made_at=day(0))
    assert set(nights_missed(today + timedelta(days=3))) == {
        today + timedelta(days=n) for n in (1, 2, 3)
    }
    catch_up(today + timedelta(days=3))
    rows = Snapshot.objects.filter(scope="all", method="basic", since=today, until=date(2026, 4, 1))
    seen = dict(rows.values_list("day", "value"))
    assert seen[date(2026, 3, 3)] == Decimal("600.00")  # the lead came in on the 3rd, at noon
    assert seen[date(2026, 3, 4)] == Decimal("4600.00")


def test_a_company_with_a_past_gets_the_days_on_which_it_is_judged(scene, settled):
    history(scene)
    assert date(2026, 2, 1) in nights_missed(date(2026, 6, 1))
    days = {day for day, spans in nights_missed(date(2026, 6, 1)).items() if MARCH in spans}
    assert set(MARCH.marks.values()) <= days


def test_while_history_comes_in_its_past_is_not_judged(scene):
    history(scene)
    assert nights_missed(timezone.now().date()) == {}
    catch_up(timezone.now().date())
    assert not Snapshot.objects.exists()


def test_history_that_comes_in_later_gets_its_past_too(scene, settled):
    catch_up(date(2026, 6, 1))
    assert Snapshot.objects.filter(scope="all").count() == 18
    history(scene)
    catch_up(date(2026, 6, 1))
    assert Snapshot.objects.filter(day=MARCH.since, since=MARCH.since, scope="all").exists()
    assert nights_missed(date(2026, 6, 1)) == {}


def test_what_was_forecast_never_changes(scene, settled):
    history(scene)
    catch_up(date(2026, 3, 1))
    for change in (
        lambda: Snapshot.objects.update(value=1),
        lambda: Snapshot.objects.all().delete(),
        lambda: ExpectedLead.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_clock_keeps_todays_forecast(scene, monkeypatch):
    monkeypatch.setattr("cadans.insight.jobs.snapshots.today", lambda: date(2026, 3, 1))
    keep_forecasts(0)
    assert set(Snapshot.objects.values_list("day", flat=True)) == {date(2026, 3, 1)}


def test_whose_snapshots_somebody_may_read(scene):
    anna, bram, cato, mila = (scene.users[name] for name in ("Anna", "Bram", "Cato", "Mila"))
    north = scene.teams["North"].id
    assert scope_of(ever(), None) == scope_of(ever(), mila) == ("all", None)
    assert scope_of(ever(team=north), mila) == ("team", north)
    assert scope_of(ever(team=north, owner=anna.id), mila) is None
    assert scope_of(ever(currency="EUR"), mila) is None
    # Reps see their own leads only.
    assert scope_of(ever(), anna) == ("owner", anna.id)
    assert scope_of(ever(owner=bram.id), anna) is None
    assert scope_of(ever(team=north), anna) is None
    assert scope_of(ever(pipeline=scene.pipeline.id), anna) is None
    Organisation.objects.update(leads_seen_by_reps="team")
    assert scope_of(ever(), anna) == ("team", north)
    assert scope_of(ever(owner=bram.id), anna) == ("owner", bram.id)
    assert scope_of(ever(owner=cato.id), anna) is None
    assert scope_of(ever(), bram) == ("owner", bram.id)  # of two teams: their own
    Membership.objects.all().delete()
    assert scope_of(ever(), anna) == ("owner", anna.id)


def test_few_nights_at_a_time_the_newest_first_until_all_are_there(scene, settled):
    history(scene)
    today = date(2026, 6, 1)
    missing = len(nights_missed(today))
    assert catch_up(today, most=2) == 2
    assert Snapshot.objects.filter(day=today).exists()
    assert len(nights_missed(today)) == missing - 2
    assert today not in nights_missed(today)
    assert catch_up(today) == missing - 2
    assert nights_missed(today) == {}
