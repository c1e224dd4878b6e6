"""The report of a forecast: three methods side by side, quota and coverage, and what is behind."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.utils import timezone

from cadans.ground.errors import Invalid
from cadans.ground.remembered import one_moment
from cadans.insight.actions.quotas import add_quota
from cadans.insight.filters import Filters
from cadans.insight.forecast.report import forecast, weighed_leads
from cadans.insight.models import Snapshot
from cadans.insight.reports import leads_behind
from cadans.leads.models import Lead
from tests.insight.scene import Scene, day

pytestmark = pytest.mark.django_db

MARCH = Filters(since=date(2026, 3, 1), until=date(2026, 4, 1))
NOW = datetime(2026, 3, 11, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def march(scene, monkeypatch) -> Scene:
    """It is 11 March: half of what closed was won, one of it this month; three leads are open."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    scene.lead([("new", 0)], closed=("won", 20), value="500.00")
    scene.lead([("new", 0)], closed=("lost", 22), value="700.00")
    scene.lead([("new", 0)], closed=("won", 61), value="300.00", owner="Cato")
    scene.lead([("new", 1)], closed=("lost", 62), value="100.00")
    scene.lead([("new", 30)], value="1000.00")
    late = scene.lead([("new", 31)], value="400.00")
    Lead.objects.filter(id=late.id).update(expected_close=date(2026, 5, 1))
    scene.lead([("new", 32)], value=None, owner="Cato")
    Lead.objects.update(made_at=day(0))
    return scene


def test_three_methods_what_is_won_and_what_is_open(march):
    answer = forecast(MARCH)
    total = answer["total"]
    assert (answer["metric"], answer["is_over"]) == ("forecast", False)
    assert total["basic"]["amount"] == "800.00"  # 300 + 1000 × ½
    assert total["stage"]["amount"] == "1000.00"  # 300 + 1400 × ½
    assert (total["model"]["amount"], total["model"]["reason"]) == (None, "too_little_history")
    assert answer["needs"][0]["won"] == 2
    assert (total["already_won"]["amount"], total["already_won"]["leads"]) == ("300.00", 1)
    assert total["open"] == {"amount": "1400.00", "currency": "EUR", "leads": 3}
    assert (total["open_expected"]["amount"], total["open_expected"]["leads"]) == ("1000.00", 2)
    assert total["open_expected"]["without_value"] == 1
    assert total["actual"]["reason"] == "not_over"


def test_coverage_is_open_value_over_what_is_still_to_be_won(march):
    assert forecast(MARCH)["total"]["coverage"]["reason"] == "no_quota"
    for name, amount in (("Anna", "600"), ("Cato", "200")):
        holder = march.users[name]
        add_quota(None, holder=holder, unit="month", since=MARCH.since, amount=Decimal(amount))
    total = forecast(MARCH)["total"]
    assert (total["quota"]["amount"], total["still_to_win"]["amount"]) == ("800.00", "500.00")
    assert total["coverage"] == {"value": 2.0, "numerator": "1000.00", "denominator": "500.00"}
    assert total["attainment"]["value"] == pytest.approx(0.375)
    assert total["pace"]["value"] == pytest.approx(0.375 / (total["pace"]["passed"] / 22))
    assert total["chance"]["reason"] == "too_little_history"
    rows = {row["label"]: row for row in forecast(_by("owner"))["rows"]}
    assert rows["Cato"]["coverage"]["reason"] == "quota_made"
    assert rows["Anna"]["coverage"]["value"] == pytest.approx(1000 / 600)
    source = Filters(**{**vars(MARCH), "source": march.sources["Web"].id})
    assert forecast(source)["total"]["quota"]["reason"] == "no_quota"
    anna = Filters(**{**vars(MARCH), "owner": march.users["Anna"].id})
    assert forecast(anna)["total"]["quota"]["amount"] == "600.00"


def _by(name: str) -> Filters:
    return Filters(**{**vars(MARCH), "by": name})


@pytest.mark.parametrize("by", ["owner", "pipeline", "source"])
def test_rows_add_up_to_the_total(march, by):
    answer = forecast(_by(by))
    for figure in ("already_won", "open", "open_expected", "stage"):
        amounts = [row[figure]["amount"] for row in answer["rows"]]
        whole = sum((Decimal(amount) for amount in amounts if amount), Decimal(0))
        if by != "owner" or figure != "stage":  # of Cato's lead the value is not known
            assert whole == Decimal(answer["total"][figure]["amount"]), figure


@pytest.mark.parametrize("by", ["month", "quarter", "stage", "loss_reason"])
def test_what_says_nothing_of_open_leads_is_no_breakdown(march, by):
    with pytest.raises(Invalid):
        forecast(_by(by))


def test_a_period_that_is_over_shows_the_forecast_of_its_start_as_it_was_kept(march, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=60))
    answer = forecast(MARCH)
    assert (answer["is_over"], answer["total"]["actual"]["amount"]) == (True, "300.00")
    # As March began five leads were open: of two closed one was won.
    assert answer["total"]["basic"]["amount"] == "700.00"
    assert answer["total"]["already_won"]["amount"] == "0.00"
    Snapshot.objects.create(
        since=MARCH.since,
        until=MARCH.until,
        day=MARCH.since,
        scope="all",
        method="basic",
        value="650.00",
        already_won=0,
        open_leads=1,
        currency="EUR",
    )
    answer = forecast(MARCH)
    assert answer["total"]["basic"]["amount"] == "650.00"
    assert answer["history"] == [
        {
            "day": "2026-03-01",
            "already_won": "0.00",
            "basic": {"amount": "650.00", "low": None, "high": None},
        }
    ]


def test_the_leads_behind_a_figure_are_those_it_counts(march):
    for part in ("open", "open_expected"):
        name = "expected" if part == "open_expected" else part
        count = forecast(MARCH)["total"][part]["leads"]
        assert leads_behind("forecast", MARCH, "", name, None).count() == count
    cato = str(march.users["Cato"].id)
    assert leads_behind("forecast", _by("owner"), cato, "won", None).get().owner.name == "Cato"
    assert leads_behind("forecast", _by("owner"), cato, "open", None).count() == 1
    for part in ("happy", "model.happy", "happy.lost", "model.lost"):
        with pytest.raises(Invalid):
            leads_behind("forecast", MARCH, "", part, None)


def test_leads_that_count_most_come_first_with_their_chances(march):
    rows = weighed_leads(MARCH, None)
    assert [row.lead.value for row in rows] == [Decimal(1000), Decimal(400), None]
    assert [row.is_expected for row in rows] == [True, False, True]
    assert rows[0].stage == pytest.approx(0.5)
    assert rows[0].model is None


def test_reps_forecast_what_they_may_see(march):
    cato = forecast(MARCH, march.users["Cato"])["total"]
    assert (cato["already_won"]["amount"], cato["open"]["leads"]) == ("300.00", 1)
    assert forecast(_by("owner"), march.users["Cato"])["rows"][0]["label"] == "Cato"
    assert len(weighed_leads(MARCH, march.users["Cato"])) == 1


def test_leads_that_count_in_nothing_are_not_forecast(march):
    before = forecast(MARCH)["total"]
    march.lead([("new", 30)], value="9000.00", deleted=True)
    march.lead([("new", 30)], closed=("cancelled", 40), value="9000.00")
    Lead.objects.update(made_at=day(0))
    after = forecast(MARCH)["total"]
    assert {name: after[name] for name in ("basic", "stage", "open", "already_won")} == {
        name: before[name] for name in ("basic", "stage", "open", "already_won")
    }


def test_a_reopened_lead_is_open_again(march):
    march.lead([("new", 30)], undone=[("won", 61, 63)], value="50.00")
    Lead.objects.update(made_at=day(0))
    total = forecast(MARCH)["total"]
    assert (total["already_won"]["amount"], total["open"]["amount"]) == ("300.00", "1450.00")


def test_the_command_line_says_the_same(march, monkeypatch):
    from cadans.cli.report import report

    monkeypatch.setenv("DATABASE_URL", "postgres://tests")
    asked = ["--from", "2026-03-01", "--to", "2026-04-01", "--by", "owner", "--format", "json"]
    said = CliRunner().invoke(report, ["forecast", *asked])
    assert json.loads(said.output)["total"]["stage"]["amount"] == "1000.00"
    for metric in ("forecast", "quotas"):
        table = CliRunner().invoke(report, [metric, "--by", "owner"])
        assert table.exit_code == 0, table.output
        assert "2026-01-01 to 2026-04-01" in table.output


def test_queries_do_not_grow(march, django_assert_num_queries):
    forecast(_by("owner"), march.users["Mila"])
    for _round in range(2):
        for number in range(10):
            march.lead([("new", number)], value="10.00")
        Lead.objects.update(made_at=day(0))
        with one_moment(), django_assert_num_queries(QUERIES):
            forecast(_by("owner"), march.users["Mila"])


QUERIES = 31
