"""Win rate, by hand-sized examples."""

from dataclasses import replace
from datetime import date

import pytest

from cadans.assignment.models import Territory
from cadans.ground.errors import Invalid, NotFound
from cadans.insight.filters import Filters, read_filters
from cadans.insight.reports import leads_behind, report
from cadans.leads.models import Lead
from tests.insight.scene import Scene, day, ever


def win_rate(filters, user=None):
    return report("win-rate", filters, user)


def row(answer, label):
    return next(row for row in answer["rows"] if row["label"] == label)


def test_won_of_won_and_lost(scene):
    scene.lead(closed=("won", 5), value="300.00")
    scene.lead(closed=("won", 6), value="100.00")
    scene.lead(closed=("lost", 7), value="200.00")
    scene.lead()
    total = win_rate(ever())["total"]
    assert (total["win_rate"]["numerator"], total["win_rate"]["denominator"]) == (2, 3)
    assert total["win_rate"]["value"] == pytest.approx(2 / 3)
    assert total["win_rate_by_value"]["numerator"] == "400.00"
    assert total["win_rate_by_value"]["denominator"] == "600.00"
    assert total["won_value"] == {"amount": "400.00", "currency": "EUR"}
    cohort = total["cohort"]
    assert (cohort["opened"], cohort["won"], cohort["lost"], cohort["open"]) == (4, 2, 1, 1)
    assert cohort["win_rate"]["denominator"] == 3


def test_cancelled_deleted_and_reopened_leads_count_nowhere(scene):
    scene.lead(closed=("cancelled", 5))
    scene.lead(closed=("won", 5), deleted=True)
    scene.lead(undone=[("won", 5, 6)])
    total = win_rate(ever())["total"]
    assert total["win_rate"]["value"] is None
    assert total["win_rate"]["reason"] == "no_leads"
    assert (total["won"], total["lost"]) == (0, 0)
    assert total["cohort"]["opened"] == 1
    assert total["cohort"]["open"] == 1


def test_a_reopened_lead_counts_by_its_last_closing(scene):
    scene.lead(undone=[("lost", 5, 6)], closed=("won", 40))
    january = Filters(since=date(2026, 1, 1), until=date(2026, 2, 1))
    assert win_rate(january)["total"]["lost"] == 0
    assert win_rate(january)["total"]["cohort"]["won"] == 1
    assert win_rate(ever())["total"]["won"] == 1


def test_the_day_of_closing_is_the_organisations_own(scene):
    # 23:30 UTC on 31 January is half past midnight on 1 February in Amsterdam.
    scene.lead(closed=("won", 30 + 11.5 / 24))
    february = Filters(since=date(2026, 2, 1), until=date(2026, 3, 1))
    assert win_rate(february)["total"]["won"] == 1
    assert win_rate(replace(february, zone="UTC"))["total"]["won"] == 0
    assert win_rate(ever(by="month"))["rows"][-1]["key"] == "2026-02"


def test_the_end_of_the_period_does_not_count(scene):
    scene.lead(closed=("won", 5))
    on_the_day = day(5).date()
    assert win_rate(Filters(since=date(2026, 1, 1), until=on_the_day))["total"]["won"] == 0
    assert win_rate(Filters(since=on_the_day, until=date(2026, 2, 1)))["total"]["won"] == 1


def test_the_owner_is_the_one_at_the_closing(scene):
    scene.lead(closed=("won", 5), owner="Anna", closer="Bram")
    answer = win_rate(ever(by="owner"))
    assert [(found["label"], found["won"]) for found in answer["rows"]] == [("Bram", 1)]
    # The cohort follows the same owner.
    assert answer["rows"][0]["cohort"]["won"] == 1


def test_a_rep_in_two_teams_counts_in_both_rows_and_once_in_the_total(scene):
    scene.lead(closed=("won", 5), owner="Bram")
    scene.lead(closed=("lost", 5), owner="Anna")
    scene.lead(closed=("lost", 5), owner=None)
    answer = win_rate(ever(by="team"))
    assert row(answer, "North")["win_rate"]["denominator"] == 2
    assert row(answer, "South")["win_rate"]["denominator"] == 1
    assert answer["total"]["win_rate"]["denominator"] == 3
    assert answer["rows"][-1]["key"] == "none"


def test_two_products_of_one_line_are_one_lead_of_the_line(scene):
    scene.lead(closed=("won", 5), products=["Press", "Mill", "Advice"], value="10.00")
    lines = win_rate(ever(by="product_line"))
    assert row(lines, "Machines")["won"] == 1
    assert row(lines, "Machines")["won_value"]["amount"] == "10.00"
    products = win_rate(ever(by="product"))
    assert {found["label"]: found["won"] for found in products["rows"]} == {
        "Press": 1,
        "Mill": 1,
        "Advice": 1,
    }
    assert products["total"]["won"] == 1


def test_loss_reasons_are_shares_of_the_losses(scene):
    scene.lead(closed=("won", 5))
    scene.lead(closed=("lost", 5), reason="Price")
    scene.lead(closed=("lost", 5), reason="Price")
    scene.lead(closed=("lost", 5))
    answer = win_rate(ever(by="loss_reason"))
    assert row(answer, "Price")["share_of_lost"]["numerator"] == 2
    assert row(answer, "Price")["share_of_lost"]["denominator"] == 3
    assert row(answer, "Price")["win_rate"]["value"] is None
    assert row(answer, "Price")["win_rate"]["reason"] == "only_lost"
    assert answer["rows"][-1]["lost"] == 1
    assert answer["total"]["win_rate"]["denominator"] == 4


def test_months_without_closings_are_null_rows(scene):
    scene.lead(closed=("won", 5))
    scene.lead(path=[("new", 65)], closed=("lost", 70))
    rows = win_rate(ever(by="month"))["rows"]
    assert [(found["key"], found["win_rate"]["value"]) for found in rows] == [
        ("2026-01", 1.0),
        ("2026-02", None),
        ("2026-03", 0.0),
    ]
    quarter = win_rate(ever(by="quarter"))["rows"]
    assert [(found["key"], found["won"], found["lost"]) for found in quarter] == [("2026-Q1", 1, 1)]


def test_lost_leads_without_worth_make_the_rate_by_value_null(scene):
    scene.lead(closed=("won", 5), value="100.00")
    scene.lead(closed=("lost", 5), value="0.00")
    scene.lead(closed=("lost", 5), value=None)
    total = win_rate(ever())["total"]
    assert total["win_rate_by_value"]["value"] is None
    assert total["win_rate_by_value"]["reason"] == "lost_without_value"
    assert total["without_value"] == 2
    scene.lead(closed=("lost", 5), value="100.00")
    assert win_rate(ever())["total"]["win_rate_by_value"]["value"] == 0.5


def test_a_value_of_which_nothing_is_known_is_null_and_not_0(scene):
    scene.lead(closed=("won", 5), value=None)
    scene.lead(closed=("lost", 6), value="10.00")
    total = win_rate(ever())["total"]
    unknown = {"amount": None, "currency": "EUR", "reason": "no_value"}
    assert (total["won_value"], total["lost_value"]["amount"]) == (unknown, "10.00")
    scene.lead(closed=("won", 7), value="5.00")
    assert win_rate(ever())["total"]["won_value"]["amount"] == "5.00"


def test_filters_narrow(scene):
    won = scene.lead(closed=("won", 5), owner="Anna", source="Web", products=["Press"])
    scene.lead(closed=("lost", 5), owner="Cato", source=None)
    chosen = [
        ever(owner=scene.users["Anna"].id),
        ever(team=scene.teams["North"].id),
        ever(source=scene.sources["Web"].id),
        ever(product=scene.products["Press"].id),
        ever(product_line=scene.line.id),
        ever(
            pipeline=scene.pipeline.id, version=scene.version.id, currency="EUR", owner=won.owner_id
        ),
    ]
    for filters in chosen:
        total = win_rate(filters)["total"]
        assert (total["won"], total["lost"]) == (1, 0)
        assert total["cohort"]["opened"] == 1
    for filters in (ever(source="none"), ever(product="none"), ever(product_line="none")):
        assert win_rate(filters)["total"]["lost"] == 1
        assert win_rate(filters)["total"]["won"] == 0
    assert win_rate(ever(owner="none"))["total"]["win_rate"]["value"] is None
    assert win_rate(ever(team="none"))["total"]["win_rate"]["value"] is None
    assert win_rate(ever(currency="USD"))["total"]["win_rate"]["value"] is None


def test_reps_see_the_figures_of_the_leads_they_may_see(scene):
    scene.lead(closed=("won", 5), owner="Anna")
    scene.lead(closed=("lost", 5), owner="Cato")
    scene.lead(closed=("lost", 5), owner=None)
    assert win_rate(ever(), scene.users["Anna"])["total"]["win_rate"]["denominator"] == 2
    assert win_rate(ever(), scene.users["Mila"])["total"]["win_rate"]["denominator"] == 3
    behind = leads_behind("win-rate", ever(), "", "closed", scene.users["Anna"])
    assert behind.count() == 2


PARTS = {
    "closed": lambda found: found["win_rate"]["denominator"],
    "won": lambda found: found["win_rate"]["numerator"],
    "lost": lambda found: found["lost"],
    "opened": lambda found: found["cohort"]["opened"],
    "opened_decided": lambda found: found["cohort"]["win_rate"]["denominator"],
    "opened_won": lambda found: found["cohort"]["won"],
    "opened_lost": lambda found: found["cohort"]["lost"],
    "opened_open": lambda found: found["cohort"]["open"],
}


def mixed(scene: Scene) -> None:
    scene.lead(closed=("won", 5), owner="Bram", products=["Press", "Mill"])
    scene.lead(closed=("lost", 40), owner="Anna", reason="Price", products=["Advice"])
    scene.lead(path=[("new", 1), ("demo", 4)], closed=("lost", 6), source=None, value=None)
    scene.lead(path=[("new", 100)], owner=None)
    scene.lead(closed=("cancelled", 9))
    scene.lead(closed=("won", 9), deleted=True)


@pytest.mark.parametrize(
    "by",
    [
        *("owner", "team", "territory", "product", "product_line", "source"),
        *("stage", "month", "quarter", "pipeline"),
    ],
)
def test_every_figure_opens_as_many_leads_as_it_counts(scene, by):
    mixed(scene)
    filters = ever(by=by)
    answer = win_rate(filters)
    assert answer["rows"]
    for key, found in [("", answer["total"]), *((line["key"], line) for line in answer["rows"])]:
        for part, counted in PARTS.items():
            behind = leads_behind("win-rate", filters, key, part, scene.users["Mila"])
            assert behind.count() == counted(found), (key, part)
        worthless = leads_behind("win-rate", filters, key, "worthless", None)
        assert worthless.count() == found["without_value"]


def test_losses_by_reason_open_as_well(scene):
    mixed(scene)
    filters = ever(by="loss_reason")
    for found in win_rate(filters)["rows"]:
        assert (
            leads_behind("win-rate", filters, found["key"], "lost", None).count() == found["lost"]
        )


def test_strange_questions_are_refused(scene):
    with pytest.raises(NotFound):
        report("happiness", ever(), None)
    with pytest.raises(Invalid):
        leads_behind("win-rate", ever(), "", "maybe", None)
    for by in ("owner", "month", "quarter", "pipeline", "stage"):
        with pytest.raises(Invalid):
            leads_behind("win-rate", ever(by=by), "no such row", "won", None)
    with pytest.raises(Invalid):
        ever(by="weather")
    with pytest.raises(Invalid):
        Filters(since=date(2026, 2, 1), until=date(2026, 2, 1))


def test_filters_are_read_from_an_address(scene):
    query = {
        "from": "2026-01-01",
        "to": "2026-02-01",
        "pipeline": "sales",
        "owner": "ANNA@example.com",
        "team": "north",
        "source": "none",
        "product": "Press",
        "version": str(scene.version.id),
        "currency": "eur",
        "by": "month",
    }
    filters = read_filters(query)
    assert (filters.since, filters.until) == (date(2026, 1, 1), date(2026, 2, 1))
    assert filters.pipeline == scene.pipeline.id
    assert filters.owner == scene.users["Anna"].id
    assert filters.team == scene.teams["North"].id
    assert filters.source == "none"
    assert filters.as_json()["currency"] == "EUR"
    assert filters.as_json()["by"] == "month"


def test_without_dates_the_last_twelve_months_are_meant(scene):
    filters = read_filters({}, today=date(2026, 11, 24))
    assert (filters.since, filters.until) == (date(2025, 12, 1), date(2026, 11, 25))
    assert read_filters({"from": "all"}).since == date(1900, 1, 1)


def test_the_period_before_has_the_same_length():
    may = Filters(since=date(2026, 5, 1), until=date(2026, 6, 1))
    before = may.period_before()
    assert before is not None
    assert (before.since, before.until) == (date(2026, 4, 1), date(2026, 5, 1))
    week = Filters(since=date(2026, 5, 11), until=date(2026, 5, 18)).period_before()
    assert week is not None
    assert (week.since, week.until) == (date(2026, 5, 4), date(2026, 5, 11))
    assert ever().period_before() is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("from", "yesterday"),
        ("to", "2026-13-01"),
        ("pipeline", "nonsense"),
        ("owner", "nobody@example.com"),
        ("currency", "XYZW"),
        ("version", "3"),
    ],
)
def test_an_unknown_choice_is_named(scene, name, text):
    with pytest.raises(Invalid) as refused:
        read_filters({name: text})
    assert refused.value.pointer == f"/{name}"


@pytest.mark.parametrize("leads", [10, 40])
def test_queries_do_not_grow(scene, leads, django_assert_num_queries):
    for number in range(leads):
        scene.lead(closed=("won" if number % 3 else "lost", number), products=["Press"])
    with django_assert_num_queries(5):  # stamp, organisation, closings, cohort, names
        answer = win_rate(ever(by="owner"))
    assert answer["rows"][0]["label"] == "Anna"
    with django_assert_num_queries(6):  # a lead may have several products: the total apart
        win_rate(ever(by="product"))


def test_a_territory_stands_for_its_whole_branch(scene):
    country = Territory.objects.create(name="Nederland")
    region = Territory.objects.create(name="Zeeland", parent=country)
    lead = scene.lead(closed=("won", 5))
    Lead.objects.filter(id=lead.id).update(territory=region)
    scene.lead(closed=("lost", 5))
    assert win_rate(ever(territory=country.id))["total"]["won"] == 1
    assert win_rate(ever(territory=country.id))["total"]["lost"] == 0
    assert win_rate(ever(territory="none"))["total"]["lost"] == 1
    # As a row of a breakdown it stands for itself.
    assert [found["key"] for found in win_rate(ever(by="territory"))["rows"]] == [
        str(region.id),
        "none",
    ]
