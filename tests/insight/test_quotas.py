"""Quotas: how they stand, by hand-sized examples."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.insight.actions.quotas import (
    add_quota,
    change_quota,
    copy_quotas,
    delete_quota,
    set_quotas,
)
from cadans.insight.filters import Filters
from cadans.insight.forecast.methods import Guess
from cadans.insight.models import Quota
from cadans.insight.quotas import (
    Days,
    amounts,
    chance,
    chance_to_reach,
    days_of,
    leads_of,
    pace,
    quotas,
)
from cadans.insight.reports import leads_behind
from cadans.team.models import Organisation, User

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)
SPRING = Filters(since=date(2026, 4, 1), until=date(2026, 7, 1))


def asked(scene, *, by: str = "owner", user: str | None = None) -> dict[str, dict]:
    filters = Filters(**{**vars(SPRING), "by": by})
    answer = quotas(filters, None if user is None else scene.users[user])
    return {row["label"]: row for row in answer["rows"]} | {"": answer["total"]}


def quota(scene, name: str, amount: str, unit: str = "quarter", since: date = APRIL) -> Quota:
    holder = scene.teams.get(name) or scene.users[name]
    return add_quota(None, holder=holder, unit=unit, since=since, amount=Decimal(amount))


def test_a_quota_stands_at_what_was_won_of_it(scene):
    quota(scene, "Anna", "1000")
    quota(scene, "Cato", "500")
    scene.lead([("new", 0)], closed=("won", 100), value="250.00", owner="Anna")
    scene.lead([("new", 0)], closed=("won", 101), value="650.00", owner="Cato")
    scene.lead([("new", 0)], closed=("lost", 101), value="70.00", owner="Anna")
    scene.lead([("new", 0)], closed=("won", 80), value="70.00", owner="Anna")  # in March
    rows = asked(scene)
    assert rows["Anna"]["attainment"] == {
        "value": 0.25,
        "numerator": "250.00",
        "denominator": "1000.00",
    }
    assert rows["Anna"]["still_to_win"]["amount"] == "750.00"
    assert (rows["Cato"]["attainment"]["value"], rows["Cato"]["chance"]) == (
        1.3,
        {"value": None, "reason": "period_over"},
    )
    assert rows["Cato"]["still_to_win"]["amount"] == "0.00"
    assert (rows[""]["quota"]["amount"], rows[""]["won"]["amount"]) == ("1500.00", "900.00")
    assert "Bram" not in rows


def test_a_team_has_what_its_members_win(scene):
    quota(scene, "South", "1000")
    scene.lead([("new", 0)], closed=("won", 100), value="250.00", owner="Bram")
    scene.lead([("new", 0)], closed=("won", 101), value="50.00", owner="Cato")
    scene.lead([("new", 0)], closed=("won", 101), value="70.00", owner="Anna")
    assert asked(scene, by="team")["South"]["won"]["amount"] == "300.00"


def test_won_leads_count_for_who_owned_them_and_only_while_they_stand(scene):
    quota(scene, "Anna", "1000")
    scene.lead([("new", 0)], closed=("won", 100), value="10.00", owner="Cato", closer="Anna")
    scene.lead([("new", 0)], closed=("won", 100), value="20.00", owner="Anna", deleted=True)
    scene.lead([("new", 0)], closed=("cancelled", 100), value="40.00", owner="Anna")
    scene.lead([("new", 0)], undone=[("won", 100, 102)], value="80.00", owner="Anna")
    assert asked(scene)["Anna"]["won"]["amount"] == "10.00"


def test_without_a_quota_nothing_is_said(scene):
    total = asked(scene)[""]
    for name in ("quota", "still_to_win"):
        assert (total[name]["amount"], total[name]["reason"]) == (None, "no_quota")
    for name in ("attainment", "pace", "chance"):
        assert (total[name]["value"], total[name]["reason"]) == (None, "no_quota")


def test_a_quarter_is_asked_of_its_months_when_they_are_all_there(scene):
    for month in (4, 5):
        quota(scene, "Anna", "100", "month", date(2026, month, 1))
    anna = ("owner", scene.users["Anna"].id)
    assert anna not in amounts(SPRING, None)
    quota(scene, "Anna", "150.50", "month", date(2026, 6, 1))
    assert amounts(SPRING, None)[anna] == Decimal("350.50")
    quota(scene, "Anna", "999")
    assert amounts(SPRING, None)[anna] == Decimal("999.00")
    year = Filters(since=date(2026, 1, 1), until=date(2027, 1, 1))
    assert anna not in amounts(year, None)


def test_pace_compares_with_the_working_days_that_are_over(scene):
    # April 2026: Good Friday was on the 3rd, Easter Monday on the 6th, King's Day on the 27th.
    april = Filters(since=APRIL, until=date(2026, 5, 1))
    days = days_of(april, date(2026, 4, 15))
    assert (days.passed, days.all) == (8, 19)
    seen = pace(Decimal(1000), Decimal(300), Days(5, 20))
    assert seen == {"value": 1.2, "passed": 5, "working_days": 20}
    assert pace(Decimal(1000), Decimal(300), Days(0, 20))["reason"] == "not_begun"
    assert days_of(april, date(2026, 3, 1)).passed == 0
    assert days_of(april, date(2027, 3, 1)) == Days(days.all, days.all)


def test_the_chance_is_read_from_the_interval():
    guess = Guess(Decimal("100"), Decimal("80"), Decimal("140"))
    assert chance_to_reach(100, 100, 80, 140) == pytest.approx(0.5)
    assert chance_to_reach(80, 100, 80, 140) == pytest.approx(0.9)
    assert chance_to_reach(140, 100, 80, 140) == pytest.approx(0.1)
    assert chance_to_reach(101, 100, 100, 100) == 0
    assert chance(Decimal(140), Decimal(20), guess)["value"] == pytest.approx(0.1)
    assert chance(Decimal(140), Decimal(140), None) == {"value": 1.0}
    silent = chance(Decimal(140), Decimal(20), Guess(reason="too_little_history"))
    assert silent == {"value": None, "reason": "too_little_history"}
    plain = chance(Decimal(140), Decimal(20), Guess(Decimal(5)))
    assert plain == {"value": None, "reason": "no_interval"}


def test_reps_see_the_quotas_of_those_whose_leads_they_see(scene):
    for name in ("Anna", "Bram", "Cato", "North", "South"):
        quota(scene, name, "100")

    def seen(name: str) -> list[str]:
        rows = Quota.objects.visible_to(scene.users[name]).select_related("user", "team")
        return sorted(str(row.user or row.team) for row in rows)

    assert seen("Mila") == ["Anna", "Bram", "Cato", "North", "South"]
    assert seen("Anna") == ["Anna"]
    Organisation.objects.update(leads_seen_by_reps="team")
    assert seen("Anna") == ["Anna", "Bram", "North"]
    assert seen("Bram") == ["Anna", "Bram", "Cato", "North", "South"]
    Organisation.objects.update(leads_seen_by_reps="all")
    assert len(seen("Anna")) == 5
    Organisation.objects.update(leads_seen_by_reps="own")
    assert list(asked(scene, user="Anna")) == ["Anna", ""]
    assert list(asked(scene, user="Anna", by="team")) == [""]


def test_the_leads_behind_a_quota_are_those_won(scene):
    quota(scene, "Anna", "100")
    lead = scene.lead([("new", 0)], closed=("won", 100), value="10.00", owner="Anna")
    scene.lead([("new", 0)], closed=("won", 100), value="10.00", owner="Cato")
    filters = Filters(**{**vars(SPRING), "by": "owner"})
    behind = leads_behind("quotas", filters, str(scene.users["Anna"].id), "won", None)
    assert list(behind) == [lead]
    with pytest.raises(Invalid):
        leads_of(filters, None, "", "lost")
    with pytest.raises(Invalid):
        quotas(Filters(**{**vars(SPRING), "by": "source"}), None)


# ── setting them ────────────────────────────────────────────────────────────────────────────


def told(kind: str) -> list[dict]:
    return [event.data for event in Event.objects.filter(kind=kind).order_by("id")]


def test_managers_set_change_and_take_away(scene):
    mila = scene.users["Mila"]
    made = add_quota(
        mila, holder=scene.users["Anna"], unit="month", since=APRIL, amount=Decimal("10.5")
    )
    assert (made.amount, made.currency, made.until) == (Decimal("10.50"), "EUR", date(2026, 5, 1))
    change_quota(mila, made, amount=Decimal("20"))
    delete_quota(mila, made)
    assert told("quota_added")[0]["amount"] == "10.50"
    assert (told("quota_changed")[0]["before"], told("quota_changed")[0]["amount"]) == (
        "10.50",
        "20.00",
    )
    assert told("quota_deleted")[0]["user"] == str(scene.users["Anna"].id)
    assert not Quota.objects.exists()


def test_reps_set_none(scene):
    anna = scene.users["Anna"]
    made = quota(scene, "Anna", "5")
    for deed in (
        lambda: add_quota(anna, holder=anna, unit="year", since=APRIL, amount=Decimal(1)),
        lambda: change_quota(anna, made, amount=Decimal(1)),
        lambda: delete_quota(anna, made),
        lambda: set_quotas(anna, unit="quarter", since=APRIL, amounts={anna: Decimal(1)}),
        lambda: copy_quotas(anna, unit="quarter", since=APRIL),
    ):
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.parametrize(
    ("unit", "since", "amount"),
    [
        ("week", APRIL, "10"),
        ("quarter", date(2026, 5, 1), "10"),
        ("month", date(2026, 5, 2), "10"),
        ("year", APRIL, "10"),
        ("month", date(1800, 1, 1), "10"),
        ("month", APRIL, "0"),
        ("month", APRIL, "-1"),
        ("month", APRIL, "1.005"),
        ("month", APRIL, "NaN"),
        ("month", APRIL, "1000000000000"),
    ],
)
def test_what_cannot_be_asked_is_refused(scene, unit, since, amount):
    with pytest.raises((Invalid, ValidationError)):
        quota(scene, "Anna", amount, unit, since)
    assert not Quota.objects.exists()


def test_one_quota_a_period(scene):
    quota(scene, "Anna", "5")
    with pytest.raises(Conflict):
        quota(scene, "Anna", "6")
    quota(scene, "Anna", "6", "month")
    assert Quota.objects.count() == 2


def test_many_are_set_at_once_and_what_stays_the_same_is_not_told(scene):
    anna, bram, cato = (scene.users[name] for name in ("Anna", "Bram", "Cato"))
    quota(scene, "Anna", "5")
    quota(scene, "Bram", "6")
    amounts_wanted = {
        anna: Decimal("5.00"),
        bram: None,
        cato: Decimal(7),
        scene.teams["North"]: None,
    }
    changed = set_quotas(scene.users["Mila"], unit="quarter", since=APRIL, amounts=amounts_wanted)
    assert changed == 2
    assert {str(row.user): row.amount for row in Quota.objects.select_related("user")} == {
        "Anna": Decimal("5.00"),
        "Cato": Decimal("7.00"),
    }
    assert (len(told("quota_changed")), len(told("quota_deleted"))) == (0, 1)
    with pytest.raises(Invalid):
        set_quotas(None, unit="quarter", since=APRIL, amounts={anna: Decimal(9), cato: Decimal(0)})
    assert Quota.objects.get(user=anna).amount == Decimal("5.00")


def test_those_of_the_period_before_are_copied_to_who_has_none(scene):
    for name, amount in (("Anna", "1"), ("Bram", "2"), ("Cato", "3"), ("North", "4")):
        quota(scene, name, amount, since=date(2026, 1, 1))
    quota(scene, "Anna", "9")
    User.objects.filter(name="Cato").update(is_active=False)
    assert copy_quotas(scene.users["Mila"], unit="quarter", since=APRIL) == 2
    rows = Quota.objects.of_period("quarter", APRIL).select_related("user", "team")
    assert {str(row.user or row.team): row.amount for row in rows} == {
        "Anna": Decimal(9),
        "Bram": Decimal(2),
        "North": Decimal(4),
    }
    assert copy_quotas(None, unit="quarter", since=APRIL) == 0
