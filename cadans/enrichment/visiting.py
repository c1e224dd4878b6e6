"""A visit to a company's site: its first page, and those where it tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from cadans.enrichment.reading.addresses import registered_domain, same_site
from cadans.enrichment.reading.contact_page import facts_on
from cadans.enrichment.reading.found import Found, agreed, no_surer_than
from cadans.enrichment.reading.jsonld import country_of, facts_of
from cadans.enrichment.reading.pages import Page, named_by, page_from, pages_about_them
from cadans.enrichment.reading.socials import socials_among
from cadans.ground.fetching import Answer, Fetcher, FetchFailed, Limits, Unanswered

PAGE = Limits(seconds=8, size=2 * 1024 * 1024, types=("text/html", "application/xhtml+xml", ""))
"""What we take of one page. Servers that name no kind of content mean HTML."""

ELSEWHERE = 60
"""What a site says that we were referred to under another name is no surer than this."""

SAYS_LITTLE = frozenset({"unreachable", "unknown_host"})
"""Trouble at one address of a site that another address may explain better."""


@dataclass(frozen=True)
class Visit:
    """What a site told; nothing, and why, where there was no site."""

    facts: tuple[Found, ...] = ()
    trouble: FetchFailed | None = None

    @property
    def was_answered(self) -> bool:
        """Whether there is a site."""
        return self.trouble is None


def visit(out: Fetcher, domain: str) -> Visit:
    """Read a domain's site. Its robots.txt is heeded; at most three pages are asked for."""
    try:
        home = _home(out, domain)
    except FetchFailed as failed:
        return Visit(trouble=failed)
    if home is None or home.is_parked:
        return Visit()
    pages = [home]
    for url in pages_about_them(home):
        page = _page(out, url)
        if page is not None and same_site(page.host, home.host):
            pages.append(page)
    facts = _facts(pages, registered_domain(home.host) or domain)
    if not same_site(home.host, domain):
        facts = no_surer_than(ELSEWHERE, facts)
    return Visit(tuple(agreed(facts)))


def _home(out: Fetcher, domain: str) -> Page | None:
    """The first page, by https where there is any. Raises FetchFailed where nothing answers."""
    failed: FetchFailed | None = None
    for url in (f"https://{domain}/", f"https://www.{domain}/", f"http://{domain}/"):
        try:
            return _read(out.fetch("GET", url, limits=PAGE, robots=True))
        except Unanswered as unanswered:
            if failed is None or failed.code in SAYS_LITTLE:
                failed = unanswered
            if unanswered.code == "timed_out":
                break
    assert failed is not None
    raise failed


def _page(out: Fetcher, url: str) -> Page | None:
    try:
        return _read(out.fetch("GET", url, limits=PAGE, robots=True))
    except FetchFailed:
        return None


def _read(answer: Answer) -> Page | None:
    return page_from(answer.url, answer.body, answer.charset) if answer.is_success else None


def _facts(pages: list[Page], domain: str) -> list[Found]:
    home, *_others = pages
    found = [Found("website", f"{urlsplit(home.url).scheme}://{home.host}/", "page", home.url, 90)]
    found += named_by(home, domain)
    for page in pages:
        found += facts_of(page)
    found += _said_once(pages)
    if country := country_of(home.host):
        found.append(Found("country", country, "domain", home.url, 60))
    return found


def _said_once(pages: list[Page]) -> list[Found]:
    """What the pages tell in words and links, where one does not tell otherwise than another."""
    by_field: dict[str, dict[str, Found]] = {}
    for page in pages:
        links = [link for link, _words in page.links()]
        for fact in [*facts_on(page), *socials_among(links, page.url)]:
            by_field.setdefault(fact.field, {}).setdefault(fact.value.casefold(), fact)
    return [next(iter(values.values())) for values in by_field.values() if len(values) == 1]
