"""Import leads, a chunk at a time: look up together, decide row by row, write together."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.exchange.actions.books import Books
from cadans.exchange.actions.contacts_of import Contacts, clean_company_values
from cadans.exchange.actions.fates import Batch, Fate, key_of, known_digests, remember
from cadans.exchange.actions.lead_updates import LeadUpdates
from cadans.exchange.actions.names import Names
from cadans.exchange.history import Change, Process, StagePlace, fold
from cadans.exchange.models import Kind
from cadans.exchange.rows import RowRefused, Values
from cadans.ground.custom_fields import CustomField, clean_values
from cadans.ground.errors import CadansError
from cadans.ground.money import check_currency
from cadans.leads.models import Lead, LeadPerson, LeadProduct

RELATIONS = (
    ("source", "sources", "source_id"),
    ("territory", "territories", "territory_id"),
    ("lost_reason", "reasons", "loss_reason_id"),
)


@dataclass
class Course:
    """Where a row says that its lead stands. `stage` is None where the row names none."""

    status: str | None
    stage: StagePlace | None
    closed_at: datetime | None


class LeadsImport:
    """Imports rows of kind `leads` for one run."""

    kind = Kind.LEADS

    def __init__(self, names: Names, *, titled: bool) -> None:
        self.names = names
        self.titled = titled
        self.custom_fields = list(CustomField.objects.filter(subject=CustomField.Subject.LEAD))

    def write(self, books: Books, rows: Sequence[Values]) -> list[Fate]:
        """Import these rows within the transaction at hand; what became of each, in order."""
        fates: list[Fate] = []
        for batch in distinct(rows):
            fates += self._write(books, batch)
            books.write()
        return fates

    def _write(self, books: Books, rows: Sequence[Values]) -> list[Fate]:
        batch = Batch([key_of(row) for row in rows])
        known = known_digests(self.kind, batch.keys)
        present = {
            lead.external_id: lead
            for lead in Lead.objects.present()
            .filter(external_id__in=[row["external_id"] for row in rows if row.get("external_id")])
            .select_for_update(of=("self",))
        }
        for row, (key, digest) in zip(rows, batch.keys, strict=True):
            named = row.get("external_id")
            if known.get(key) == digest and (not named or named in present):
                batch.skip(key)
                continue
            try:
                clean_company_values(row)
            except RowRefused as error:
                batch.refuse(key, error.reason)
        rest = [
            row for row, (key, _d) in zip(rows, batch.keys, strict=True) if key not in batch.fates
        ]
        contacts = Contacts(books, rest)
        updates = LeadUpdates(books, self.names, contacts, present.values())
        for row, (key, _digest) in zip(rows, batch.keys, strict=True):
            if key in batch.fates:
                continue
            lead = present.get(row.get("external_id"))
            mark = books.mark()
            try:
                if lead is None:
                    self._create(books, contacts, row)
                    batch.create(key)
                elif updates.apply(lead, row, self._course):
                    batch.update(key)
                else:
                    batch.skip(key)
            except RowRefused as error:
                books.back_to(mark)
                batch.refuse(key, error.reason)
        updates.save()
        remember(books, self.kind, batch, known)
        return batch.in_order()

    def _create(self, books: Books, contacts: Contacts, row: Values) -> None:
        names = self.names
        process = names.process(row.get("pipeline"))
        course = self._course(process, row)
        title = self._title(row)
        value, currency = money_of(row, books.organisation.currency)
        custom = self._custom(row)
        closed = course.closed_at
        opened_at = row.get("opened_at")
        if opened_at is None:
            if closed is not None:
                raise RowRefused(
                    _("A closed lead needs the day it was opened, or its cycle would be a guess.")
                )
            opened_at = books.acts.now
        if closed is not None and closed < opened_at:
            raise RowRefused(_("The lead was closed before it was opened."))
        owner = names.owner(books, row["owner"]) if row.get("owner") else None
        product = names.named(books, "products", row["product"]) if row.get("product") else None
        related = {
            attname: names.named(books, kind, row[name]) if row.get(name) else None
            for name, kind, attname in RELATIONS
        }
        company = contacts.company(row)
        person = contacts.person(row, company)
        piece = None
        if related["territory_id"] is None and (piece := contacts.piece(company)):
            related["territory_id"] = piece.territory
        begun = course.stage if course.stage and not course.stage.ends_in else process.first
        changes = [Change(begun, opened_at, owner)]
        if course.stage and course.stage.ends_in and course.status != "cancelled" and closed:
            changes.append(Change(course.stage, closed, owner))
        told = fold(
            process,
            changes,
            closed=(course.status or "open", closed) if closed is not None else None,
        )
        last = told.stays[-1]
        status = course.status or "open"
        lead = books.add(
            Lead,
            title=title,
            pipeline_id=process.id,
            version_id=process.version,
            stage_id=last.stage.id,
            status=status,
            value=value,
            currency=currency,
            owner_id=owner,
            company_id=company,
            **related,
            competitor=row.get("competitor") or "",
            opened_at=opened_at,
            closed_at=closed,
            expected_close=row.get("expected_close"),
            stage_entered_at=last.entered_at,
            touched_at=closed or last.entered_at,
            custom=custom,
            external_id=row.get("external_id"),
            made_at=books.acts.now,
        )
        assert lead is not None
        acts = books.acts
        acts.begin()
        acts.record(
            "lead_created",
            at=opened_at,
            lead=lead,
            pipeline=process.id,
            data={
                "fields": {
                    "title": title,
                    "pipeline": str(process.id),
                    "value": None if value is None else str(value),
                    "currency": currency,
                    "owner": text_of(owner),
                    "company": text_of(company),
                    "source": text_of(related["source_id"]),
                    "territory": text_of(related["territory_id"]),
                    "competitor": row.get("competitor") or "",
                    "opened_at": opened_at.isoformat(),
                    "expected_close": text_of(row.get("expected_close")),
                    "custom": custom,
                    "external_id": row.get("external_id"),
                }
            },
            because={"territory": piece.path[0], "area": str(piece)} if piece else None,
        )
        books.tell(
            lead,
            process,
            told,
            opened_at=opened_at,
            value=value,
            currency=currency,
            reason=related["loss_reason_id"],
        )
        if person:
            books.add(LeadPerson, lead_id=lead, person_id=person, is_first=True, role="")
        if product:
            books.add(LeadProduct, lead_id=lead, product_id=product)

    def _title(self, row: Values) -> str:
        title = row.get("title")
        if title:
            return str(title)
        if self.titled:
            raise RowRefused(_("“title” is empty."))
        for name in ("company", "person_name", "person_email", "product", "external_id"):
            if row.get(name):
                return str(row[name])[:200]
        raise RowRefused(_("“title” is empty."))

    def _custom(self, row: Values) -> dict[str, Any]:
        if not row.get("custom"):
            return {}
        try:
            return clean_values(self.custom_fields, row["custom"])
        except CadansError as error:
            raise RowRefused(error.message) from None

    def _course(self, process: Process, row: Values) -> Course:
        """Where the row says that the lead stands. Raises RowRefused when it contradicts itself."""
        status, closed = row.get("status"), row.get("closed_at")
        stage = self.names.stage(process, row["stage"]) if row.get("stage") else None
        if stage is not None and stage.ends_in:
            if status is None:
                status = stage.ends_in
            elif status not in {stage.ends_in, "cancelled"}:
                raise RowRefused(
                    _("Stage “%(stage)s” ends in %(ends)s, but the status is %(status)s.")
                    % {"stage": row["stage"], "ends": stage.ends_in, "status": status}
                )
        if status in {None, "open"} and closed is not None:
            raise RowRefused(
                _("The lead has a day on which it was closed, but its status does not say so.")
            )
        if status in {"won", "lost", "cancelled"} and closed is None:
            raise RowRefused(_("A closed lead needs the day on which it was closed."))
        return Course(status, stage, closed)


def money_of(row: Values, usual: str) -> tuple[Decimal | None, str]:
    """The row's value and currency (the organisation's by default). Raises RowRefused."""
    value, currency = row.get("value"), (row.get("currency") or "").upper()
    if currency:
        try:
            check_currency(currency)
        except Exception:
            raise RowRefused(
                _("“%(code)s” is not a currency (use a code such as EUR).") % {"code": currency}
            ) from None
    return (None, "") if value is None else (value, currency or usual)


def text_of(value: Any) -> str | None:
    """An id or day as events write it."""
    return None if value is None else str(value)


def distinct(rows: Sequence[Values]) -> Iterator[list[Values]]:
    """The rows in order, cut wherever one with the same external id comes again."""
    batch: list[Values] = []
    seen: set[uuid.UUID | str] = set()
    for row in rows:
        key = key_of(row)[0]
        if key in seen:
            yield batch
            batch, seen = [], set()
        batch.append(row)
        seen.add(key)
    if batch:
        yield batch


def now_or(moment: datetime) -> datetime:
    """Now, or a later moment that was known already."""
    return max(timezone.now(), moment)
