"""Deal size on histories small enough to count by hand."""

from decimal import Decimal
from typing import Any

import pytest

from cadans.ground.errors import Invalid
from cadans.insight.filters import Filters
from cadans.insight.reports import leads_behind, report
from cadans.leads.models import Closing, Lead, LeadProduct
from tests.insight.scene import Scene, day, ever

JANUARY, FEBRUARY, MARCH = 0, 31, 59
"""On which day of a history each month of 2026 begins."""


def sold(scene: Scene, value: str | None, at: float = 5, **more: Any) -> Lead:
    return scene.lead(closed=("won", at), value=value, **more)


def total(**chosen: Any) -> dict[str, Any]:
    found: dict[str, Any] = report("deal-size", ever(**chosen), None)["total"]
    return found


def february(**chosen: Any) -> dict[str, Any]:
    """February 2026, which is compared with January."""
    since, until = day(FEBRUARY).date(), day(MARCH).date()
    return report("deal-size", Filters(since=since, until=until, **chosen), None)


def rows(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["label"]: row for row in answer["rows"]}


def test_mean_median_and_sum_are_exact(scene):
    for value in ("10.00", "10.01", "99.99", "0.01"):
        sold(scene, value)
    found = total()
    assert found["won_value"]["amount"] == "120.01"
    assert found["mean"]["amount"] == "30.00"
    # Halfway between 10.00 and 10.01, rounded to the even cent.
    assert found["median"]["amount"] == "10.00"
    # 55 hundredths of the way from 10.01 to 99.99.
    assert found["p85"]["amount"] == "59.50"
    assert found["won"] == found["leads"] == 4


def test_only_leads_that_are_won_and_there_count(scene):
    sold(scene, "100.00")
    scene.lead(closed=("lost", 4), value="900.00")
    scene.lead(closed=("cancelled", 4), value="900.00")
    scene.lead(value="900.00")
    sold(scene, "900.00", deleted=True)
    assert (total()["won"], total()["mean"]["amount"]) == (1, "100.00")


def test_a_reopened_lead_counts_by_its_last_closing_only(scene):
    sold(scene, "100.00", undone=[("won", 2, 3)])
    scene.lead(value="700.00", undone=[("won", 2, 3)])
    found = total()
    assert (found["won"], found["won_value"]["amount"]) == (1, "100.00")


def test_a_merged_lead_counts_in_nothing(scene):
    kept = sold(scene, "100.00")
    Lead.objects.filter(id=sold(scene, "300.00").id).update(merged_into=kept, deleted_at=scene.now)
    assert total()["won"] == 1


def test_a_lead_counts_for_its_worth_when_it_closed_and_for_its_owner_then(scene):
    lead = sold(scene, "100.00", owner="Anna", closer="Bram")
    Lead.objects.filter(id=lead.id).update(value=Decimal("900.00"))
    found = rows(report("deal-size", ever(by="owner"), None))
    assert {name: row["mean"]["amount"] for name, row in found.items()} == {"Bram": "100.00"}


def test_leads_without_a_value_stand_apart_and_a_value_of_nothing_is_one(scene):
    sold(scene, None)
    sold(scene, "0.00")
    sold(scene, "50.00")
    found = total()
    assert (found["won"], found["leads"], found["without_value"]) == (3, 2, 1)
    assert found["mean"]["amount"] == "25.00"


def test_without_values_there_is_no_size_and_it_is_said_why(scene):
    empty = total()
    assert empty["mean"] == {
        "amount": None,
        "currency": "EUR",
        "low": None,
        "high": None,
        "reason": "no_leads",
    }
    assert empty["won_value"]["amount"] == "0.00"
    sold(scene, None)
    found = total()
    assert found["mean"]["reason"] == found["won_value"]["reason"] == "no_values"
    assert found["won_value"]["amount"] is None


def test_a_deal_moved_back_and_forth_counts_once(scene):
    path = [("new", 0), ("demo", 1), ("new", 2), ("demo", 3), ("won", 4)]
    scene.lead(path, closed=("won", 4), value="100.00", owners=["Anna", "Bram"] * 2 + ["Anna"])
    assert total()["won_value"]["amount"] == "100.00"


def test_the_median_has_the_interval_of_its_ranks(scene):
    for value in range(1, 21):
        sold(scene, f"{value}.00")
    assert (total()["median"]["low"], total()["median"]["high"]) == ("5.00", "16.00")
    assert total()["mean"]["low"] is not None


def test_the_trend_is_the_slope_of_the_months(scene):
    for month, start in enumerate((JANUARY, FEBRUARY, MARCH)):
        for value in (90, 100, 110):
            sold(scene, f"{value + month * 10}.00", start + 3)
    trend = total()["trend"]
    assert trend["amount"] == "10.00"
    assert Decimal(trend["low"]) < 10 < Decimal(trend["high"])
    assert trend["months"] == 3


def test_two_months_are_no_trend(scene):
    for start in (JANUARY, FEBRUARY):
        for _number in range(5):
            sold(scene, "10.00", start + 1)
    assert total()["trend"]["reason"] == "too_few"


def test_the_change_is_that_since_the_period_before(scene):
    sold(scene, "100.00", JANUARY + 2)
    sold(scene, "130.00", FEBRUARY + 2)
    change = february()["total"]["change"]
    assert change["amount"] == "30.00"
    assert change["before"]["mean"]["amount"] == "100.00"
    assert (change["within"], change["verdict"]) == (None, "")


@pytest.mark.parametrize(
    ("january", "february_", "reason"),
    [([], ["1.00"], "none_before"), (["1.00"], [], "none_now"), (["1.00"], [None], "none_now")],
)
def test_without_deals_on_both_sides_there_is_no_change(scene, january, february_, reason):
    for values, start in ((january, JANUARY), (february_, FEBRUARY)):
        for value in values:
            sold(scene, value, start + 2)
    assert february(by="owner")["total"]["change"]["reason"] == reason


def test_all_time_has_nothing_before_it(scene):
    sold(scene, "1.00")
    assert total()["change"]["reason"] == "no_period_before"


def test_within_and_mix_add_up_and_show_who_is_gone(scene):
    for owner, at, values in (
        ("Anna", JANUARY, ("100.00", "200.00")),
        ("Bram", JANUARY, ("50.00",)),
        ("Anna", FEBRUARY, ("180.00",)),
        ("Cato", FEBRUARY, ("70.00", "91.00")),
    ):
        for value in values:
            sold(scene, value, at + 2, owner=owner)
    answer = february(by="owner")
    change, found = answer["total"]["change"], rows(answer)
    assert change["amount"] == "-3.00"  # from 116.67 to 113.67
    assert set(found) == {"Anna", "Bram", "Cato"}
    assert found["Anna"]["change"]["within"] == "15.00"  # (2/3 + 1/3) / 2 × 30
    assert found["Anna"]["change"]["share_before"] == pytest.approx(2 / 3)
    assert found["Bram"]["won"] == 0
    assert (found["Bram"]["change"]["within"], found["Cato"]["change"]["within"]) == ("0.00",) * 2
    parts = [Decimal(row["change"][part]) for row in found.values() for part in ("within", "mix")]
    assert sum(parts) == Decimal(change["amount"])
    assert Decimal(change["within"]) + Decimal(change["mix"]) == Decimal(change["amount"])


def test_growth_of_all_is_told_from_chance(scene):
    for number in range(10):
        for owner in ("Anna", "Bram"):
            sold(scene, f"{100 + number}.00", JANUARY + 2, owner=owner)
            sold(scene, f"{140 + number}.00", FEBRUARY + 2, owner=owner)
    assert february(by="owner")["total"]["change"]["verdict"] == "across_the_board"
    for number in range(10):
        for start in (JANUARY, FEBRUARY):
            sold(scene, f"{number * 60}.00", start + 2)
    assert february(by="owner")["total"]["change"]["verdict"] == "chance"


def test_a_deal_of_two_products_is_divided_by_their_price(scene):
    sold(scene, "100.00", JANUARY + 2, products=["Press"])
    lead = sold(scene, "300.00", FEBRUARY + 2, products=["Press", "Mill"])
    for product, price in (("Press", "10.00"), ("Mill", "30.00")):
        LeadProduct.objects.filter(lead=lead, product=scene.products[product]).update(price=price)
    answer = february(by="product")
    found = rows(answer)
    # The rows themselves count the whole deal in both.
    assert (found["Press"]["won"], found["Mill"]["mean"]["amount"]) == (1, "300.00")
    assert found["Mill"]["change"]["share"] == 0.75
    assert found["Press"]["change"]["share"] == 0.25
    assert answer["total"]["change"]["amount"] == "200.00"
    LeadProduct.objects.filter(product=scene.products["Mill"]).update(price=None)
    assert rows(february(by="product"))["Mill"]["change"]["share"] == 0.5


def test_a_deal_of_somebody_in_two_teams_is_divided_evenly(scene):
    sold(scene, "100.00", JANUARY + 2, owner="Anna")
    sold(scene, "300.00", FEBRUARY + 2, owner="Bram")
    found = rows(february(by="team"))
    assert found["South"]["change"]["share"] == 0.5
    assert found["North"]["change"]["share"] == 0.5


def test_a_product_line_takes_what_its_products_come_to(scene):
    sold(scene, "100.00", JANUARY + 2)
    lead = sold(scene, "300.00", FEBRUARY + 2, products=["Press", "Mill", "Advice"])
    LeadProduct.objects.filter(lead=lead).update(price="10.00")
    found = {row["key"]: row for row in february(by="product_line")["rows"]}
    assert found[str(scene.line.id)]["change"]["share"] == 1
    assert found["none"]["change"]["share_before"] == 1


def test_by_loss_reason_is_refused(scene):
    with pytest.raises(Invalid):
        report("deal-size", ever(by="loss_reason"), None)


def test_months_between_are_there_without_a_size(scene):
    sold(scene, "10.00", JANUARY + 2)
    sold(scene, "10.00", MARCH + 2)
    found = report("deal-size", ever(by="month"), None)["rows"]
    assert [(row["key"], row["mean"]["amount"]) for row in found] == [
        ("2026-01", "10.00"),
        ("2026-02", None),
        ("2026-03", "10.00"),
    ]
    assert found[0]["change"] is None


BREAKDOWNS = ["owner", "team", "source", "stage", "product", "product_line", "quarter", "territory"]


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_every_figure_opens_the_leads_it_counts(scene, by):
    for value in ("3.00", "10.00", None):
        sold(scene, value, products=["Press", "Mill"])
    sold(scene, "8.00", owner="Bram", source=None, products=["Advice"])
    sold(scene, None, owner=None)
    scene.lead(closed=("lost", 4))
    answer = report("deal-size", ever(by=by), None)
    for row in [*answer["rows"], {**answer["total"], "key": ""}]:
        for part, count in (
            ("won", row["won"]),
            ("valued", row["leads"]),
            ("unknown", row["without_value"]),
        ):
            behind = leads_behind("deal-size", ever(by=by), row["key"], part, None)
            assert behind.count() == count


def test_an_unknown_part_is_refused(scene):
    with pytest.raises(Invalid):
        leads_behind("deal-size", ever(), "", "maybe", None)


def test_reps_see_their_own_only(scene):
    sold(scene, "10.00")
    sold(scene, "20.00", owner="Bram")
    assert report("deal-size", ever(), scene.users["Anna"])["total"]["won"] == 1


def test_worth_is_in_the_organisations_currency(scene):
    lead = sold(scene, "10.00")
    Closing.objects.filter(lead=lead).update(value="12.00", currency="USD")
    assert total()["mean"]["amount"] == "10.00"
    assert total(currency="USD")["won"] == 1
    assert total(currency="EUR")["won"] == 0


@pytest.mark.parametrize("leads", [10, 40])
def test_queries_do_not_grow(scene, leads, django_assert_num_queries):
    for number in range(1, leads + 1):
        sold(scene, f"{number}.00", FEBRUARY + number / 4)
    sold(scene, "5.00", JANUARY + 1)
    # Settings (2); total, months and rows; those before: total and rows; the owners' names.
    with django_assert_num_queries(5):
        february(by="owner")
