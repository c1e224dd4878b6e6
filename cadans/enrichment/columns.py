"""Which facts have a field of a person or company to go to, and when that field is blank."""

from __future__ import annotations

from typing import Any

from cadans.contacts.models import Company, Person
from cadans.enrichment.reading.pages import resembles

OF_COMPANY = frozenset(
    {"name", "phone", "address", "postcode", "city", "region", "country", "employees"}
)
OF_PERSON = frozenset({"name", "job_title", "employer"})
PLACE = frozenset({"address", "postcode", "city", "region", "country"})
"""Fields that belong together: half of one address and half of another is none."""


def has_column(subject: Company | Person, field: str) -> bool:
    """Whether the fact can be filled in."""
    return field in (OF_COMPANY if isinstance(subject, Company) else OF_PERSON)


def typed(subject: Company | Person, field: str) -> str:
    """What the field holds by somebody's hand; empty where only the software put something
    there for want of better: a domain for a company's name, an address for a person's."""
    if isinstance(subject, Person) and field == "employer":
        return (subject.company.domain or subject.company.name) if subject.company else ""
    value = getattr(subject, field)
    text = "" if value is None else str(value)
    return "" if field == "name" and text == made_up_name(subject) else text


def made_up_name(subject: Company | Person) -> str:
    """The name that is given to who comes without one (contacts/actions.py)."""
    if isinstance(subject, Company):
        return subject.domain
    return subject.email.split("@")[0].replace(".", " ").title()


def says_the_same(field: str, one: str, other: str) -> bool:
    """Whether two values mean the same, so that there is nothing to suggest."""
    if field == "phone":
        ours, theirs = ("".join(c for c in text if c.isdigit())[-8:] for text in (one, other))
        return bool(ours) and ours == theirs
    if field == "name":
        return resembles(one, other)
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def change_to(field: str, value: str) -> dict[str, Any]:
    """The change that puts a value in its field."""
    return {field: int(value) if field == "employees" and value else value or None}
