"""Templates of mail, and what they are filled in with for one lead and one reader."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from cadans.contacts.countries import country_name
from cadans.contacts.models import Company, Person
from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import NotFound
from cadans.ground.text import in_language
from cadans.leads.models import Lead, LeadPerson
from cadans.outreach.letters import Letter, letter
from cadans.outreach.models.templates import LANGUAGES, MailTemplate
from cadans.team.models import User
from cadans.team.queries import organisation

FIELDS: dict[str, Promise] = {
    "person.first_name": gettext_lazy("First name"),
    "person.name": gettext_lazy("Name"),
    "person.email": gettext_lazy("E-mail address"),
    "person.phone": gettext_lazy("Phone"),
    "person.job_title": gettext_lazy("Job title"),
    "company.name": gettext_lazy("Company"),
    "company.domain": gettext_lazy("Website"),
    "company.city": gettext_lazy("City"),
    "company.country": gettext_lazy("Country"),
    "company.industry": gettext_lazy("Industry"),
    "lead.title": gettext_lazy("Title"),
    "lead.value": gettext_lazy("Value"),
    "lead.expected_close": gettext_lazy("Expected close"),
    "lead.products": gettext_lazy("Products"),
    "lead.stage": gettext_lazy("Stage"),
    "owner.name": gettext_lazy("Name"),
    "owner.first_name": gettext_lazy("First name"),
    "owner.email": gettext_lazy("E-mail address"),
    "organisation.name": gettext_lazy("Organisation"),
}
"""Every merge field that is always there. Own fields come beside them: `lead.custom.KEY`."""

THINGS: dict[str, Promise] = {
    "person": gettext_lazy("The reader"),
    "company": gettext_lazy("Their company"),
    "lead": gettext_lazy("The lead"),
    "owner": gettext_lazy("The lead’s owner"),
    "organisation": gettext_lazy("You"),
}

TITLES = {
    "dhr",
    "mevr",
    "mw",
    "heer",
    "mevrouw",
    "mr",
    "mrs",
    "ms",
    "dr",
    "drs",
    "ir",
    "ing",
    "prof",
}
EVERYBODYS = {
    *("admin", "administratie", "contact", "directie", "hallo", "hello", "help", "hr", "info"),
    *("inkoop", "kantoor", "mail", "marketing", "office", "post", "receptie", "sales", "service"),
    *("support", "team", "verkoop", "welkom"),
}
"""Names of mailboxes that are nobody's first name."""


@dataclass(frozen=True)
class Field:
    """A merge field as the editor offers it."""

    path: str
    label: str
    thing: str


def mail_templates() -> QuerySet[MailTemplate]:
    """All templates, by name."""
    return MailTemplate.objects.all()


def merge_fields() -> list[Field]:
    """All merge fields in the reader's language, own fields behind the others of their thing."""
    fields = [Field(path, str(label), path.split(".")[0]) for path, label in FIELDS.items()]
    fields += [
        Field(f"{one.subject}.custom.{one.key.replace('-', '_')}", one.name, one.subject)
        for one in CustomField.objects.all()
    ]
    place = list(THINGS)
    return sorted(fields, key=lambda field: place.index(field.thing))


def known_fields() -> frozenset[str]:
    """The names of all merge fields."""
    return frozenset(field.path for field in merge_fields())


def first_name(name: str) -> str:
    """The first name in a whole name; empty where it holds none that one could greet with.

    “Els de Wit” → “Els”; “J. de Wit”, “Dhr. de Wit” and “Info” → none.
    """
    words = name.split()
    while words and words[0].rstrip(".").lower() in TITLES:
        words = words[1:]
        if len(words) < 2:
            return ""
    if not words:
        return ""
    first = words[0]
    is_initials = first.endswith(".") or re.fullmatch(r"[A-Z]{1,2}", first)
    is_odd = not first[:1].isalpha() or any(letter.isdigit() for letter in first)
    if is_initials or is_odd or first.islower() or first.lower() in EVERYBODYS:
        return ""
    return first


def reader_of(lead: Lead, person: uuid.UUID | None = None) -> Person | None:
    """The person on the lead to whom a mail goes: the one asked for, else the first with an
    address. Raises NotFound when the one asked for is not on the lead."""
    parts = list(LeadPerson.objects.filter(lead=lead).select_related("person"))
    people = [part.person for part in parts if part.person.deleted_at is None]
    if person is not None:
        for one in people:
            if one.id == person:
                return one
        raise NotFound(_("This person is not on the lead."))
    return next((one for one in people if one.email), people[0] if people else None)


def language_of(person: Person | None) -> str:
    """The language in which somebody is written to: their own, else the organisation's."""
    spoken = (person.language if person else "")[:2].lower()
    return spoken if spoken in LANGUAGES else organisation().language[:2]


def values_of(lead: Lead, person: Person | None, language: str) -> dict[str, str]:
    """What is known for one reader of one lead, as their language writes it; the unknown is left
    out."""
    with override(language):
        values = {
            **_values_of_person(person),
            **_values_of_company(lead.company or (person.company if person else None), language),
            **_values_of_lead(lead, language),
            **_values_of_owner(lead.owner),
            "organisation.name": organisation().name,
            **_own_values(lead, person, language),
        }
    return {path: value for path, value in values.items() if value}


def letter_of(
    template: MailTemplate, lead: Lead, *, person: Person | None = None, language: str = ""
) -> Letter:
    """A template filled in for a reader on a lead, in their language unless another is asked for.

    Raises BadMerge when a field that it uses is no longer there.
    """
    person = person or reader_of(lead)
    written = language or template.language_for(language_of(person))
    return letter(
        template.subject.get(written, ""),
        template.body.get(written, ""),
        values_of(lead, person, written),
        known=known_fields(),
        language=written,
    )


def _values_of_person(person: Person | None) -> dict[str, str]:
    if person is None:
        return {}
    return {
        "person.first_name": first_name(person.name),
        "person.name": person.name if person.name != person.email else "",
        "person.email": person.email,
        "person.phone": person.phone,
        "person.job_title": person.job_title,
    }


def _values_of_company(company: Company | None, language: str) -> dict[str, str]:
    if company is None:
        return {}
    return {
        "company.name": company.name,
        "company.domain": company.domain,
        "company.city": company.city,
        "company.country": country_name(company.country, language) if company.country else "",
        "company.industry": company.industry,
    }


def _values_of_lead(lead: Lead, language: str) -> dict[str, str]:
    lines = lead.lines.select_related("product")
    return {
        "lead.title": lead.title,
        "lead.value": _money(lead.value, lead.currency, language),
        "lead.expected_close": _day(lead.expected_close, language),
        "lead.products": ", ".join(line.product.name for line in lines),
        "lead.stage": in_language(lead.stage.name, language),
    }


def _values_of_owner(owner: User | None) -> dict[str, str]:
    if owner is None:
        return {}
    return {
        "owner.name": owner.name,
        "owner.first_name": owner.get_short_name(),
        "owner.email": owner.email,
    }


def _own_values(lead: Lead, person: Person | None, language: str) -> dict[str, str]:
    company = lead.company or (person.company if person else None)
    kept = {"lead": lead, "person": person, "company": company}
    values = {}
    for field in CustomField.objects.all():
        thing = kept[field.subject]
        value = thing.custom.get(field.key) if thing is not None else None
        path = f"{field.subject}.custom.{field.key.replace('-', '_')}"
        values[path] = _own_value(field, value, language)
    return values


def _own_value(field: CustomField, value: object, language: str) -> str:
    if value is None or value == "":
        return ""
    match field.kind:
        case CustomField.Kind.DATE:
            return _day(date.fromisoformat(str(value)), language)
        case CustomField.Kind.NUMBER:
            return str(format_decimal(Decimal(str(value)), locale=language))
        case CustomField.Kind.YES_NO:
            return _("yes") if value else _("no")
    return str(value)


def _money(amount: Decimal | None, currency: str, language: str) -> str:
    if amount is None:
        return ""
    pattern = Locale.parse(language).currency_formats["standard"].pattern
    if amount == amount.to_integral_value():
        # A round sum is written without its zeros, as one would by hand.
        pattern = pattern.replace(".00", "")
    written = format_currency(
        amount, currency, format=pattern, locale=language, currency_digits=False
    )
    return str(written)


def _day(day: date | None, language: str) -> str:
    return str(format_date(day, "d MMMM y", locale=language)) if day else ""
