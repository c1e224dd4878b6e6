"""The pages of Insight."""

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.insight.scene import Scene

PAGES = ["/insight/", "/insight/win-rate/", "/insight/funnel/", "/insight/leads/"]


@pytest.fixture
def at_work(scene, client):
    """Mila, a manager who reads English, logged in."""
    mila = scene.users["Mila"]
    mila.language = "en"
    mila.save()
    client.force_login(mila)
    return client


def sold(scene: Scene) -> None:
    scene.lead([("new", 0), ("demo", 1), ("won", 5)], closed=("won", 5))
    scene.lead([("new", 0), ("demo", 3)], closed=("lost", 5), owner="Bram", reason="Price")
    scene.lead([("new", 0)], closed=("lost", 6), owner="Bram")
    scene.lead([("new", 20)], owner="Cato")


def shown(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"[ \n]+", " ", unescape(answer.content.decode()))


@pytest.mark.parametrize("page", [*PAGES, "/insight/win-rate.csv"])
def test_strangers_are_sent_to_the_log_in(scene, client, page):
    assert client.get(page).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_a_beginning_team_is_told_what_will_be_here(at_work, page):
    assert re.search("Nothing to measure|No leads behind", shown(at_work, f"{page}?period=all"))


def test_win_rate_shows_rate_interval_and_numbers(scene, at_work):
    sold(scene)
    page = shown(at_work, "/insight/win-rate/?period=all")
    assert "33.3%" in page
    assert "1 of 3" in page
    assert "6% – 79%" in page
    assert "few leads" in page
    assert "2 closed" not in page


def links(page: str) -> list[str]:
    return re.findall(r'href="(/insight/leads/\?[^"]*)"', page)


@pytest.mark.parametrize(
    "page",
    [
        "/insight/figure/win-rate/?period=all",
        "/insight/figure/conversion/?period=all",
        "/insight/figure/deal-size/?period=all",
        "/insight/figure/cycle/?period=all",
        "/insight/figure/adoption/?period=all",
        "/insight/win-rate/?period=all&by=owner",
        "/insight/win-rate/?period=all&by=loss_reason",
        "/insight/win-rate/?period=all&by=month",
        "/insight/funnel/?period=all",
        "/insight/funnel/?period=all&by=owner",
        "/insight/funnel/?period=all&by=month",
    ],
)
def test_every_link_of_a_page_opens_its_leads(scene, at_work, page):
    sold(scene)
    found = links(shown(at_work, page))
    assert len(found) > (0 if "figure" in page else 2)
    for address in dict.fromkeys(found):
        assert "A lead" in shown(at_work, address), address


def test_the_list_behind_a_figure_holds_those_it_counts(scene, at_work):
    sold(scene)
    found = [
        address
        for address in links(shown(at_work, "/insight/win-rate/?period=all"))
        if parse_qs(urlsplit(address).query).get("part") == ["lost"]
    ]
    page = shown(at_work, found[0])
    assert page.count("row-link") == 2
    assert "Bram" in page


def test_long_lists_come_in_pages(scene, at_work):
    for number in range(55):
        scene.lead(closed=("won", number))
    first = shown(at_work, "/insight/leads/?period=all&metric=win-rate&part=won")
    assert first.count("row-link") == 50
    assert "Page 1 of 2" in first
    second = shown(at_work, "/insight/leads/?period=all&metric=win-rate&part=won&page=2")
    assert second.count("row-link") == 5


def test_filters_stand_in_the_address(scene, at_work):
    sold(scene)
    bram = scene.users["Bram"].id
    page = shown(at_work, f"/insight/win-rate/?period=all&owner={bram}")
    assert "0 of 2" in page
    kept = [link for link in links(page) if "part=lost" in link]
    assert all(f"owner={bram}" in link for link in kept)
    assert "period=all" in kept[0]


def test_an_own_period_counts_its_last_day(scene, at_work):
    sold(scene)
    address = "/insight/win-rate/?period=own&from=2026-01-06&through="
    assert "1 of 2" in shown(at_work, f"{address}2026-01-06")
    assert "1 of 3" in shown(at_work, f"{address}2026-01-07")


def test_the_change_against_the_period_before_is_shown(scene, at_work):
    for number in range(30):
        scene.lead(closed=("lost", 5 + number / 10))
        scene.lead([("new", 30)], closed=("won", 35 + number / 10))
    page = shown(at_work, "/insight/win-rate/?period=own&from=2026-02-01&through=2026-02-28")
    assert "+100.0\u00a0pts" in page
    assert 'data-tone="good"' in page


def test_rows_sort_and_those_without_a_figure_come_last(scene, at_work):
    sold(scene)
    for order, names in (("rate", ["Bram", "Anna", "Cato"]), ("-rate", ["Anna", "Bram", "Cato"])):
        page = shown(at_work, f"/insight/win-rate/?period=all&sort={order}")
        assert re.findall(r'class="row-link"[^>]*>([^<]*)<', page) == names


def test_the_funnel_shows_what_became_of_the_leads_and_where_they_are(scene, at_work):
    sold(scene)
    page = shown(at_work, "/insight/funnel/?period=all&by=owner")
    assert "In each stage now" in page
    assert "Went on, by owner" in page
    assert "Most leads lost in" in page


def test_the_csv_is_the_report(scene, at_work):
    sold(scene)
    answer = at_work.get("/insight/win-rate.csv?period=all&by=owner")
    assert answer["Content-Type"].startswith("text/csv")
    assert "win-rate" in answer["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line["label"] for line in lines] == ["Bram", "Anna", "Cato", ""]
    assert at_work.get("/insight/nonsense.csv").status_code == 404


def test_reps_see_only_what_they_may(scene, client):
    sold(scene)
    anna = scene.users["Anna"]
    anna.language = "en"
    anna.save()
    client.force_login(anna)
    assert "1 of 1" in shown(client, "/insight/win-rate/?period=all")
    behind = shown(client, "/insight/leads/?period=all&metric=win-rate&part=closed")
    assert behind.count("row-link") == 1


@pytest.mark.parametrize(
    "address",
    [
        "/insight/win-rate/?owner=nobody",
        "/insight/win-rate/?by=weather",
        "/insight/funnel/?by=loss_reason",
        "/insight/win-rate/?period=own&from=2026-02-01&through=2026-01-01",
        "/insight/win-rate/?period=own&from=soon",
        "/insight/leads/?metric=win-rate&part=happy",
        "/insight/leads/?metric=win-rate&by=owner&key=x",
    ],
)
def test_what_cannot_be_answered_is_said(scene, at_work, address):
    answer = at_work.get(address)
    assert answer.status_code == 422


def test_dutch_people_read_dutch(scene, client):
    sold(scene)
    client.force_login(scene.users["Mila"])
    page = shown(client, "/insight/win-rate/?period=all")
    for words in ("Winstpercentage", "1 van 3", "95% zeker tussen", "weinig leads"):
        assert words in page
    for page in PAGES:
        text = re.sub(r"<script.*?</script>|<[^>]*>", " ", shown(client, f"{page}?period=all"))
        for english in ("Win rate", "Funnel", "Stage ", "Interval", "How is this"):
            assert english not in text


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("/insight/?", 19),
        ("/insight/figure/win-rate/?", 8),
        ("/insight/win-rate/?by=owner&", 17),
        ("/insight/funnel/?by=owner&", 23),
        ("/insight/leads/?metric=win-rate&part=won&", 5),
    ],
)
def test_queries_do_not_grow(scene, at_work, page, queries, django_assert_num_queries):
    at_work.get("/insight/leads/?period=all")  # once a process: is there anybody who can log in?
    for _ in range(2):
        for number in range(20):
            scene.lead(
                [("new", number), ("demo", number + 1)],
                closed=("won" if number % 3 else "lost", number + 2),
                products=["Press"],
            )
        with django_assert_num_queries(queries):
            at_work.get(f"{page}period=own&from=2026-01-01&through=2026-02-28")


@pytest.mark.parametrize(
    "dates", ["from=2026-03-01&through=2026-02-01", "from=nonsense&through=2026-02-01"]
)
def test_dates_that_make_no_period_are_said_above_the_filters(at_work, dates):
    answer = at_work.get(f"/insight/win-rate/?period=own&{dates}&by=source")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert 'name="through"' in page
    assert 'value="2026-02-01"' in page
    assert at_work.get(f"/insight/win-rate.csv?period=own&{dates}").status_code == 422
    assert at_work.get(f"/insight/win-rate/?period=own&{dates}&as=pdf").status_code == 422
