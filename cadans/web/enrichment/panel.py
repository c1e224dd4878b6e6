"""What was looked up, as the pages of a company, a person and a lead show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cadans.contacts.countries import country_name
from cadans.contacts.models import Company, Person
from cadans.enrichment.models import Fact, Inquiry
from cadans.enrichment.queries import facts_about, inquiry_about, key_of, switches
from cadans.enrichment.reading.found import SURE
from cadans.leads.models import Lead

LIKELY = 65
"""From this confidence on we say that a fact is likely, below it that it may be so."""


@dataclass(frozen=True)
class Shown:
    """A fact in words."""

    fact: Fact
    label: str
    value: str
    how_sure: str
    of: str = ""


@dataclass(frozen=True)
class Panel:
    """What is known by looking somebody or something up, and how the looking went."""

    kind: str
    subject: Company | Person
    suggested: list[Shown]
    filled: list[Shown]
    noted: list[Shown]
    inquiry: Inquiry | None
    can_ask: bool
    is_off: bool

    @property
    def is_looking(self) -> bool:
        """Whether a look is under way."""
        return self.inquiry is not None and self.inquiry.ended_at is None


def panel_of(subject: Company | Person) -> Panel:
    """The panel of a company or person."""
    facts = list(facts_about(subject))
    now = switches()
    is_company = isinstance(subject, Company)
    is_on = now.asks_sites or (now.asks_gravatar and not is_company)
    by_state = {
        state: [shown(fact) for fact in facts if fact.state == state] for state in Fact.State
    }
    return Panel(
        kind="company" if is_company else "person",
        subject=subject,
        suggested=by_state[Fact.State.SUGGESTED],
        filled=[*by_state[Fact.State.FILLED], *by_state[Fact.State.ACCEPTED]],
        noted=by_state[Fact.State.NOTED],
        inquiry=inquiry_about(subject),
        can_ask=is_on and bool(key_of(subject)),
        is_off=not is_on,
    )


def suggested_on(lead: Lead, people: Iterable[Person]) -> list[Shown]:
    """What waits for a yes or no about a lead's company and people."""
    rows = Fact.objects.filter(state=Fact.State.SUGGESTED)
    about = Q(person__in=[person.id for person in people]) | Q(company=lead.company_id)
    rows = rows.filter(about, Q(company__isnull=False) | Q(person__isnull=False))
    return [shown(fact, of=str(fact.subject)) for fact in rows.select_related("company", "person")]


def shown(fact: Fact, *, of: str = "") -> Shown:
    """A fact in the reader's words."""
    sure = _("sure") if fact.confidence >= SURE else _("likely")
    sure = sure if fact.confidence >= LIKELY else _("perhaps")
    return Shown(fact, str(fact.get_field_display()), _value(fact), sure, of)


def _value(fact: Fact) -> str:
    if fact.field == Fact.Field.COUNTRY:
        return country_name(fact.value, get_language() or "en")
    if fact.field == Fact.Field.MAILBOX:
        kinds: dict[str, Any] = {
            "shared": _("read by a department"),
            "free": _("of a free mail service"),
            "throwaway": _("to be thrown away"),
        }
        return str(kinds.get(fact.value, fact.value))
    return fact.value.removeprefix("https://").removeprefix("http://").rstrip("/")
