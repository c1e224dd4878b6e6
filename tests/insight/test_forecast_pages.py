"""The pages of the forecast and of quotas."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from cadans.insight.actions.quotas import add_quota
from cadans.insight.forecast.snapshots import month_of, quarter_of
from cadans.insight.models import ExpectedLead, Quota, Snapshot
from cadans.leads.models import Lead
from cadans.team.models import User
from cadans.team.queries import today
from tests.insight.scene import START, Scene, day

PAGES = ["/insight/forecast/", "/insight/forecast/leads/", "/insight/quotas/"]


@pytest.fixture
def at_work(scene, client):
    """Mila, a manager who reads English, logged in."""
    User.objects.update(language="en")
    client.force_login(scene.users["Mila"])
    return client


def shown(client, address: str, **more) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"[ \n]+", " ", unescape(answer.content.decode()))


def days_ago(number: float) -> float:
    """A day of the scene's, counted back from now."""
    return (today() - START.date()).days - number


def sold(scene: Scene) -> None:
    """One of two closed was won, last month; a lead of 1000 is open."""
    before = days_ago(today().day + 3)
    scene.lead([("new", before - 9)], closed=("won", before), value="400.00")
    scene.lead([("new", before - 9)], closed=("lost", before), value="400.00")
    scene.lead([("new", before - 5)], value="1000.00", owner="Anna")
    scene.lead([("new", before - 5)], value="600.00", owner="Cato")
    Lead.objects.update(made_at=day(0))


def kept(since: date, until: date, value: str, **more) -> None:
    Snapshot.objects.create(
        **{
            "since": since,
            "until": until,
            "day": since,
            "scope": "all",
            "method": "stage",
            "value": value,
            "already_won": 0,
            "open_leads": 1,
            "currency": "EUR",
            **more,
        }
    )


@pytest.mark.parametrize("page", [*PAGES, "/insight/forecast.csv", "/insight/quotas.csv"])
def test_strangers_are_sent_to_the_log_in(scene, client, page):
    assert client.get(page).status_code == 302


def test_a_beginning_team_is_told_what_will_be_here(at_work):
    assert "Nothing to forecast yet" in shown(at_work, PAGES[0])
    assert "No open leads here" in shown(at_work, PAGES[1])
    assert "Nobody has a quota for this period yet" in shown(at_work, PAGES[2])


def test_the_methods_stand_side_by_side_and_the_model_says_what_it_waits_for(scene, at_work):
    sold(scene)
    page = shown(at_work, "/insight/forecast/?period=month")
    assert "The model does not speak yet" in page
    assert "Sales: 1 of the 30 won leads it learns from." in page
    assert "€800" in page  # 1600 × ½
    assert "No forecast of this period was kept" in page
    assert "No forecast of a period that is over was kept yet" in page


def test_without_a_period_it_is_about_this_quarter(scene, at_work):
    sold(scene)
    assert re.search(r'value="quarter" selected', shown(at_work, "/insight/forecast/"))
    for other in ("12-months", "all", "nonsense"):
        page = shown(at_work, f"/insight/forecast/?period={other}")
        assert re.search(r'value="quarter" selected', page)
    assert re.search(
        r'value="next-month" selected', shown(at_work, "/insight/forecast/?period=next-month")
    )


def test_each_row_has_its_quota_and_pace_and_opens_its_leads(scene, at_work):
    sold(scene)
    span = quarter_of(today())
    add_quota(
        None,
        holder=scene.users["Anna"],
        unit="quarter",
        since=span.since,
        amount=Decimal("54321"),
    )
    page = shown(at_work, "/insight/forecast/?by=owner")
    assert "€54,321" in page
    anna = scene.users["Anna"].id
    found = re.search(rf'href="(/insight/forecast/leads/\?[^"]*key={anna}[^"]*)"', page)
    assert found
    behind = shown(at_work, found[1])
    assert "A lead" in behind
    assert behind.count("row-link") == 1
    assert "€1,000" in behind
    assert "50%" in behind


def test_past_forecasts_are_judged_and_their_steps_open_the_leads(scene, at_work):
    sold(scene)
    month = month_of(month_of(today()).since.replace(day=1) - (date(2, 1, 2) - date(2, 1, 1)))
    kept(month.since, month.until, "500.00")
    lead = Lead.objects.get(status="won")
    ExpectedLead.objects.create(
        since=month.since,
        until=month.until,
        lead=lead.id,
        owner=lead.owner_id,
        pipeline=lead.pipeline_id,
        value="400.00",
        is_expected=True,
        basic=0,
        stage="500.00",
        model=0,
    )
    page = shown(at_work, "/insight/forecast/?period=month")
    assert "75%" in page  # 1 − |400 − 500| ÷ 400
    assert "Won as expected" in page
    found = re.search(r'href="(/insight/leads/\?[^"]*part=stage\.won_expected[^"]*)"', page)
    assert found
    behind = shown(at_work, found[1])
    assert "Leads won as expected" in behind
    assert behind.count("row-link") == 1
    over = shown(at_work, "/insight/forecast/?period=last-month&mark=60&method=basic")
    assert "Forecast at the start" in over
    assert "No forecast was kept on that day." in over


def test_filters_of_which_nothing_is_kept_say_so(scene, at_work):
    sold(scene)
    web = scene.sources["Web"].id
    page = shown(at_work, f"/insight/forecast/?period=month&source={web}")
    assert "Choose one of those to see how right they were" in page


def test_a_year_and_own_days_can_be_forecast(scene, at_work):
    sold(scene)
    for period in ("year", "next-quarter", "own&from=2026-01-05&through=2027-03-03"):
        assert "Three methods" in shown(at_work, f"/insight/forecast/?period={period}")


def test_reps_see_only_what_they_may(scene, at_work, client):
    sold(scene)
    client.force_login(scene.users["Cato"])
    page = shown(client, "/insight/forecast/?period=month&by=owner")
    assert "€300" in page
    assert re.findall(r'class="row-link"[^>]*>([^<]*)<', page)[0] == "Cato"
    assert shown(client, "/insight/forecast/leads/").count("row-link") == 1


def test_the_csv_is_the_report(scene, at_work):
    sold(scene)
    for metric, name in (("forecast", "open_expected"), ("quotas", "quota")):
        answer = at_work.get(f"/insight/{metric}.csv?period=month&by=owner")
        text = answer.content.decode("utf-8-sig")
        assert answer.status_code == 200, text
        assert list(csv.DictReader(io.StringIO(text))), name


@pytest.mark.parametrize(
    "address", ["/insight/forecast/?by=month", "/insight/forecast/?owner=nobody"]
)
def test_what_cannot_be_answered_is_said(scene, at_work, address):
    assert at_work.get(address).status_code == 422


def test_dutch_people_read_dutch(scene, client):
    sold(scene)
    client.force_login(scene.users["Mila"])
    for page, words in (
        ("/insight/forecast/?period=month", ("Prognose", "Al gewonnen", "Per fase")),
        ("/insight/quotas/", ("Verkopers", "Targets opslaan", "Nog te winnen")),
    ):
        text = re.sub(r"<script.*?</script>|<[^>]*>", " ", shown(client, page))
        for word in words:
            assert word in text
        for english in ("Forecast", "Quota ", "Won ", "Pace", "Model does"):
            assert english not in text


# ── quotas ──────────────────────────────────────────────────────────────────────────────────

Q2 = "/insight/quotas/?unit=quarter&of=2026-05-05"


def fields(scene: Scene, **amounts: str) -> dict[str, str]:
    found = {}
    for name, amount in amounts.items():
        team = scene.teams.get(name)
        holder = team or scene.users[name]
        found[f"{'team' if team else 'owner'}-{holder.id}"] = amount
    return found


def test_managers_fill_in_a_grid(scene, at_work):
    answer = at_work.post(Q2, fields(scene, Anna="1,250.50", Cato="900", North="5000", Bram=""))
    assert answer.status_code == 302, answer.content.decode()[:1500]
    rows = Quota.objects.select_related("user", "team")
    assert {str(row.user or row.team): (row.amount, row.since) for row in rows} == {
        "Anna": (Decimal("1250.50"), date(2026, 4, 1)),
        "Cato": (Decimal("900.00"), date(2026, 4, 1)),
        "North": (Decimal("5000.00"), date(2026, 4, 1)),
    }
    page = shown(at_work, Q2)
    assert "Q2 2026" in page
    assert 'value="1250.50"' in page
    at_work.post(Q2, fields(scene, Anna="", Cato="900", North="5000"))
    assert not Quota.objects.filter(user=scene.users["Anna"]).exists()


def test_an_amount_that_is_none_saves_nothing(scene, at_work):
    answer = at_work.post(Q2, fields(scene, Anna="much", Cato="900"))
    assert answer.status_code == 422
    assert "Nothing was saved yet" in answer.content.decode()
    assert at_work.post(Q2, fields(scene, Anna="0")).status_code == 422
    assert not Quota.objects.exists()


def test_the_period_before_can_be_copied(scene, at_work):
    at_work.post(Q2, fields(scene, Anna="100", North="200"))
    following = "/insight/quotas/?unit=quarter&of=2026-07-01"
    assert "Copy from Q2 2026" in shown(at_work, following)
    at_work.post(following, {"copy": "yes"})
    assert Quota.objects.filter(since=date(2026, 7, 1)).count() == 2
    assert "There was nothing to copy." in shown(
        at_work, at_work.post(following, {"copy": "yes"})["Location"]
    )


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("unit=month&of=2026-05-05", "May 2026"),
        ("unit=year&of=2026-05-05", "2026"),
        ("unit=week&of=soon", "Q"),
        ("of=9999-01-01", "Q"),
    ],
)
def test_the_period_stands_in_the_address(scene, at_work, asked, named):
    assert named in shown(at_work, f"/insight/quotas/?{asked}")


def test_reps_see_their_own_quota_and_set_none(scene, at_work, client):
    at_work.post(Q2, fields(scene, Anna="54321", Cato="900"))
    client.force_login(scene.users["Anna"])
    page = shown(client, Q2)
    assert "€54,321" in page
    assert "Cato" not in page
    assert "Save quotas" not in page
    assert "No quota for this period" in shown(client, "/insight/quotas/?unit=year")
    assert client.post(Q2, fields(scene, Anna="1")).status_code == 403
    assert client.post(Q2, {"copy": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("page", "queries"),
    [("/insight/forecast/?period=month&by=owner", 50), ("/insight/forecast/leads/", 18), (Q2, 19)],
)
def test_queries_do_not_grow(scene, at_work, page, queries, django_assert_num_queries):
    at_work.get(page)
    for _ in range(2):
        for number in range(10):
            scene.lead([("new", days_ago(number + 5))], value="10.00")
        Lead.objects.update(made_at=day(0))
        user = User.objects.create(email=f"x{_}@example.com", name=f"X{_}", role="rep")
        add_quota(None, holder=user, unit="quarter", since=date(2026, 4, 1), amount=Decimal(5))
        with django_assert_num_queries(queries):
            at_work.get(page)
