"""What is known by looking things up, and whether looking is due."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cadans.contacts.models import Company, Person
from cadans.enrichment.models import Fact, Inquiry, Switches

KEPT = timedelta(days=90)
"""For so long what was found is not looked up again by itself."""

AGAIN = timedelta(minutes=1)
"""Sooner than this after the last look even a person's click does not ask again."""

MOST_A_DAY = 1_000
"""So many look-ups begin by themselves in a day; a click always may."""


def switches() -> Switches:
    """Whether things are looked up (unsaved defaults until somebody chose)."""
    return Switches.objects.first() or Switches()


def whom(subject: Company | Person) -> dict[str, Any]:
    """The condition that a row is about that company or person."""
    return {"company": subject} if isinstance(subject, Company) else {"person": subject}


def facts_about(subject: Company | Person) -> QuerySet[Fact]:
    """What was found about somebody or something and not refused."""
    return Fact.objects.filter(**whom(subject)).exclude(
        state__in=[Fact.State.DISMISSED, Fact.State.UNDONE]
    )


def inquiry_about(subject: Company | Person) -> Inquiry | None:
    """The last look, if there was one."""
    return Inquiry.objects.filter(**whom(subject)).first()


def key_of(subject: Company | Person) -> str:
    """What a look-up begins with: a company's domain, a person's address."""
    return subject.domain if isinstance(subject, Company) else subject.email


def is_due(subject: Company | Person, *, by_hand: bool) -> bool:
    """Whether to look (again): never looked, another domain or address now, or long ago."""
    if not key_of(subject):
        return False
    last = inquiry_about(subject)
    now = timezone.now()
    if last is not None and last.key == key_of(subject):
        return now - last.begun_at > (AGAIN if by_hand else KEPT)
    return by_hand or _begun_since(now - timedelta(days=1)) < MOST_A_DAY


def _begun_since(moment: datetime) -> int:
    return Inquiry.objects.filter(begun_at__gte=moment).count()


def fact_named(id: uuid.UUID) -> Fact | None:
    """A fact by its id, with whom it is about; None when they are gone."""
    rows = Fact.objects.select_related("company", "person")
    found = rows.filter(id=id).first()
    return found if found is not None and found.subject.deleted_at is None else None
