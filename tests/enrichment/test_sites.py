"""Every fact right or absent, whatever the site is made of (sites.py)."""

import time

import pytest

from cadans.enrichment import visiting
from cadans.enrichment.reading.found import SURE
from cadans.ground.fetching import Fetcher, Limits
from tests.enrichment.sites import SITES


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Slow sites are given up sooner than in earnest."""
    limits = Limits(seconds=1.5, size=visiting.PAGE.size, types=visiting.PAGE.types)
    monkeypatch.setattr(visiting, "PAGE", limits)


@pytest.mark.parametrize("name", SITES)
def test_every_fact_is_right_or_absent(internet, name):
    site = SITES[name]
    internet.put(site.domain, "/", site.home)
    for path, page in site.pages.items():
        internet.put(site.domain, path, page)
    for place, page in site.others.items():
        host, _slash, path = place.partition("/")
        internet.put(host, f"/{path}", page)
    internet.inside |= site.inside
    began = time.monotonic()
    with Fetcher() as out:
        seen = visiting.visit(out, site.domain)
    assert time.monotonic() - began < site.seconds
    if site.trouble:
        assert seen.trouble is not None
        assert (seen.trouble.code, seen.facts) == (site.trouble, ())
        return
    assert seen.was_answered
    found = {fact.field: fact.value for fact in seen.facts}
    found.pop("website", None)
    expected = dict(site.facts)
    if found.get("country") == "NL":
        expected.setdefault("country", "NL")
    assert found == expected
    sure = {fact.field for fact in seen.facts if fact.confidence >= SURE}
    assert site.sure <= sure


def test_there_are_thirty_sites_and_more():
    assert len(SITES) >= 30


def test_at_most_three_pages_are_asked_for(internet):
    links = "".join(f'<a href="/contact-{n}">Contact</a>' for n in range(50))
    internet.site("kadestroom.nl", home=links)
    with Fetcher() as out:
        visiting.visit(out, "kadestroom.nl")
    pages = [path for path in internet.asked("kadestroom.nl") if path != "/robots.txt"]
    assert pages == ["/", "/contact-0", "/contact-1"]


def test_the_first_trouble_is_told(internet):
    with Fetcher() as out:
        seen = visiting.visit(out, "kadestroom.nl")
    assert seen.trouble.code == "unknown_host"
