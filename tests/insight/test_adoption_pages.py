"""The pages Adoption and Process impact."""

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from cadans.process.models import ProcessVersion
from tests.insight.scene import Scene, day

PAGES = ["/insight/adoption/", "/insight/adoption/breaches/", "/insight/impact/"]


@pytest.fixture
def at_work(scene, client):
    """Mila, a manager who reads English, logged in."""
    mila = scene.users["Mila"]
    mila.language = "en"
    mila.save()
    client.force_login(mila)
    return client


def sold(scene: Scene) -> None:
    """Some work before and after a version that was published on day 60."""
    ProcessVersion.objects.filter(id=scene.version.id).update(published_at=day(-300))
    ProcessVersion.objects.create(
        pipeline=scene.pipeline, number=2, document={}, published_at=day(60)
    )
    for at in (5, 100):
        for number in range(10):
            scene.lead(
                [("new", at), ("demo", at + 2), ("won", at + 10 + number)],
                closed=("won", at + 10 + number),
                owner="Anna",
            )
        scene.lead([("new", at), ("demo", at + 3)], closed=("lost", at + 5), owner="Bram")
    scene.lead([("new", 20)], owner="Cato")


def shown(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"[ \n]+", " ", unescape(answer.content.decode()))


def links(page: str) -> list[str]:
    return re.findall(r'href="(/insight/leads/\?[^"]*)"', page)


@pytest.mark.parametrize("page", [*PAGES, "/insight/adoption.csv", "/insight/impact.csv"])
def test_strangers_are_sent_to_the_log_in(scene, client, page):
    assert client.get(page).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_a_beginning_team_is_told_what_will_be_here(at_work, page):
    assert re.search("Nothing to measure|No breaches", shown(at_work, f"{page}?period=all"))


def test_adoption_shows_rate_kinds_and_what_is_stuck(scene, at_work):
    sold(scene)
    page = shown(at_work, "/insight/adoption/?period=all&by=owner")
    assert "0 of 23 · target 100%" in page
    assert "Moved on with goals unmet" in page
    assert "Where deals get stuck" in page
    assert "few leads" in page


@pytest.mark.parametrize(
    "page",
    [
        "/insight/adoption/?period=all&by=owner",
        "/insight/adoption/?period=all&by=stage",
        "/insight/adoption/?period=own&from=2026-01-01&through=2026-05-31&by=month",
        "/insight/impact/?period=own&from=2026-01-01&through=2026-05-31&by=owner",
        "/insight/impact/?period=own&from=2026-03-01&through=2026-05-31&against=period-before",
    ],
)
def test_every_link_of_a_page_opens_its_leads(scene, at_work, page):
    sold(scene)
    found = links(shown(at_work, page))
    assert len(found) > 2
    for address in dict.fromkeys(found):
        assert "A lead" in shown(at_work, address), address


def test_the_breaches_are_told_one_by_one(scene, at_work):
    sold(scene)
    page = shown(at_work, "/insight/adoption/breaches/?period=all")
    assert page.count("row-link") == 45
    assert "Page 1 of" not in page
    kind = shown(at_work, "/insight/adoption/breaches/?period=all&kind=silent_close")
    assert kind.count("row-link") == 2
    assert "Bram" in kind
    assert "still" in shown(at_work, "/insight/adoption/breaches/?period=all&kind=stalled")


def test_thousands_of_breaches_are_counted_as_the_reader_writes_them(scene, at_work, monkeypatch):
    sold(scene)
    monkeypatch.setattr("cadans.web.insight.adoption.breaches_count", lambda total, kind: 1155)
    assert "1,155" in shown(at_work, "/insight/adoption/breaches/?period=all")


def test_long_lists_of_breaches_come_in_pages(scene, at_work):
    for number in range(26):
        scene.lead([("new", number), ("demo", number + 1)], closed=("lost", number + 2))
    first = shown(at_work, "/insight/adoption/breaches/?period=all")
    assert first.count("row-link") == 50
    assert "Page 1 of 2" in first
    assert shown(at_work, "/insight/adoption/breaches/?period=all&page=2").count("row-link") == 2


def test_impact_shows_both_sides_and_how_sure_the_change_is(scene, at_work):
    sold(scene)
    page = shown(at_work, "/insight/impact/?period=own&from=2026-01-01&through=2026-05-31")
    assert "Leads closed before version 2 was published, on 2 Mar" in page
    assert page.count("10 of 11") == 2
    assert "may be chance" in page
    assert "+24%" in page
    assert "−20%" in page


def test_impact_compares_with_what_the_address_names(scene, at_work):
    sold(scene)
    second = ProcessVersion.objects.get(number=2)
    address = "/insight/impact/?period=all&against="
    page = shown(at_work, f"{address}{scene.version.id}&version={second.id}")
    assert "under one version of the process beside those under another" in page
    assert "nothing to compare" in page
    kept = [link for link in links(page) if "impact" in link]
    assert all(parse_qs(urlsplit(link).query)["against"] for link in kept)
    own = shown(at_work, f"{address}own&against_from=2026-01-01&against_through=2026-02-28")
    assert "in this period beside those closed in another" in own
    assert "before version 2" in shown(at_work, f"{address}own&against_from=2026-01-01")


def test_the_csv_is_the_report(scene, at_work):
    sold(scene)
    answer = at_work.get("/insight/adoption.csv?period=all&by=owner")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line["label"] for line in lines[:3]] == ["Anna", "Bram", "Cato"]
    assert lines[0]["breaches.override.count"] == "40"
    answer = at_work.get("/insight/impact.csv?period=own&from=2026-01-01&through=2026-05-31")
    [line] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert line["win_rate.before.numerator"] == "10"


def test_reps_see_only_what_they_may(scene, client):
    sold(scene)
    cato = scene.users["Cato"]
    cato.language = "en"
    cato.save()
    client.force_login(cato)
    assert "0 of 1 · target" in shown(client, "/insight/adoption/?period=all")
    page = shown(client, "/insight/adoption/breaches/?period=all")
    assert page.count("row-link") == 1
    assert "Nothing to measure" in shown(client, "/insight/impact/?period=all")


@pytest.mark.parametrize(
    "address",
    [
        "/insight/adoption/breaches/?kind=happy",
        "/insight/impact/?version=happy",
        "/insight/impact/?against=happy",
        "/insight/leads/?metric=impact&part=happy",
    ],
)
def test_what_cannot_be_answered_is_said(scene, at_work, address):
    assert at_work.get(address).status_code == 422


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("/insight/adoption/?by=owner&", 37),
        ("/insight/adoption/breaches/?", 23),
        ("/insight/impact/?by=owner&", 27),
    ],
)
def test_queries_do_not_grow(scene, at_work, page, queries, django_assert_num_queries):
    at_work.get("/insight/leads/?period=all")  # once a process: is there anybody who can log in?
    sold(scene)
    with django_assert_num_queries(queries):
        at_work.get(f"{page}period=own&from=2026-01-01&through=2026-05-31")
    for number in range(20):
        scene.lead([("new", number), ("demo", number + 1)], closed=("lost", number + 2))
    with django_assert_num_queries(queries):
        at_work.get(f"{page}period=own&from=2026-01-01&through=2026-05-31")
