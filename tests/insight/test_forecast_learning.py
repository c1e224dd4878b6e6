"""The model in the product: learned from the tables, kept every night, asked about leads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from cadans.ground.ids import new_id
from cadans.insight.actions.learned import KEPT, learn_forecast
from cadans.insight.filters import Filters
from cadans.insight.forecast import learning
from cadans.insight.forecast.history import calendar_of, history_of
from cadans.insight.forecast.learning import beginning, learned_at, unlearned_pipelines
from cadans.insight.forecast.methods import chances, forecast_at, forecasts_by
from cadans.insight.jobs.forecasting import learn_forecasts
from cadans.insight.models import ForecastModel
from cadans.leads.models import Closing, Lead, LeadProduct, StageVisit
from tests.insight.scene import Scene, day

pytestmark = pytest.mark.django_db

AS_OF = datetime(2026, 6, 30, 22, tzinfo=UTC)  # midnight in Amsterdam
JULY = Filters(since=date(2026, 7, 1), until=date(2026, 8, 1))


@pytest.fixture
def busy(scene: Scene) -> Scene:
    """Three leads a day for half a year; Anna wins twice as often as Bram."""
    luck = np.random.default_rng(3)
    leads, visits, closings = [], [], []
    users, stages = scene.users, scene.stages
    for number in range(180 * 3):
        owner = users["Anna" if number % 2 else "Bram"]
        opened = day(number / 3)
        demo = opened + timedelta(days=float(luck.geometric(0.3)))
        closed = demo + timedelta(days=float(luck.geometric(0.06)))
        won = bool(luck.random() < (0.6 if number % 2 else 0.3))
        is_over = closed < AS_OF
        lead = Lead(
            title="A lead",
            pipeline=scene.pipeline,
            version=scene.version,
            owner=owner,
            stage=stages["demo"],
            value=Decimal(100 + number % 5),
            currency="EUR",
            status=("won" if won else "lost") if is_over else "open",
            opened_at=opened,
            made_at=opened,
            closed_at=closed if is_over else None,
            stage_entered_at=demo,
            touched_at=demo,
        )
        leads.append(lead)
        stay = {"lead": lead, "pipeline": scene.pipeline, "version": scene.version, "owner": owner}
        visits.append(
            StageVisit(
                stage=stages["new"],
                entered_at=opened,
                left_at=demo,
                how="moved",
                entered_by=new_id(),
                **stay,
            )
        )
        visits.append(
            StageVisit(
                stage=stages["demo"],
                entered_at=demo,
                entered_by=new_id(),
                left_at=closed if is_over else None,
                how=lead.status if is_over else "",
                **stay,
            )
        )
        if is_over:
            closings.append(
                Closing(
                    stage=stages["demo"],
                    status=lead.status,
                    at=closed,
                    opened_at=opened,
                    value=lead.value,
                    currency="EUR",
                    worth=lead.value,
                    **stay,
                )
            )
    for model, rows in ((Lead, leads), (StageVisit, visits), (Closing, closings)):
        model.objects.bulk_create(rows)
    return scene


def test_the_model_speaks_of_value_number_and_interval(busy):
    seen = forecast_at(JULY, as_of=AS_OF).model
    assert not seen.reason
    assert 25 < seen.won < 60  # 93 leads a month, of which some 45 % are won
    assert seen.won_low < seen.won < seen.won_high
    assert seen.low < seen.value < seen.high
    assert float(seen.value) == pytest.approx(seen.won * 102, rel=0.02)
    assert seen == forecast_at(JULY, as_of=AS_OF).model  # the same question, the same answer


def test_rows_add_up_to_the_whole_and_better_reps_are_expected_to_win_more(busy):
    whole = forecast_at(JULY, as_of=AS_OF).model
    rows = forecasts_by(JULY, by="owner", as_of=AS_OF)
    assert sum(row.model.won for row in rows.values()) == pytest.approx(whole.won)
    assert sum(row.model.value for row in rows.values()) == pytest.approx(
        whole.value, abs=Decimal("0.02")
    )
    likely = chances(JULY, as_of=AS_OF)
    by_owner: dict[str, list[float]] = {name: [] for name in ("Anna", "Bram")}
    for lead in Lead.objects.open().select_related("owner"):
        if lead.id in likely:
            by_owner[lead.owner.name].append(likely[lead.id])
    assert np.mean(by_owner["Anna"]) > 1.3 * np.mean(by_owner["Bram"])


def test_a_later_period_is_asked_about_too_and_one_that_is_over_holds_what_was_won(busy):
    august = Filters(since=date(2026, 8, 1), until=date(2026, 9, 1))
    assert 20 < forecast_at(august, as_of=AS_OF).model.won < 60
    may = Filters(since=date(2026, 5, 1), until=date(2026, 6, 1))
    seen = forecast_at(may, as_of=AS_OF)
    assert seen.model.value == seen.already_won == seen.basic.value == seen.stage.value


def test_later_facts_change_nothing_of_what_the_model_says(busy):
    at = beginning(date(2026, 5, 1))
    may = Filters(since=date(2026, 5, 1), until=date(2026, 6, 1))
    told = forecasts_by(may, by="owner", as_of=at), chances(may, as_of=at)
    Closing.objects.filter(at__gte=at).update(status="won", worth=Decimal(9999))
    StageVisit.objects.filter(left_at__gte=at).update(how="won")
    StageVisit.objects.filter(entered_at__gte=at).delete()
    Lead.objects.filter(closed_at__gte=at).update(status="won")
    learning._learned.clear()
    assert (forecasts_by(may, by="owner", as_of=at), chances(may, as_of=at)) == told


def test_it_is_silent_without_history_and_says_so(scene):
    scene.lead([("new", 30)])
    assert forecast_at(JULY, as_of=AS_OF).model.reason == "too_little_history"
    assert chances(JULY, as_of=AS_OF) == {}


def test_a_new_pipeline_of_few_leads_does_not_silence_the_others(busy):
    alone = forecast_at(JULY, as_of=AS_OF).model
    pipeline, version, stages = busy.add_pipeline("fresh")
    lead = busy.lead([("new", 170)], value="1000.00")
    StageVisit.objects.filter(lead=lead).update(
        pipeline=pipeline, version=version, stage=stages["new"]
    )
    Lead.objects.filter(id=lead.id).update(
        pipeline=pipeline, version=version, stage=stages["new"], made_at=day(170)
    )
    both = forecast_at(JULY, as_of=AS_OF).model
    assert both.won == pytest.approx(alone.won)  # nothing was closed there: no win rate
    only = Filters(JULY.since, JULY.until, pipeline=pipeline.id)
    assert forecast_at(only, as_of=AS_OF).model.reason == "too_little_history"


def test_what_leads_without_a_value_bring_is_what_their_product_usually_brings(busy):
    won = list(Lead.objects.filter(status="won"))
    LeadProduct.objects.bulk_create(
        LeadProduct(id=lead.id, lead=lead, product=busy.products["Press"]) for lead in won
    )
    Lead.objects.open().update(value=None, currency="")
    seen = forecast_at(JULY, as_of=AS_OF)
    assert seen.basic.reason == "no_values"
    assert float(seen.model.value) == pytest.approx(seen.model.won * 102, rel=0.05)


def test_every_night_each_pipeline_is_learned_once_and_kept_as_plain_numbers(busy, monkeypatch):
    monkeypatch.setattr("cadans.insight.jobs.forecasting.today", lambda: date(2026, 7, 1))
    assert unlearned_pipelines(date(2026, 7, 1)) == [busy.pipeline.id]
    learn_forecasts(0)
    kept = ForecastModel.objects.get()
    assert unlearned_pipelines(date(2026, 7, 1)) == []
    assert kept.document["version"] == 1
    assert kept.document["tests"][0]["came"] > 0
    anew = forecast_at(JULY, as_of=AS_OF).model
    monkeypatch.setattr(learning, "learned_anew", lambda *a, **k: pytest.fail("it is there"))
    from_kept = learned_at(AS_OF, [busy.pipeline.id])[busy.pipeline.id]
    assert from_kept.end == date(2026, 7, 1).toordinal()
    assert forecast_at(JULY, as_of=AS_OF).model == anew
    # Some days on without a new one it still serves.
    later = forecast_at(JULY, as_of=AS_OF + timedelta(days=3)).model
    assert later.won == pytest.approx(anew.won, rel=0.25)


def test_models_of_a_quarter_ago_are_dropped_and_learning_again_replaces(busy):
    old = date(2026, 7, 1) - KEPT - timedelta(days=1)
    ForecastModel.objects.create(pipeline=busy.pipeline, day=old, document={"version": 0})
    first = learn_forecast(busy.pipeline.id, date(2026, 7, 1))
    again = learn_forecast(busy.pipeline.id, date(2026, 7, 1))
    assert first.id == again.id
    assert list(ForecastModel.objects.values_list("id", flat=True)) == [first.id]


def test_of_many_leads_a_part_is_read_and_stands_for_all(busy, monkeypatch):
    whole = history_of(busy.pipeline.id, as_of=AS_OF)
    monkeypatch.setattr("cadans.insight.forecast.history.ENOUGH", 200)
    part = history_of(busy.pipeline.id, as_of=AS_OF)
    assert (whole.scale, part.scale) == (1.0, 3.0)
    seen = len(part.stays.stage) * part.scale
    assert seen == pytest.approx(len(whole.stays.stage), rel=0.25)


def test_public_holidays_are_a_kind_of_day_of_their_own(scene):
    kinds = calendar_of().kind(
        np.array([date(2026, 4, 27).toordinal(), date(2026, 4, 28).toordinal()])
    )
    assert kinds.tolist() == [7, 1]  # King's Day, and the Tuesday after


def test_nobody_waits_for_the_model_of_a_large_pipeline(busy, monkeypatch):
    monkeypatch.setattr(learning, "MANY", 100)
    seen = forecast_at(JULY, as_of=AS_OF).model
    assert (seen.value, seen.reason) == (None, learning.NOT_YET)
    assert chances(JULY, as_of=AS_OF) == {}
    learn_forecast(busy.pipeline.id, date(2026, 6, 1))  # a month ago: old, but the last there is
    assert forecast_at(JULY, as_of=AS_OF).model.value is not None
