"""The books of one chunk of an import: rows gathered as they are decided on, written together."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from cadans.assignment.models import Territory
from cadans.contacts.models import Company, Person
from cadans.events.in_bulk import ActsInBulk
from cadans.exchange.history import End, History, Process, Stay
from cadans.exchange.models import ImportedRow
from cadans.ground.copying import copy_rows
from cadans.ground.ids import new_id
from cadans.ground.money import convert
from cadans.leads.models import (
    Closing,
    Lead,
    LeadPerson,
    LeadProduct,
    LossReason,
    Product,
    Source,
    StageVisit,
)
from cadans.team.models import Organisation, User

IN_ORDER: tuple[type[models.Model], ...] = (
    *(User, Territory, Product, Source, LossReason, Company, Person),
    *(Lead, StageVisit, Closing, LeadPerson, LeadProduct, ImportedRow),
)
"""Tables in the order in which rows are written: whatever is pointed at comes first."""

OF_LEADS: tuple[type[models.Model], ...] = (Lead, StageVisit, Closing, LeadPerson, LeadProduct)
Mark = tuple[dict[type[models.Model], int], int]

FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    model: tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not (field.primary_key and field.name != "id")
        and not isinstance(field, models.AutoField)
    )
    for model in IN_ORDER
}


class Books:
    """Rows and events of a chunk. `write()` puts them into the database in one go."""

    def __init__(self, acts: ActsInBulk, organisation: Organisation) -> None:
        self.acts = acts
        self.organisation = organisation
        self.zone = ZoneInfo(organisation.time_zone)
        self.rows: dict[type[models.Model], list[tuple[Any, ...]]] = {}
        self._rates: dict[tuple[Any, ...], Decimal | None] = {}

    def add(self, model: type[models.Model], **values: Any) -> uuid.UUID | None:
        """A new row, with the model's defaults for what is not named. Returns its id."""
        row = []
        for name in FIELDS[model]:
            if name in values:
                value = values[name]
            elif name == "id":
                value = values["id"] = new_id()
            else:
                value = DEFAULTS[model][name]
                if callable(value):
                    value = value()
            row.append(json.dumps(value) if isinstance(value, dict | list) else value)
        self.rows.setdefault(model, []).append(tuple(row))
        return values.get("id")

    def write(self) -> None:
        """Write all rows and events, and forget them."""
        for model in IN_ORDER:
            if rows := self.rows.get(model):
                copy_rows(model, FIELDS[model], rows)
        self.rows = {}
        self.acts.write()

    def mark(self) -> Mark:
        """Where the books stand, to go back to when a row turns out to be refused."""
        return {model: len(rows) for model, rows in self.rows.items()}, len(self.acts.rows)

    def back_to(self, mark: Mark) -> None:
        """Forget the leads' rows entered since; names and contacts that were made stay."""
        counts, told = mark
        for model in OF_LEADS:
            if rows := self.rows.get(model):
                del rows[counts.get(model, 0) :]
        self.acts.forget_leads(since=told)

    def tell(
        self,
        lead: uuid.UUID,
        process: Process,
        history: History,
        *,
        opened_at: datetime,
        value: Decimal | None,
        currency: str,
        reason: uuid.UUID | None,
    ) -> None:
        """Enter a lead's stays and ends, with the events that tell of them, in order of time."""
        waiting = list(history.ends)
        for stay, following in pairwise([*history.stays, None]):
            assert stay is not None
            self.stay(lead, process, stay, following)
            if waiting and waiting[0].stage is stay.stage and waiting[0].at == stay.left_at:
                self.end(
                    lead,
                    process,
                    waiting.pop(0),
                    opened_at=opened_at,
                    value=value,
                    currency=currency,
                    reason=reason,
                )

    def stay(
        self, lead: uuid.UUID, process: Process, stay: Stay, following: Stay | None = None
    ) -> None:
        """Enter one stay, with its events."""
        visit, owner = new_id(), str(stay.owner) if stay.owner else None
        stage = str(stay.stage.id)
        entered = self.acts.record(
            "stage_entered",
            at=stay.entered_at,
            lead=lead,
            pipeline=process.id,
            data={
                "visit": str(visit),
                "stage": stage,
                "name": stay.stage.name,
                "version": str(process.version),
                "owner": owner,
                "jumped": stay.jumped,
                "reason": "",
            },
        )
        left = None
        met = bool(stay.stage.ends_in)
        if stay.left_at is not None:
            left = self.acts.record(
                "stage_left",
                at=stay.left_at,
                lead=lead,
                pipeline=process.id,
                data={
                    "visit": str(visit),
                    "stage": stage,
                    "how": stay.how,
                    "goals_met": met,
                    "reason": "",
                },
            )
        self.add(
            StageVisit,
            id=visit,
            lead_id=lead,
            pipeline_id=process.id,
            version_id=process.version,
            stage_id=stay.stage.id,
            owner_id=stay.owner,
            entered_at=stay.entered_at,
            left_at=stay.left_at,
            how=stay.how,
            goals_met=met,
            jumped=stay.jumped,
            entered_by=entered,
            left_by=left,
            # Mostly right, and then the database has nothing to change (docs/decisions/0018).
            higher_at=following.entered_at if following and is_up(stay, following) else None,
        )

    def end(
        self,
        lead: uuid.UUID,
        process: Process,
        end: End,
        *,
        opened_at: datetime,
        value: Decimal | None,
        currency: str,
        reason: uuid.UUID | None,
    ) -> None:
        """Enter one closing, with its event."""
        closing = self.add(
            Closing,
            lead_id=lead,
            pipeline_id=process.id,
            version_id=process.version,
            stage_id=end.stage.id,
            status=end.status,
            owner_id=end.owner,
            reason_id=reason,
            opened_at=opened_at,
            at=end.at,
            value=value,
            currency=currency,
            worth=self.worth(value, currency, end.at),
            reopened_at=end.reopened_at,
        )
        self.acts.record(
            f"lead_{end.status}",
            at=end.at,
            lead=lead,
            pipeline=process.id,
            data={
                "closing": str(closing),
                "status": end.status,
                "stage": str(end.stage.id),
                "owner": str(end.owner) if end.owner else None,
                "reason": str(reason) if reason else None,
                "value": None if value is None else str(value),
                "currency": currency,
            },
        )
        if end.reopened_at is not None:
            self.acts.record(
                "lead_reopened",
                at=end.reopened_at,
                lead=lead,
                pipeline=process.id,
                data={"stage": end.stage.key},
            )

    def worth(self, value: Decimal | None, currency: str, at: datetime) -> Decimal | None:
        """A value in the organisation's currency at the rate of its day; None without a rate."""
        if value is None or currency == self.organisation.currency:
            return value
        day = at.astimezone(self.zone).date()
        if (currency, day) not in self._rates:
            self._rates[currency, day] = convert(
                Decimal(1), currency, to=self.organisation.currency, on=day
            )
        if self._rates[currency, day] is None:
            return None
        return convert(value, currency, to=self.organisation.currency, on=day)


def is_up(stay: Stay, following: Stay) -> bool:
    """Whether the stay that follows is further on the way to won."""
    there = following.stage
    return there.ends_in != "lost" and there.position > stay.stage.position


def _default(field: models.Field[Any, Any]) -> Any:
    if field.has_default():
        default = field.default
        return default if callable(default) else field.get_default()
    return None if field.null else ""


DEFAULTS: Mapping[type[models.Model], Mapping[str, Any]] = {
    model: {field.attname: _default(field) for field in model._meta.concrete_fields}
    for model in IN_ORDER
}
