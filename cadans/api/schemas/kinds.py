"""Kinds of values that several shapes share: texts, moments, days, money, references."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from cadans.ground.money import LARGEST
from cadans.ground.years import is_meant, outside
from cadans.team.models import User


class Wish(BaseModel):
    """What a caller sends. A field that is not known is refused, so that no typo goes unnoticed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _written(kind: str) -> Any:
    def check(value: Any) -> Any:
        if value is not None and not isinstance(value, str | date | datetime):
            raise PydanticCustomError(f"{kind}_type", "must be text")
        return value

    return check


def _within(value: date | datetime) -> Any:
    if not is_meant(value):
        raise ValueError(outside())
    return value.astimezone(UTC) if isinstance(value, datetime) else value


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written("datetime")),
    AfterValidator(_within),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "examples": ["2026-03-31T09:30:00+02:00"],
            "description": "ISO 8601 with an offset; without one it is refused",
        }
    ),
]
Day = Annotated[
    date,
    BeforeValidator(_written("date")),
    AfterValidator(_within),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-31"]}),
]

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(max_length=200)]
Note = Annotated[str, StringConstraints(max_length=20_000)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Email = Annotated[str, StringConstraints(max_length=254)]
Country = Annotated[str, StringConstraints(max_length=80)]

Amount = Annotated[
    Decimal,
    Field(
        ge=0,
        le=LARGEST,
        max_digits=14,
        decimal_places=2,
        allow_inf_nan=False,
    ),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{1,12}(\.\d{1,2})?$",
            "examples": ["1250.00"],
            "description": "an exact decimal, as text",
        }
    ),
]
Quantity = Annotated[
    Decimal,
    Field(gt=0, max_digits=12, decimal_places=3, allow_inf_nan=False),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(?!0+(\.0+)?$)\d{1,9}(\.\d{1,3})?$",
            "examples": ["2", "1.5"],
        }
    ),
]


class Money(BaseModel):
    """An exact amount in a currency (ISO 4217)."""

    amount: Amount
    currency: str = Field(examples=["EUR"])


class MoneyWish(Wish):
    """An amount; in the organisation's currency when none is given."""

    amount: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        default=None, examples=["EUR"]
    )


def money(amount: Decimal | None, currency: str) -> Money | None:
    """Two columns as one value."""
    if amount is None:
        return None
    return Money.model_construct(amount=amount.quantize(Decimal("0.01")), currency=currency)


class Ref(BaseModel):
    """Something else, by id and name."""

    id: uuid.UUID
    name: str


class KeyRef(BaseModel):
    """Something else that also has a key of its own: a pipeline, a stage."""

    id: uuid.UUID
    key: str
    name: str


class UserRef(BaseModel):
    """A user, by id, name and e-mail address."""

    id: uuid.UUID
    name: str
    email: str


def ref(thing: Any) -> Ref | None:
    """A reference to a row with a name, or None."""
    return None if thing is None else Ref.model_construct(id=thing.id, name=thing.name)


def user_ref(user: User | None) -> UserRef | None:
    """A reference to a user, or None."""
    if user is None:
        return None
    return UserRef.model_construct(id=user.id, name=user.name, email=user.email)
