"""Leads, people and companies by words, answered by the trigram indexes.

A word is looked for by `UPPER(name) LIKE …`, as the indexes are made. Parts that OR tables
together would not use them, so each part is a query of its own, united by id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import QuerySet

from cadans.contacts.models import Company, Person
from cadans.leads.lead import Lead, LeadQuerySet
from cadans.team.models import User

SHORT = 3
"""Words below this many letters match only beginnings: a trigram needs three letters."""

GATHERED = 60
"""Hits gathered, before the best of them are shown: bounds the work for common words."""

Row = TypeVar("Row", Lead, Person, Company)


def with_words(leads: LeadQuerySet, words: str) -> LeadQuerySet:
    """Of these leads, those whose title or whose company's name holds the words."""
    titled = Lead.objects.filter(**_holds("title", words)).order_by().values("id")
    companies = Company.objects.present().filter(**_holds("name", words)).values("id")
    at = Lead.objects.filter(company__in=companies).order_by().values("id")
    return leads.filter(id__in=titled.union(at))


def people_with_words(words: str) -> QuerySet[Person]:
    """People whose name or e-mail address holds the words."""
    named = Person.objects.filter(**_holds("name", words)).order_by().values("id")
    mailed = Person.objects.filter(**_holds("email", words)).order_by().values("id")
    return Person.objects.present().filter(id__in=named.union(mailed))


def companies_with_words(words: str) -> QuerySet[Company]:
    """Companies whose name or website holds the words."""
    named = Company.objects.filter(**_holds("name", words)).order_by().values("id")
    domain = words.lower().removeprefix("www.")
    # The unique index on domains serves what is typed whole.
    at = Company.objects.filter(domain=domain).order_by().values("id")
    return Company.objects.present().filter(id__in=named.union(at))


def _holds(field: str, words: str) -> dict[str, str]:
    return {f"{field}__{'icontains' if len(words) >= SHORT else 'istartswith'}": words}


@dataclass(frozen=True)
class Hits:
    """What was found, best first."""

    leads: list[Lead] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.leads or self.people or self.companies)


def search(user: User, words: str, *, each: int = 6) -> Hits:
    """Leads, people and companies that hold the words, best first; one letter finds nothing."""
    words = " ".join(words.split())[:80]
    if len(words) < 2:
        return Hits()
    titled = Lead.objects.visible_to(user).filter(**_holds("title", words))
    named = Person.objects.present().filter(**_holds("name", words))
    mailed = Person.objects.present().filter(**_holds("email", words))
    companies = list(Company.objects.present().filter(**_holds("name", words))[:GATHERED])
    at = Lead.objects.visible_to(user).filter(company__in=[one.id for one in companies])
    return Hits(
        leads=_best(
            [
                *titled.select_related("company", "stage")[:GATHERED],
                *(at.select_related("company", "stage")[:each] if companies else ()),
            ],
            words,
            lambda lead: lead.title,
        )[:each],
        people=_best(
            [
                *named.select_related("company")[:GATHERED],
                *mailed.select_related("company")[:each],
            ],
            words,
            lambda person: person.name,
        )[:each],
        companies=_best(companies, words, lambda company: company.name)[:each],
    )


def _best(rows: Iterable[Row], words: str, name: Callable[[Row], str]) -> list[Row]:
    """Whole names first, then beginnings, then beginnings of a word, then the rest."""
    low = words.lower()

    def rank(row: Row) -> tuple[int, int, str]:
        text = name(row).lower()
        place = 0 if text == low else 1 if text.startswith(low) else 2 if f" {low}" in text else 3
        return place, len(text), text

    return sorted({row.id: row for row in rows}.values(), key=rank)


ANYBODYS = frozenset(
    {
        *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.nl", "outlook.com", "live.nl"),
        *("live.com", "msn.com", "yahoo.com", "icloud.com", "me.com", "proton.me"),
        *("protonmail.com", "gmx.net", "gmx.de", "ziggo.nl", "kpnmail.nl", "planet.nl", "home.nl"),
        *("upcmail.nl", "hetnet.nl", "xs4all.nl", "telenet.be", "skynet.be"),
    }
)
"""Domains that everybody can have an address at: they say nothing of a company."""


def own_domain(email: str) -> str:
    """The domain of an address that belongs to its company; nothing for a public mail service."""
    domain = email.strip().lower().rpartition("@")[2]
    return "" if domain in ANYBODYS or "." not in domain else domain


@dataclass(frozen=True)
class Alike:
    """What is known already of somebody whom one is about to add."""

    companies: list[Company] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.companies or self.people or self.leads)


def alike(user: User, *, company: str = "", email: str = "") -> Alike:
    """Companies of that name or of the address's domain, the person, and their open leads."""
    by_name: list[Company] = []
    if len(company) >= SHORT:
        by_name = _best(
            Company.objects.present().filter(**_holds("name", company))[:GATHERED],
            company,
            lambda one: one.name,
        )[:3]
    domain = own_domain(email)
    by_domain = list(Company.objects.present().filter(domain=domain)) if domain else []
    companies = list({one.id: one for one in [*by_domain, *by_name]}.values())
    people = []
    if "@" in email:
        people = list(
            Person.objects.present().filter(email=email.lower()).select_related("company")
        )
    seen = Lead.objects.visible_to(user).open().select_related("stage", "owner", "company")
    leads: list[Lead] = []
    if companies:
        leads = list(seen.filter(company__in=[one.id for one in companies])[:5])
    if people:
        leads += list(seen.filter(parts__person__in=[one.id for one in people])[:5])
    return Alike(companies, people, list({one.id: one for one in leads}.values()))
