"""Cycle length on histories small enough to count by hand."""

from typing import Any

import pytest
from scipy.stats import binom

from cadans.ground.errors import Invalid
from cadans.insight.reports import leads_behind, report
from cadans.leads.models import Activity, Lead
from tests.insight.scene import Scene, day, ever


def sold(scene: Scene, days: float, **more: Any) -> Lead:
    return scene.lead([("new", 0), ("demo", days / 4)], closed=("won", days), **more)


def total(**chosen: Any) -> dict[str, Any]:
    found: dict[str, Any] = report("cycle", ever(**chosen), None)["total"]
    return found


def rows(by: str) -> dict[str, dict[str, Any]]:
    return {row["label"]: row for row in report("cycle", ever(by=by), None)["rows"]}


def test_won_and_lost_are_measured_apart(scene):
    for days in (10, 20, 60):
        sold(scene, days)
    scene.lead(closed=("lost", 4))
    scene.lead()
    scene.lead(closed=("cancelled", 90))
    sold(scene, 90, deleted=True)
    found = total()
    assert found["won"]["leads"] == 3
    assert (found["won"]["mean"], found["won"]["median"]) == (30, 20)
    assert found["won"]["p85"] == pytest.approx(48)
    assert found["lost"]["median"] == 4
    assert found["closed"] == 4


def test_without_leads_there_is_no_length_and_it_is_said_why(scene):
    scene.lead()
    found = total()
    assert found["won"]["median"] is None
    assert found["won"]["reason"] == "no_leads"
    assert found["asked"]["value"] is None
    assert found["stages"] == []


def test_a_reopened_lead_counts_by_its_last_closing(scene):
    sold(scene, 30, undone=[("lost", 5, 6)])
    assert (total()["won"]["median"], total()["lost"]["leads"]) == (30, 0)


def test_the_period_is_that_of_closing(scene):
    sold(scene, 40)
    january = ever(by="month")
    assert [row["key"] for row in report("cycle", january, None)["rows"]] == ["2026-02"]


def test_months_between_are_there_without_a_length(scene):
    sold(scene, 5)
    sold(scene, 70)
    found = report("cycle", ever(by="month"), None)["rows"]
    assert [(row["key"], row["won"]["median"]) for row in found] == [
        ("2026-01", 5),
        ("2026-02", None),
        ("2026-03", 70),
    ]


def test_a_lead_belongs_to_whoever_closed_it(scene):
    sold(scene, 10, owner="Anna", closer="Bram")
    assert rows("owner")["Bram"]["won"]["median"] == 10
    assert set(rows("team")) == {"North", "South"}


def test_by_loss_reason_there_are_only_lost_leads(scene):
    sold(scene, 10)
    scene.lead(closed=("lost", 3), reason="Price")
    scene.lead(closed=("lost", 5))
    found = rows("loss_reason")
    assert found["Price"]["lost"]["median"] == 3
    assert [row["closed"] for row in found.values()] == [1, 1]
    assert found["Price"]["won"]["reason"] == "only_lost"


def test_days_in_each_stage_count_all_visits_to_it(scene):
    scene.lead([("new", 0), ("demo", 2), ("new", 5), ("demo", 9)], closed=("won", 10))
    stages = {stage["key"]: stage["won"]["median"] for stage in total()["stages"]}
    assert stages == {"sales/new": 6, "sales/demo": 4}


def ask(lead: Lead, at: float, *, held: bool = True) -> None:
    Activity.objects.create(lead=lead, kind="ask", at=day(at), held=held)


def test_the_first_ask_splits_the_cycle(scene):
    lead = sold(scene, 20)
    for at in (12, 15):
        ask(lead, at)
    planned = sold(scene, 20)
    ask(planned, 3, held=False)
    ask(sold(scene, 20), 25)
    found = total()
    assert found["before_ask"]["median"] == 12
    assert found["ask_to_decision"]["median"] == 8
    assert (found["asked"]["numerator"], found["asked"]["denominator"]) == (1, 3)


def test_entering_the_stage_marked_as_the_ask_is_asking(scene):
    scene.version.document = {"stages": [{"key": "new"}, {"key": "demo", "is_ask": True}]}
    scene.version.save()
    ask(sold(scene, 20), 12)  # entered demo on day 5
    assert total()["ask_to_decision"]["median"] == 15


@pytest.mark.parametrize("leads", [5, 8, 20, 41])
def test_the_median_has_the_interval_of_its_ranks(scene, leads):
    for days in range(1, leads + 1):
        sold(scene, days)
    won = total()["won"]
    if leads < 8:
        assert (won["low"], won["high"]) == (None, None)
        return
    rank = int(won["low"])
    assert won["high"] == leads + 1 - rank
    assert 1 - 2 * binom.cdf(rank - 1, leads, 0.5) >= 0.95


@pytest.mark.parametrize("by", ["owner", "team", "source", "stage", "product", "quarter"])
def test_every_figure_opens_the_leads_it_counts(scene, by):
    for days in (3, 10, 40):
        ask(sold(scene, days, products=["Press", "Mill"]), days - 1)
    scene.lead(closed=("lost", 4), owner="Bram", source=None)
    filters = ever(by=by)
    answer = report("cycle", filters, None)
    for row in [*answer["rows"], {**answer["total"], "key": ""}]:
        for part, count in (
            ("won", row["won"]["leads"]),
            ("lost", row["lost"]["leads"]),
            ("closed", row["closed"]),
            ("asked", row["asked"]["numerator"]),
        ):
            assert leads_behind("cycle", filters, row["key"], part, None).count() == count
    for stage in answer["total"]["stages"]:
        behind = leads_behind("cycle", ever(), "", "won", None, stage=stage["key"])
        assert behind.count() == stage["won"]["leads"]


def test_reps_see_their_own_only(scene):
    sold(scene, 10)
    sold(scene, 20, owner="Bram")
    assert report("cycle", ever(), scene.users["Anna"])["total"]["won"]["median"] == 10


def test_filters_narrow(scene):
    sold(scene, 10, source="Fair", products=["Mill"])
    sold(scene, 20)
    assert total(source=scene.sources["Fair"].id)["won"]["median"] == 10
    assert total(product=scene.products["Mill"].id)["closed"] == 1
    assert total(owner="none")["closed"] == 0


def test_an_unknown_part_is_refused(scene):
    with pytest.raises(Invalid):
        leads_behind("cycle", ever(), "", "maybe", None)


@pytest.mark.parametrize("leads", [10, 40])
def test_queries_do_not_grow(scene, leads, django_assert_num_queries):
    for number in range(1, leads + 1):
        sold(scene, number)
    with django_assert_num_queries(8):  # memory twice, asks, total and rows, stages, names, owners
        report("cycle", ever(by="owner"), None)
