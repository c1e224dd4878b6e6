"""Figures, days and texts as the reader's language has them."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from moneyed import Money

from cadans.web import writing
from cadans.web.cards import lead_card

NBSP = "\xa0"
TODAY = dt.date(2026, 3, 4)  # a Wednesday


@pytest.fixture(params=["nl", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_money(language: str) -> None:
    written = {
        "nl": [f"€{NBSP}1.250", f"€{NBSP}1.249,50", f"€{NBSP}-3"],
        "en": ["€1,250", "€1,249.50", "-€3"],
    }
    amounts = [euro("1250.00"), euro("1249.5"), euro("-3")]
    assert [writing.money(amount) for amount in amounts] == written[language]
    assert writing.money(None) == "–"


def test_the_same_amount_in_two_languages_one_after_the_other() -> None:
    with translation.override("nl"):
        dutch = writing.money(euro("2500"))
    with translation.override("en"):
        assert (dutch, writing.money(euro("2500"))) == (f"€{NBSP}2.500", "€2,500")


def test_figures(language: str) -> None:
    separators = {"nl": ("12.500", "3,4", "63,2%"), "en": ("12,500", "3.4", "63.2%")}
    assert (
        writing.number(12500),
        writing.number(3.44, 1),
        writing.percent(0.6315),
    ) == separators[language]
    assert writing.percent(0.5) == "50%"
    assert writing.percent(None) == writing.number(None) == "–"


@pytest.mark.parametrize(
    ("offset", "dutch", "tone"),
    [
        (-3, "3 dagen te laat", "bad"),
        (-1, "1 dag te laat", "bad"),
        (0, "vandaag", "warn"),
        (1, "morgen", ""),
        (3, "zaterdag", ""),
        (9, "13 mrt", ""),
        (400, "8 apr 2027", ""),
    ],
)
def test_due_days_are_seen_from_today(offset: int, dutch: str, tone: str) -> None:
    day = TODAY + dt.timedelta(days=offset)
    with translation.override("nl"):
        assert (writing.due(day), writing.due_tone(day)) == (dutch, tone)


def test_a_recent_moment_is_told_in_words_with_the_exact_time_beside_it() -> None:
    moment = timezone.now() - dt.timedelta(hours=2)
    with translation.override("nl"):
        told = writing.moment(moment)
    assert ">2 uur geleden</time>" in told
    assert timezone.localtime(moment).strftime("%H:%M") in told
    assert moment.isoformat() in told


def test_markdown_of_a_person_cannot_run_anything() -> None:
    bad = "Hi <script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) **b**"
    html = writing.markdown(bad)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "<strong>b</strong>" in html


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Sanne de Vries", "SV"), ("Bram", "BR"), ("", "?"), ("(x) Jo", "JO"), ("é", "É")],
)
def test_initials(name: str, letters: str) -> None:
    assert writing.initials(name) == letters


def test_a_card_escapes_what_people_wrote() -> None:
    bad = '"><script>'
    card = lead_card(
        "/leads/1/", bad, "1", company=bad, owner=bad, next=bad, next_due=TODAY, move_url="/m/"
    )
    assert "<script" not in card
    assert card.count("&quot;&gt;&lt;script&gt;") == 6
