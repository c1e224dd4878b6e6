"""Quotas, as the API reads and shows them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cadans.api.schemas.kinds import (
    Day,
    Key,
    Money,
    MoneyWish,
    Ref,
    UserRef,
    Wish,
    money,
    ref,
    user_ref,
)
from cadans.insight.models import Quota

Unit = Literal["month", "quarter", "year"]


class NewQuota(Wish):
    """What an owner or a team (one of the two) is to win in a period, in the organisation's
    currency. `from` is the period's first day."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    owner: Key | None = Field(default=None, description="an e-mail address or an id")
    team: Key | None = Field(default=None, description="a name or an id")
    unit: Unit
    since: Day = Field(alias="from", examples=["2026-04-01"])
    amount: MoneyWish


class QuotaChanges(Wish):
    """Another amount; whose it is and for when stays."""

    amount: MoneyWish | None = None


class QuotaShown(BaseModel):
    """A quota; `to` is the first day after its period. How it stands: `/reports/quotas`."""

    model_config = ConfigDict(populate_by_name=True)

    id: uuid.UUID
    owner: UserRef | None
    team: Ref | None
    unit: Unit
    since: date = Field(alias="from")
    until: date = Field(alias="to")
    amount: Money | None


def quota_shown(quota: Quota) -> QuotaShown:
    """A quota with its owner or team at hand."""
    return QuotaShown(
        id=quota.id,
        owner=user_ref(quota.user),
        team=ref(quota.team),
        unit=quota.unit,
        since=quota.since,
        until=quota.until,
        amount=money(quota.amount, quota.currency),
    )
