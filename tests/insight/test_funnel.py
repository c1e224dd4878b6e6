"""The funnel, by hand-sized examples."""

from datetime import date
from decimal import Decimal

import pytest

from cadans.ground.errors import Invalid
from cadans.ground.money import ExchangeRate
from cadans.insight.filters import Filters
from cadans.insight.funnel import funnel
from cadans.insight.reports import leads_behind
from cadans.leads.models import Lead
from cadans.process.models import Stage
from tests.insight.scene import Scene, day, ever


def stage(answer, key):
    return next(row for row in answer["rows"] if row["key"] == key)


def parts(row):
    return tuple(row[name] for name in ("entered", "reached_next", "lost", "stalled", "active"))


def test_each_that_entered_went_on_was_lost_stalls_or_is_active(scene):
    scene.lead([("new", 0), ("demo", 2)])
    scene.lead([("new", 0)], closed=("lost", 3))
    scene.lead([("new", 0)])
    scene.lead([("new", 0)], touched=15)
    answer = funnel(ever(), on=day(20))
    assert parts(stage(answer, "new")) == (4, 1, 1, 1, 1)
    assert parts(stage(answer, "demo")) == (1, 0, 0, 0, 1)
    assert stage(answer, "new")["conversion"]["value"] == 0.25
    assert stage(answer, "new")["conversion_resolved"]["value"] == 0.5
    assert stage(answer, "demo")["conversion_resolved"]["value"] is None
    assert [row["key"] for row in answer["rows"]] == ["new", "demo", "offer", "won"]


def test_the_idle_limit_is_that_of_the_stage_where_the_lead_waits(scene):
    scene.lead([("new", 0), ("demo", 2)])
    assert stage(funnel(ever(), on=day(21)), "demo")["active"] == 1
    assert stage(funnel(ever(), on=day(23)), "demo")["stalled"] == 1
    scene.lead([("new", 0), ("offer", 1)])
    assert stage(funnel(ever(), on=day(199)), "offer")["active"] == 1  # no limit


def test_a_stage_passed_over_is_not_entered_but_the_one_before_is_passed(scene):
    scene.lead([("new", 0), ("offer", 4), ("won", 6)], closed=("won", 6))
    answer = funnel(ever(), on=day(20))
    assert parts(stage(answer, "new")) == (1, 1, 0, 0, 0)
    assert parts(stage(answer, "demo")) == (0, 0, 0, 0, 0)
    assert stage(answer, "demo")["conversion"]["reason"] == "no_leads"
    assert stage(answer, "new")["days"] == {"median": 4.0, "p85": 4.0, "leads": 1, "waiting": 0}
    assert stage(answer, "won")["entered"] == 1
    assert stage(answer, "won")["conversion"]["value"] is None
    assert stage(answer, "won")["conversion"]["reason"] == "last_stage"
    assert answer["total"]["conversion"]["value"] == 1.0


def test_won_without_a_stage_for_it_went_on_at_the_closing(scene):
    scene.lead([("new", 0), ("demo", 3)], closed=("won", 8))
    demo = stage(funnel(ever(), on=day(20)), "demo")
    assert parts(demo) == (1, 1, 0, 0, 0)
    assert demo["days"]["median"] == 5.0


def test_only_the_first_visit_counts(scene):
    scene.lead([("new", 0), ("demo", 40), ("new", 45), ("demo", 50)])
    answer = funnel(ever(), on=day(51))
    assert parts(stage(answer, "new")) == (1, 1, 0, 0, 0)
    assert parts(stage(answer, "demo")) == (1, 0, 0, 0, 1)
    february = Filters(since=date(2026, 2, 1), until=date(2026, 3, 1))
    assert stage(funnel(february, on=day(51)), "new")["entered"] == 0
    assert stage(funnel(february, on=day(51)), "demo")["entered"] == 1


def test_moved_back_and_up_again_reached_the_next_stage_in_the_end(scene):
    scene.lead([("offer", 0), ("demo", 2), ("new", 3), ("demo", 4), ("offer", 9)])
    answer = funnel(ever(), on=day(10))
    assert stage(answer, "demo")["reached_next"] == 1
    assert stage(answer, "demo")["days"]["median"] == 7.0  # day 2 to day 9
    assert stage(answer, "new")["days"]["median"] == 1.0
    assert stage(answer, "offer")["reached_next"] == 0


def test_stages_entered_at_the_same_moment_follow_each_other_upwards(scene):
    scene.lead([("new", 0), ("demo", 0), ("offer", 0)])
    answer = funnel(ever(), on=day(1))
    assert [row["reached_next"] for row in answer["rows"]] == [1, 1, 0, 0]
    assert stage(answer, "new")["days"]["median"] == 0.0


def test_a_win_undone_by_reopening_is_no_win(scene):
    scene.lead([("new", 0), ("won", 5), ("new", 6)], undone=[("won", 5, 6)])
    answer = funnel(ever(), on=day(7))
    assert parts(stage(answer, "new")) == (1, 0, 0, 0, 1)
    assert stage(answer, "won")["entered"] == 0
    assert answer["total"]["won"] == 0


def test_won_again_after_reopening_counts_from_the_second_win(scene):
    scene.lead(
        [("new", 0), ("won", 5), ("new", 6), ("won", 30)],
        undone=[("won", 5, 6)],
        closed=("won", 30),
    )
    answer = funnel(ever(), on=day(40))
    assert stage(answer, "new")["days"]["median"] == 30.0
    assert stage(answer, "won")["entered"] == 1


def test_a_stage_that_ends_in_lost_is_no_step_up(scene):
    scene.lead([("new", 0), ("dropped", 5)], closed=("lost", 5))
    answer = funnel(ever(), on=day(7))
    assert parts(stage(answer, "new")) == (1, 0, 1, 0, 0)
    assert "dropped" not in [row["key"] for row in answer["rows"]]


def test_cancelled_and_deleted_leads_count_nowhere(scene):
    scene.lead([("new", 0), ("demo", 1)], closed=("cancelled", 5))
    scene.lead([("new", 0), ("demo", 1)], deleted=True)
    assert stage(funnel(ever(), on=day(7)), "new")["entered"] == 0


def test_the_owner_is_the_one_when_the_visit_began(scene):
    scene.lead([("new", 0), ("demo", 1)], owner="Cato", owners=["Anna", "Bram"])
    answer = funnel(ever(by="owner"), on=day(3))
    found = {
        row["label"]: {line["key"]: line["entered"] for line in row["stages"]}
        for row in answer["rows"]
    }
    assert found["Anna"] == {"new": 1, "demo": 0, "offer": 0, "won": 0}
    assert found["Bram"]["demo"] == 1
    assert "Cato" not in found
    assert funnel(ever(owner=scene.users["Bram"].id))["total"]["entered"] == 0


def test_the_default_pipeline_is_meant_and_each_with_by_pipeline(scene):
    scene.lead([("new", 0), ("demo", 1)])
    second = scene.add_pipeline("renewals")
    scene.pipeline, scene.version, scene.stages = second
    scene.lead([("new", 0)])
    answer = funnel(ever(), on=day(3))
    assert stage(answer, "new")["entered"] == 1
    both = funnel(ever(by="pipeline"), on=day(3))
    assert {row["key"]: row["entered"] for row in both["rows"]} == {"sales": 1, "renewals": 1}
    assert all(len(row["stages"]) == 4 for row in both["rows"])


def test_without_any_pipeline_there_is_nothing_to_show(db):
    answer = funnel(ever())
    assert answer["rows"] == []
    assert answer["total"]["conversion"]["value"] is None


def test_the_snapshot_counts_what_lies_in_each_stage_now(scene):
    scene.lead([("new", 0)], value="100.00")
    scene.lead([("new", 10)], value="50.50", touched=15)
    scene.lead([("new", 10)], value=None)
    scene.lead([("new", 0), ("demo", 1), ("won", 2)], closed=("won", 2))
    scene.lead([("new", 0)], closed=("lost", 2))
    answer = funnel(ever(), on=day(20))
    now = stage(answer, "new")["snapshot"]
    assert (now["leads"], now["idle"], now["without_value"]) == (3, 1, 1)
    assert now["value"] == {"amount": "150.50", "currency": "EUR"}
    assert now["days"] == {"mean": pytest.approx(40 / 3), "median": 10.0}
    # One of the two decided leads that entered "new" was won.
    assert now["weighted_value"] == {"amount": "75.25", "currency": "EUR"}
    assert stage(answer, "offer")["snapshot"]["leads"] == 0
    assert stage(answer, "offer")["snapshot"]["days"]["median"] is None
    assert "snapshot" not in stage(answer, "won")


def test_the_snapshot_converts_at_todays_rate(scene):
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"))
    ExchangeRate.objects.create(currency="USD", day=date(2026, 1, 10), rate=Decimal("0.8"))
    for currency in ("USD", "SEK"):
        lead = scene.lead([("new", 0)], value="100.00")
        Lead.objects.filter(id=lead.id).update(currency=currency)
    now = stage(funnel(ever(), on=day(20)), "new")["snapshot"]
    assert now["value"]["amount"] == "80.00"
    assert now["without_rate"] == 1


def test_a_retired_stage_shows_while_it_holds_something(scene):
    scene.lead([("new", 0), ("demo", 1)])
    Stage.objects.filter(key__in=["demo", "offer"]).update(retired_at=day(3))
    assert [row["key"] for row in funnel(ever())["rows"]] == ["new", "demo", "won"]


def test_reps_see_the_figures_of_the_leads_they_may_see(scene):
    scene.lead([("new", 0)], owner="Anna")
    scene.lead([("new", 0)], owner="Cato")
    assert funnel(ever(), scene.users["Anna"])["total"]["entered"] == 1
    assert stage(funnel(ever(), scene.users["Anna"]), "new")["snapshot"]["leads"] == 1
    assert funnel(ever(), scene.users["Mila"])["total"]["entered"] == 2


BEHIND = {
    "entered": lambda row: row["conversion"]["denominator"],
    "reached_next": lambda row: row["conversion"]["numerator"],
    "resolved": lambda row: row["conversion_resolved"]["denominator"],
    "lost": lambda row: row["lost"],
    "stalled": lambda row: row["stalled"],
    "active": lambda row: row["active"],
    "won": lambda row: row["win_rate"]["numerator"],
    "decided": lambda row: row["win_rate"]["denominator"],
}


def mixed(scene: Scene) -> None:
    scene.lead([("new", 0), ("demo", 2)], owners=["Anna", "Bram"], products=["Press", "Mill"])
    scene.lead([("new", 0), ("demo", 2), ("won", 70)], closed=("won", 70), owner="Cato")
    scene.lead([("new", 0)], closed=("lost", 3), source=None, owner=None)
    scene.lead([("new", 0), ("demo", 1), ("new", 2)], products=["Advice"])
    scene.lead([("new", 0)], closed=("cancelled", 3))
    scene.lead([("new", 0)], deleted=True)


def test_every_figure_opens_as_many_leads_as_it_counts(scene):
    mixed(scene)
    for row in funnel(ever())["rows"]:
        for part, counted in BEHIND.items():
            behind = leads_behind("funnel", ever(), row["key"], part, scene.users["Mila"])
            assert behind.count() == counted(row), (row["key"], part)
        if "snapshot" in row:
            present = leads_behind("funnel", ever(), row["key"], "present", None)
            assert present.count() == row["snapshot"]["leads"]
            waiting = leads_behind("funnel", ever(), row["key"], "idle", None)
            assert waiting.count() == row["snapshot"]["idle"]


@pytest.mark.parametrize(
    "by",
    [
        *("owner", "team", "territory", "product", "product_line", "source"),
        *("month", "quarter", "pipeline"),
    ],
)
def test_every_figure_of_a_breakdown_opens_its_leads(scene, by):
    mixed(scene)
    filters = ever(by=by)
    answer = funnel(filters)
    assert answer["rows"]
    for row in answer["rows"]:
        for line in row["stages"]:
            for part, counted in BEHIND.items():
                behind = leads_behind("funnel", filters, row["key"], part, None, stage=line["key"])
                assert behind.count() == counted(line), (row["key"], line["key"], part)


def test_strange_questions_are_refused(scene):
    with pytest.raises(Invalid):
        funnel(ever(by="loss_reason"))
    with pytest.raises(Invalid):
        leads_behind("funnel", ever(), "nowhere", "entered", None)
    with pytest.raises(Invalid):
        leads_behind("funnel", ever(), "new", "happy", None)


@pytest.mark.parametrize("leads", [10, 40])
def test_queries_do_not_grow(scene, leads, django_assert_num_queries):
    for number in range(leads):
        scene.lead(
            [("new", number), ("demo", number + 1)],
            owner="Anna" if number % 2 else "Cato",
            products=["Press"],
        )
    # The pipeline, its stages, the entries, the settings' stamp, what is there now, what deals
    # are worth, which conversions are marked; the first time the organisation too.
    for by, queries in ((None, 9), ("owner", 9), ("product", 10)):
        # With a breakdown the names; where a lead can be in several rows, the total apart.
        with django_assert_num_queries(queries):
            funnel(ever(by=by))
