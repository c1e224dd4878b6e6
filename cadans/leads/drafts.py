"""What a face, a file or a program hands in to make a lead: shaped once, trusted inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cadans.assignment.models import Territory
from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.contacts.models import Company, Person
from cadans.leads.offer import Product, Source
from cadans.process.models import Pipeline
from cadans.team.models import User


@dataclass(frozen=True)
class PartDraft:
    """Somebody on the lead: a person who is known, or one to find or make; and their role."""

    person: Person | PersonDraft
    role: str = ""


@dataclass(frozen=True)
class LineDraft:
    """A product on the lead. Without a price the product's list price counts."""

    product: Product
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None


@dataclass(frozen=True)
class LeadDraft:
    """A lead to be made. `stage` is a stage's id, key or name; the first stage without it."""

    title: str = ""
    pipeline: Pipeline | None = None
    stage: str = ""
    value: Decimal | None = None
    currency: str = ""
    company: Company | CompanyDraft | None = None
    people: Sequence[PartDraft] = ()
    source: Source | None = None
    products: Sequence[LineDraft] = ()
    territory: Territory | None = None
    owner: User | None = None
    competitor: str = ""
    external_id: str | None = None
    opened_at: datetime | None = None
    expected_close: date | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
