"""People and companies as the API reads and shows them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from cadans.api.schemas.kinds import Country, Email, Key, Ref, Wish, ref
from cadans.api.schemas.lead import Tag
from cadans.contacts.models import Company, Person

Word = Annotated[str, StringConstraints(max_length=80)]
Text160 = Annotated[str, StringConstraints(max_length=160)]
Phone = Annotated[str, StringConstraints(max_length=40)]
Count = Annotated[int, Field(ge=0, le=2_000_000_000)]


class PersonFields(Wish):
    """A person's own fields; what is left out stays empty, or as it is."""

    name: Text160 | None = None
    email: Email | None = None
    phone: Phone | None = None
    job_title: Annotated[str, StringConstraints(max_length=120)] | None = None
    company: uuid.UUID | None = None
    language: Annotated[str, StringConstraints(max_length=5)] | None = None
    external_id: Key | None = None
    custom: dict[str, Any] | None = Field(default=None, max_length=200)
    tags: list[Tag] | None = Field(default=None, max_length=50)


class CompanyFields(Wish):
    """A company's own fields; what is left out stays empty, or as it is."""

    name: Text160 | None = None
    domain: Annotated[str, StringConstraints(max_length=120)] | None = None
    industry: Word | None = None
    kind: Word | None = None
    market: Word | None = None
    employees: Count | None = None
    phone: Phone | None = None
    address: Text160 | None = None
    postcode: Annotated[str, StringConstraints(max_length=16)] | None = None
    city: Word | None = None
    region: Word | None = None
    country: Country | None = None
    parent: uuid.UUID | None = None
    external_id: Key | None = None
    custom: dict[str, Any] | None = Field(default=None, max_length=200)
    tags: list[Tag] | None = Field(default=None, max_length=50)


class PersonShown(BaseModel):
    """A person."""

    id: uuid.UUID
    name: str
    email: str
    phone: str
    job_title: str
    company: Ref | None
    language: str
    external_id: str | None
    custom: dict[str, Any]
    tags: list[str]
    made_at: datetime
    changed_at: datetime
    revision: int


class CompanyShown(BaseModel):
    """A company."""

    id: uuid.UUID
    name: str
    domain: str
    industry: str
    kind: str
    market: str
    employees: int | None
    phone: str
    address: str
    postcode: str
    city: str
    region: str
    country: str
    parent: Ref | None
    external_id: str | None
    custom: dict[str, Any]
    tags: list[str]
    made_at: datetime
    changed_at: datetime
    revision: int


OF_BOTH = ("id", "name", "phone", "external_id", "custom", "made_at", "changed_at", "revision")
OF_PEOPLE = ("email", "job_title", "language")
OF_COMPANIES = (
    *("domain", "industry", "kind", "market", "employees"),
    *("address", "postcode", "city", "region", "country"),
)


def person_shown(person: Person) -> PersonShown:
    """A person with their company and tags at hand."""
    return PersonShown.model_construct(
        **{name: getattr(person, name) for name in (*OF_BOTH, *OF_PEOPLE)},
        company=ref(person.company),
        tags=[tag.name for tag in person.tags.all()],
    )


def company_shown(company: Company) -> CompanyShown:
    """A company with its parent and tags at hand."""
    return CompanyShown.model_construct(
        **{name: getattr(company, name) for name in (*OF_BOTH, *OF_COMPANIES)},
        parent=ref(company.parent),
        tags=[tag.name for tag in company.tags.all()],
    )
