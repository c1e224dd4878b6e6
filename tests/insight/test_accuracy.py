"""How right forecasts were, by hand-sized examples."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta

from cadans.ground.remembered import one_moment
from cadans.insight.filters import Filters
from cadans.insight.forecast.accuracy import accuracy, judge, last_spans, mean_of, unit_of
from cadans.insight.forecast.snapshots import Span
from cadans.insight.models import Snapshot
from cadans.leads.models import Lead
from tests.insight.scene import Scene

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 10)
JUNE = Filters(since=date(2026, 6, 1), until=date(2026, 7, 1))


def said(since: date, value: str | None, *, day: date | None = None, **more) -> None:
    Snapshot.objects.create(
        since=since,
        until=since + relativedelta(months=1),
        day=day or since,
        **{
            "scope": "all",
            "method": "model",
            "already_won": 0,
            "open_leads": 1,
            "currency": "EUR",
            "value": value,
            "reason": "" if value else "too_little_history",
            **more,
        },
    )


def won(scene: Scene, on: date, value: str, **more) -> Lead:
    number = (on - date(2026, 1, 1)).days
    return scene.lead([("new", min(0, number))], closed=("won", number), value=value, **more)


def test_a_forecast_is_held_against_what_came():
    seen = judge(Decimal("80"), Decimal("100"), low=Decimal("70"), high=Decimal("99.99"))
    assert seen.as_json() == {
        "forecast": "80",
        "accuracy": 0.8,
        "bias": -0.2,
        "within_interval": False,
    }
    assert judge(Decimal("250"), Decimal("100")).as_json()["accuracy"] == -0.5
    assert judge(Decimal("80"), Decimal("0")).reason == "nothing_won"
    assert judge(None, Decimal("100")).reason == "no_snapshot"
    assert judge(None, Decimal("100"), reason="no_values").as_json()["accuracy"] is None


def test_means_count_what_can_be_computed():
    assert mean_of([None, None], 4) == {
        "value": None,
        "periods": 0,
        "of": 4,
        "reason": "no_periods",
    }
    assert mean_of([0.1, None, 0.3, 0.2, 0.9], 4) == {  # type: ignore[list-item]
        "value": pytest.approx(0.2),
        "periods": 3,
        "of": 4,
    }


def test_a_past_period_is_judged_at_its_start_and_before_its_end(scene):
    won(scene, date(2026, 5, 3), "60.00")
    won(scene, date(2026, 5, 31), "40.00")
    won(scene, date(2026, 6, 1), "999.00")
    may = date(2026, 5, 1)
    said(may, "80.00", low="70.00", high="100.00")
    said(may, "130.00", day=date(2026, 6, 1) - timedelta(days=60))
    said(may, "50.00", method="basic")
    said(may, None, method="stage")
    answer = accuracy(JUNE, None, today=TODAY)
    first = answer["periods"][0]
    assert (first["key"], first["actual"]["amount"]) == ("2026-05", "100.00")
    assert first["methods"]["model"]["start"] == {
        "forecast": "80.00",
        "accuracy": 0.8,
        "bias": -0.2,
        "within_interval": True,
    }
    assert first["methods"]["model"]["60"]["bias"] == 0.3
    assert first["methods"]["model"]["90"]["reason"] == "no_snapshot"
    assert first["methods"]["basic"]["start"]["accuracy"] == 0.5
    assert first["methods"]["stage"]["start"]["reason"] == "too_little_history"
    assert answer["methods"]["stage"]["start"]["mape"]["4"]["value"] is None


def test_mean_errors_look_back_four_eight_and_twelve_periods(scene):
    for back, forecast in enumerate(["90.00", "120.00", "100.00", "70.00", "200.00"], 1):
        first = date(2026, 6, 1) - relativedelta(months=back)
        won(scene, first, "100.00")
        said(
            first,
            forecast,
            low=forecast if back > 2 else "0.00",
            high="150.00" if back < 5 else "250.00",
        )
    model = accuracy(JUNE, None, today=TODAY)["methods"]["model"]["start"]
    assert model["mape"]["4"] == {"value": pytest.approx(0.15), "periods": 4, "of": 4}
    assert model["mape"]["8"] == {"value": pytest.approx(0.32), "periods": 5, "of": 8}
    assert model["bias"]["4"]["value"] == pytest.approx(-0.05)
    assert (model["coverage"]["numerator"], model["coverage"]["denominator"]) == (4, 5)


def test_a_month_in_which_nothing_was_won_has_no_accuracy(scene):
    said(date(2026, 5, 1), "80.00")
    first = accuracy(JUNE, None, today=TODAY)["periods"][0]
    assert first["methods"]["model"]["start"]["accuracy"] is None
    assert first["methods"]["model"]["start"]["reason"] == "nothing_won"


def test_leads_that_count_in_nothing_are_not_in_the_actual(scene):
    kept = won(scene, date(2026, 5, 3), "60.00")
    won(scene, date(2026, 5, 4), "40.00", deleted=True)
    scene.lead([("new", 0)], closed=("cancelled", 125), value="20.00")
    reopened = scene.lead([("new", 0)], undone=[("won", 125, 130)], value="10.00")
    periods = accuracy(JUNE, None, today=TODAY)["periods"]
    assert periods[0]["actual"]["amount"] == "60.00"
    assert {kept.status, reopened.status} == {"won", "open"}


def test_each_owner_has_an_accuracy_of_their_own(scene):
    anna = scene.users["Anna"]
    won(scene, date(2026, 5, 3), "60.00", owner="Anna")
    won(scene, date(2026, 5, 3), "40.00", owner="Cato")
    said(date(2026, 5, 1), "50.00", scope="owner", scope_id=anna.id)
    said(date(2026, 5, 1), "50.00")
    hers = accuracy(JUNE, anna, today=TODAY)["periods"][0]
    assert hers["actual"]["amount"] == "60.00"
    assert hers["methods"]["model"]["start"]["bias"] == pytest.approx(-1 / 6)
    mila = accuracy(Filters(**{**vars(JUNE), "owner": anna.id}), scene.users["Mila"], today=TODAY)
    assert mila["periods"][0] == hers
    none = accuracy(Filters(**{**vars(JUNE), "owner": anna.id}), scene.users["Cato"], today=TODAY)
    assert (none["reason"], none["periods"]) == ("not_kept", [])


def test_long_periods_are_judged_by_quarters():
    assert unit_of(JUNE) == "month"
    assert unit_of(Filters(since=date(2026, 4, 1), until=date(2026, 7, 1))) == "quarter"
    assert last_spans("quarter", TODAY, 2) == [
        Span(date(2026, 1, 1), date(2026, 4, 1)),
        Span(date(2025, 10, 1), date(2026, 1, 1)),
    ]


def test_it_is_asked_in_a_few_queries(scene, django_assert_num_queries):
    accuracy(JUNE, None, today=TODAY)  # from here on the organisation is remembered
    for back in range(1, 12):
        first = date(2026, 6, 1) - relativedelta(months=back)
        won(scene, first, "100.00")
        said(first, "90.00")
        if back in (1, 11):
            with one_moment(), django_assert_num_queries(3):
                accuracy(JUNE, None, today=TODAY)
