"""The page of deal sizes."""

import re
from html import unescape

import pytest

from tests.insight.scene import Scene


@pytest.fixture
def at_work(scene, client):
    """Mila, a manager who reads English, logged in."""
    mila = scene.users["Mila"]
    mila.language = "en"
    mila.save()
    client.force_login(mila)
    return client


def shown(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"[ \n]+", " ", unescape(answer.content.decode()))


def sold(scene: Scene, months: dict[int, tuple[int, ...]], owner: str = "Anna") -> None:
    for start, values in months.items():
        for value in values:
            scene.lead(closed=("won", start + 2), value=f"{value}.00", owner=owner)


FEBRUARY = "period=own&from=2026-02-01&through=2026-02-28"


def test_a_beginning_team_is_told_what_will_be_here(at_work):
    assert "Nothing to measure" in shown(at_work, "/insight/deal-size/?period=all")


def test_the_size_is_shown_with_its_leads(scene, at_work):
    sold(scene, {0: (100, 200, 600)})
    scene.lead(closed=("won", 3), value=None)
    page = shown(at_work, "/insight/deal-size/?period=all")
    for text in ("€300", "€200", "1 without a value", "few deals"):
        assert text in page, text
    links = dict.fromkeys(re.findall(r'href="(/insight/leads/\?[^"]*)"', page))
    assert len(links) > 2
    for address in links:
        listed = shown(at_work, address)
        assert "A lead" in listed, address
        assert '">Deal size</a>' in listed


@pytest.mark.parametrize(
    ("anna", "bram", "sentence"),
    [
        ((range(100, 110), range(140, 150)), (range(100, 110), range(145, 155)), "grew across"),
        ((range(140, 150), range(100, 110)), (range(145, 155), range(100, 110)), "shrank across"),
        ((range(100, 900, 80), range(110, 990, 80)), ((), ()), "may well be chance"),
        ((range(900, 920), range(900, 902)), (range(10, 12), range(10, 30)), "Mostly the mix"),
        ((range(9), range(5)), ((), ()), "too few deals"),
    ],
)
def test_it_says_in_words_what_changed(scene, at_work, anna, bram, sentence):
    for owner, (before, now) in (("Anna", anna), ("Bram", bram)):
        sold(scene, {0: tuple(before), 31: tuple(now)}, owner)
    assert sentence in shown(at_work, f"/insight/deal-size/?{FEBRUARY}")


def test_growth_that_a_few_made_names_them(scene, at_work):
    for owner in ("Anna", "Bram", "Cato", "Mila"):
        grown = 300 if owner == "Cato" else 101
        sold(scene, {0: (100,) * 9, 31: (grown,) * 9}, owner)
    page = shown(at_work, f"/insight/deal-size/?{FEBRUARY}")
    assert "The growth is driven by a few: Cato." in page


def test_without_any_value_it_says_what_to_fill_in(scene, at_work):
    scene.lead(closed=("won", 3), value=None)
    page = shown(at_work, "/insight/deal-size/?period=all")
    assert "Fill in the value of leads" in page
    assert 'id="deal-size"' not in page


def test_all_time_says_that_it_cannot_be_compared(scene, at_work):
    sold(scene, {0: (100,)})
    assert "no period before it" in shown(at_work, "/insight/deal-size/?period=all")


@pytest.mark.parametrize("by", ["owner", "team", "product", "month", "loss_reason"])
def test_every_breakdown_has_its_page(scene, at_work, by):
    sold(scene, {0: (100,), 31: (120,)})
    assert "How is this computed" in shown(at_work, f"/insight/deal-size/?by={by}&{FEBRUARY}")


def test_rows_sort(scene, at_work):
    sold(scene, {0: (100,)}, "Anna")
    sold(scene, {0: (300,)}, "Bram")
    for order, names in (("mean", ["Anna", "Bram"]), ("-mean", ["Bram", "Anna"])):
        page = shown(at_work, f"/insight/deal-size/?period=all&sort={order}")
        assert re.findall(r'class="row-link"[^>]*>([^<]*)<', page) == names


def test_the_csv_is_the_report(scene, at_work):
    sold(scene, {0: (100,), 31: (120,)})
    text = at_work.get(f"/insight/deal-size.csv?by=owner&{FEBRUARY}").content.decode()
    assert "change.within" in text
    assert "120.00" in text
