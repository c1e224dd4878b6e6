"""Process impact, by hand-sized examples."""

from dataclasses import replace
from datetime import date

import pytest

from cadans.ground.errors import Invalid
from cadans.insight.filters import Filters, read_filters
from cadans.insight.impact import BENCHMARKS, impact
from cadans.insight.reports import leads_behind
from cadans.leads.models import Closing
from cadans.process.models import Pipeline, ProcessVersion
from tests.insight.scene import Scene, day, ever

SPRING = Filters(since=date(2026, 1, 1), until=date(2026, 7, 1))


@pytest.fixture
def improved(scene: Scene) -> Scene:
    """A first version of long ago, and a second one published on day 60 (2 March)."""
    ProcessVersion.objects.filter(id=scene.version.id).update(published_at=day(-300))
    scene.second = ProcessVersion.objects.create(
        pipeline=scene.pipeline, number=2, document={}, published_at=day(60)
    )
    Pipeline.objects.filter(id=scene.pipeline.id).update(version=scene.second)
    return scene


def sold(scene: Scene, won: int, lost: int, at: float, *, days=10.0, value="100.00", **more):
    """So many leads won and lost around a day, after so many days."""
    for number in range(won):
        spread = (number % 5 - 2) / 10
        amount = str(round(float(value) * (1 + spread), 2))
        scene.lead([("new", at - days * (1 + spread))], closed=("won", at), value=amount, **more)
    for _ in range(lost):
        scene.lead([("new", at - days)], closed=("lost", at), value=value, **more)


def test_before_and_after_the_version_published_in_the_period(improved):
    sold(improved, 20, 80, 30, days=20, value="100.00")
    sold(improved, 50, 50, 90, days=10, value="120.00")
    answer = impact(SPRING)
    total = answer["total"]
    assert answer["comparison"]["basis"] == "publication"
    assert answer["comparison"]["version"]["number"] == 2
    assert answer["comparison"]["before"] == {
        "from": "2026-01-01",
        "to": "2026-03-02",
        "zone": "Europe/Amsterdam",
    }
    won = total["win_rate"]
    assert (won["before"]["numerator"], won["before"]["denominator"]) == (20, 100)
    assert (won["after"]["numerator"], won["after"]["denominator"]) == (50, 100)
    assert won["change"]["value"] == pytest.approx(1.5)
    # Katz: ln 2.5 ± 1.96 · √(1/20 − 1/100 + 1/50 − 1/100)
    assert won["change"]["low"] == pytest.approx(0.6129, abs=1e-4)
    assert won["change"]["high"] == pytest.approx(2.8750, abs=1e-4)
    assert won["change"]["verdict"] == "better"
    assert total["cycle"]["change"]["value"] == pytest.approx(-0.5)
    assert total["cycle"]["change"]["verdict"] == "better"
    assert total["deal_size"]["before"]["amount"] == "100.00"
    assert total["deal_size"]["after"]["amount"] == "120.00"
    assert total["deal_size"]["change"]["value"] == pytest.approx(0.2)
    assert {name: row["change"]["benchmark"] for name, row in total.items()} == BENCHMARKS


def test_the_day_of_publication_is_after(improved):
    sold(improved, 1, 0, 60)
    assert impact(SPRING)["total"]["win_rate"]["after"]["denominator"] == 1


def test_a_change_that_may_be_chance_is_called_so(improved):
    sold(improved, 10, 10, 30)
    sold(improved, 12, 10, 90)
    changes = {name: row["change"] for name, row in impact(SPRING)["total"].items()}
    assert {change["verdict"] for change in changes.values()} == {"chance"}
    assert changes["win_rate"]["low"] < 0 < changes["win_rate"]["high"]


def test_longer_cycles_are_worse(improved):
    sold(improved, 10, 0, 30, days=10)
    sold(improved, 10, 0, 90, days=40)
    assert impact(SPRING)["total"]["cycle"]["change"]["verdict"] == "worse"


def test_few_leads_have_no_interval_and_none_no_figure(improved):
    sold(improved, 2, 0, 30)
    total = impact(SPRING)["total"]
    assert total["win_rate"]["after"]["value"] is None
    assert total["win_rate"]["change"]["reason"] == "no_leads"
    assert total["cycle"]["change"]["reason"] == "no_leads"
    assert total["deal_size"]["after"]["amount"] is None
    assert total["deal_size"]["after"]["reason"] == "no_leads"
    sold(improved, 2, 0, 90)
    total = impact(SPRING)["total"]
    for name in ("cycle", "deal_size"):
        assert total[name]["change"]["value"] == pytest.approx(0)
        assert total[name]["change"]["reason"] == "too_few"
        assert total[name]["change"]["verdict"] == "unknown"


def test_nothing_won_before_has_no_change_in_per_cent(improved):
    sold(improved, 0, 5, 30)
    sold(improved, 5, 5, 90)
    change = impact(SPRING)["total"]["win_rate"]["change"]
    assert (change["value"], change["reason"]) == (None, "none_before")


def test_nothing_won_after_is_a_whole_less(improved):
    sold(improved, 5, 5, 30)
    sold(improved, 0, 5, 90)
    change = impact(SPRING)["total"]["win_rate"]["change"]
    assert (change["value"], change["low"], change["verdict"]) == (-1.0, None, "unknown")


def test_two_versions_are_compared_by_the_leads_that_followed_them(improved):
    sold(improved, 1, 0, 90)
    sold(improved, 0, 1, 91)
    Closing.objects.filter(status="lost").update(version=improved.second)
    filters = replace(SPRING, version=improved.second.id, against=improved.version.id)
    answer = impact(filters)
    assert answer["comparison"]["basis"] == "versions"
    assert answer["comparison"]["against"]["number"] == 1
    won = answer["total"]["win_rate"]
    assert (won["before"]["numerator"], won["before"]["denominator"]) == (1, 1)
    assert (won["after"]["numerator"], won["after"]["denominator"]) == (0, 1)


def test_two_periods_are_compared_whatever_was_published(scene):
    sold(scene, 1, 1, 10)
    sold(scene, 2, 0, 100)
    filters = replace(
        SPRING,
        since=date(2026, 4, 1),
        against_since=date(2026, 1, 1),
        against_until=date(2026, 2, 1),
    )
    answer = impact(filters)
    assert answer["comparison"]["basis"] == "periods"
    won = answer["total"]["win_rate"]
    assert (won["before"]["denominator"], won["after"]["denominator"]) == (2, 2)
    assert won["change"]["value"] == pytest.approx(1.0)


def test_a_version_published_outside_the_period_leaves_one_side_empty(improved):
    sold(improved, 1, 0, 90)
    answer = impact(replace(SPRING, since=date(2026, 4, 1)))
    assert answer["comparison"]["before"] is None
    assert answer["total"]["win_rate"]["before"]["reason"] == "no_leads"
    early = impact(replace(SPRING, until=date(2026, 2, 1), version=improved.second.id))
    assert early["comparison"]["after"] is None
    assert leads_behind("impact", SPRING, "", "after_won", None).count() == 1


def test_without_a_process_there_is_nothing_to_compare(db):
    answer = impact(SPRING)
    assert answer["comparison"]["basis"] == "none"
    assert answer["total"]["win_rate"]["change"]["value"] is None


# ── what becomes of leads ───────────────────────────────────────────────────────────────────


def test_deleted_merged_cancelled_and_reopened_leads_count_nowhere(improved):
    improved.lead(closed=("won", 30), deleted=True)
    improved.lead(closed=("cancelled", 30))
    improved.lead(undone=[("won", 30, 31)])
    assert impact(SPRING)["total"]["win_rate"]["before"]["denominator"] == 0


def test_a_reopened_lead_counts_on_the_side_of_its_last_closing(improved):
    improved.lead(undone=[("lost", 30, 31)], closed=("won", 90))
    won = impact(SPRING)["total"]["win_rate"]
    assert (won["before"]["denominator"], won["after"]["numerator"]) == (0, 1)


def test_handing_a_lead_over_later_changes_no_row(improved):
    improved.lead(closed=("won", 30), owner="Bram", closer="Anna")
    rows = impact(replace(SPRING, by="owner"))["rows"]
    assert [row["label"] for row in rows] == ["Anna"]


def test_moving_back_changes_nothing(improved):
    improved.lead([("new", 0), ("demo", 5), ("new", 6), ("won", 30)], closed=("won", 30))
    assert impact(SPRING)["total"]["cycle"]["before"]["mean"] == pytest.approx(30)


# ── rows, mix, lists, refusals ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["owner", "team", "product", "product_line", "source", "pipeline"])
def test_lists_hold_as_many_leads_as_the_figures_count(improved, by):
    sold(improved, 3, 2, 30, owner="Bram", products=["Press"])
    sold(improved, 1, 2, 90, source="Fair")
    improved.lead(closed=("won", 40), value=None)
    filters = replace(SPRING, by=by)
    answer = impact(filters)
    for key, row in [("", answer["total"]), *((row["key"], row) for row in answer["rows"])]:
        for side in ("before", "after"):
            parts = {
                "closed": row["win_rate"][side]["denominator"],
                "won": row["win_rate"][side]["numerator"],
                "valued": row["deal_size"][side]["leads"],
            }
            for part, leads in parts.items():
                found = leads_behind("impact", filters, key, f"{side}_{part}", None)
                assert found.count() == leads


def test_a_shift_of_sources_is_said_and_taken_out(improved):
    # Each source wins as before; more come from the better one.
    sold(improved, 10, 90, 30, source="Web")
    sold(improved, 50, 50, 30, source="Fair")
    sold(improved, 5, 45, 90, source="Web")
    sold(improved, 75, 75, 90, source="Fair")
    mix = impact(SPRING)["mix"]
    assert mix["shifted"]
    assert mix["chance"] < 0.001
    assert mix["segments"][0]["before"] == pytest.approx(0.5)
    assert {segment["label"]: segment["after"] for segment in mix["segments"]} == {
        "Fair": 0.75,
        "Web": 0.25,
    }
    assert mix["like_for_like"] == pytest.approx(0.3)


def test_an_equal_mix_is_no_shift(improved):
    sold(improved, 5, 5, 30, source="Web")
    sold(improved, 5, 5, 90, source="Web")
    mix = impact(SPRING)["mix"]
    assert (mix["shifted"], mix["chance"], mix["like_for_like"]) == (False, None, None)


def test_what_cannot_be_answered_is_said(improved):
    other, version, _stages = improved.add_pipeline("other")
    for filters in (
        ever(by="month"),
        replace(SPRING, version=improved.version.id, against=version.id),
    ):
        with pytest.raises(Invalid):
            impact(filters)
    for part in ("won", "before_happy", "ever_won"):
        with pytest.raises(Invalid):
            leads_behind("impact", SPRING, "", part, None)
    for query in (
        {"against": str(other.id)},
        {"against_from": "2026-01-01"},
        {"against_from": "2026-02-01", "against_to": "2026-01-01"},
        {"against_from": "soon"},
    ):
        with pytest.raises(Invalid):
            read_filters(query)


def test_the_sides_are_read_from_an_address(improved):
    asked = {
        "from": "2026-01-01",
        "version": str(improved.second.id),
        "against": str(improved.version.id),
        "against_from": "2025-01-01",
        "against_to": "2025-07-01",
    }
    filters = read_filters(asked)
    assert filters.against == improved.version.id
    assert filters.as_json()["against_until"] == "2025-07-01"
