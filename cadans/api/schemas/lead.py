"""Leads as the API reads and shows them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, Field, StringConstraints

from cadans.api.schemas.kinds import (
    Amount,
    Country,
    Day,
    Email,
    Key,
    KeyRef,
    Moment,
    Money,
    MoneyWish,
    Name,
    Quantity,
    Ref,
    UserRef,
    Wish,
    money,
    ref,
    user_ref,
)
from cadans.leads.models import Lead, LeadPerson, LeadProduct

Status = Literal["open", "won", "lost", "cancelled"]
Role = Literal["", "decision_maker", "champion", "influencer", "user", "gatekeeper", "blocker"]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class CompanyWish(Wish):
    """A company: found by its domain, else by its exact name, else made."""

    name: Annotated[str, StringConstraints(max_length=160)] = ""
    domain: Annotated[str, StringConstraints(max_length=120)] = ""
    country: Country = ""


class PartWish(Wish):
    """Somebody on the lead: found by e-mail address, else made."""

    email: Email = ""
    name: Annotated[str, StringConstraints(max_length=160)] = ""
    phone: Annotated[str, StringConstraints(max_length=40)] = ""
    role: Role = ""


class LineWish(Wish):
    """A product by name or id. Without a price its list price counts."""

    product: Key
    quantity: Quantity = Decimal(1)
    price: Amount | None = None


class NewLead(Wish):
    """A lead to be made. Without a pipeline routing rules choose, without an owner assignment
    rules; the lead enters the first stage unless another is named."""

    title: Name
    pipeline: Key | None = Field(default=None, description="key, id or name")
    stage: Key | None = Field(default=None, description="key, id or name")
    value: MoneyWish | None = None
    company: CompanyWish | None = None
    people: list[PartWish] = Field(default_factory=list, max_length=50)
    source: Key | None = Field(default=None, description="name or id")
    products: list[LineWish] = Field(default_factory=list, max_length=100)
    territory: Key | None = Field(default=None, description="name or id")
    owner: Key | None = Field(default=None, description="e-mail address or id")
    external_id: Key | None = None
    opened_at: Moment | None = None
    expected_close: Day | None = None
    competitor: Annotated[str, StringConstraints(max_length=120)] = ""
    custom: dict[str, Any] = Field(default_factory=dict, max_length=200)
    tags: list[Tag] = Field(default_factory=list, max_length=50)


class LeadChanges(Wish):
    """What is to change; what is left out stays as it is, null makes empty."""

    title: Name | None = None
    value: MoneyWish | None = None
    company: CompanyWish | None = None
    source: Key | None = Field(default=None, description="name or id")
    products: list[LineWish] | None = Field(default=None, max_length=100)
    territory: Key | None = Field(default=None, description="name or id")
    owner: Key | None = Field(default=None, description="e-mail address or id")
    external_id: Key | None = None
    expected_close: Day | None = None
    competitor: Annotated[str, StringConstraints(max_length=120)] | None = None
    custom: dict[str, Any] | None = Field(default=None, max_length=200)
    tags: list[Tag] | None = Field(default=None, max_length=50)


class Move(Wish):
    """Where to, and why (some stages ask for a reason)."""

    stage: Key = Field(description="key, id or name")
    reason: Annotated[str, StringConstraints(max_length=300)] = ""


class Win(Wish):
    """When it was won; now when left out."""

    closed_at: Moment | None = None


class Lose(Wish):
    """Why and when it was lost."""

    reason: Key = Field(description="a loss reason's name or id")
    closed_at: Moment | None = None


class Undo(Wish):
    """Which move to take back: an event of it."""

    event: uuid.UUID


class CompanyInBrief(BaseModel):
    """The lead's company, in brief."""

    id: uuid.UUID
    name: str
    domain: str
    country: str


class PartShown(BaseModel):
    """Somebody on the lead and their buying role; `first` marks the first contact."""

    id: uuid.UUID
    name: str
    email: str
    role: str
    first: bool


class LineShown(BaseModel):
    """A product on the lead; the price is that of one."""

    product: Ref
    quantity: Decimal
    price: Money | None


class LeadShown(BaseModel):
    """A lead. `revision` is also its ETag."""

    id: uuid.UUID
    title: str
    status: Status
    pipeline: KeyRef
    stage: KeyRef
    value: Money | None
    owner: UserRef | None
    company: CompanyInBrief | None
    source: Ref | None
    territory: Ref | None
    people: list[PartShown]
    products: list[LineShown]
    tags: list[str]
    competitor: str
    loss_reason: Ref | None
    opened_at: datetime
    stage_entered_at: datetime
    touched_at: datetime
    closed_at: datetime | None
    expected_close: date | None
    custom: dict[str, Any]
    external_id: str | None
    revision: int


class Card(BaseModel):
    """A lead in brief, as on the board."""

    id: uuid.UUID
    title: str
    value: Money | None
    owner: UserRef | None
    company: Ref | None
    stage_entered_at: datetime
    touched_at: datetime
    idle: bool
    revision: int


def lead_shown(
    lead: Lead,
    *,
    parts: Iterable[LeadPerson] | None = None,
    lines: Iterable[LeadProduct] | None = None,
    tags: Iterable[Any] | None = None,
) -> LeadShown:
    """A lead with its names at hand; `parts`, `lines`, `tags` when the caller knows them."""
    company = lead.company
    return LeadShown.model_construct(
        id=lead.id,
        title=lead.title,
        status=cast(Status, lead.status),
        pipeline=KeyRef.model_construct(
            id=lead.pipeline_id, key=lead.pipeline.key, name=lead.pipeline.name
        ),
        stage=KeyRef.model_construct(id=lead.stage_id, key=lead.stage.key, name=lead.stage.label),
        value=money(lead.value, lead.currency),
        owner=user_ref(lead.owner),
        company=None
        if company is None
        else CompanyInBrief.model_construct(
            id=company.id, name=company.name, domain=company.domain, country=company.country
        ),
        source=ref(lead.source),
        territory=ref(lead.territory),
        people=[part_shown(part) for part in (lead.parts.all() if parts is None else parts)],
        products=[
            LineShown.model_construct(
                product=Ref.model_construct(id=line.product_id, name=line.product.name),
                quantity=line.quantity.normalize() + 0,
                price=money(line.price, lead.currency) if lead.currency else None,
            )
            for line in (lead.lines.all() if lines is None else lines)
        ],
        tags=[tag.name for tag in (lead.tags.all() if tags is None else tags)],
        competitor=lead.competitor,
        loss_reason=ref(lead.loss_reason),
        opened_at=lead.opened_at,
        stage_entered_at=lead.stage_entered_at,
        touched_at=lead.touched_at,
        closed_at=lead.closed_at,
        expected_close=lead.expected_close,
        custom=lead.custom,
        external_id=lead.external_id,
        revision=lead.revision,
    )


def part_shown(part: LeadPerson) -> PartShown:
    """Somebody on a lead, with the person at hand."""
    return PartShown.model_construct(
        id=part.person_id,
        name=part.person.name,
        email=part.person.email,
        role=part.role,
        first=part.is_first,
    )


def card(lead: Lead) -> Card:
    """A lead as a card."""
    return Card.model_construct(
        id=lead.id,
        title=lead.title,
        value=money(lead.value, lead.currency),
        owner=user_ref(lead.owner),
        company=ref(lead.company),
        stage_entered_at=lead.stage_entered_at,
        touched_at=lead.touched_at,
        idle=lead.is_idle(),
        revision=lead.revision,
    )
