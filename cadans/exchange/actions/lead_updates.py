"""Bring leads that are there already in line with what a row says of them.

A blank cell changes nothing. Whatever follows from a change of stage or status is told by events,
as for a change by hand; stage tasks are neither laid nor, on leads that were closed, left open.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cadans.exchange.actions.books import Books
from cadans.exchange.actions.contacts_of import Contacts
from cadans.exchange.actions.due_dates import follow_expected_closes
from cadans.exchange.actions.names import Names
from cadans.exchange.history import End, Process, StagePlace, Stay
from cadans.exchange.rows import RowRefused, Values
from cadans.ground.copying import update_rows
from cadans.ground.custom_fields import CustomField, clean_values
from cadans.ground.errors import CadansError
from cadans.ground.money import check_currency
from cadans.leads.models import Closing, Lead, LeadPerson, LeadProduct, StageVisit, Task

SAVED = (
    *("title", "value", "currency", "owner_id", "company_id", "source_id", "territory_id"),
    *("competitor", "loss_reason_id", "opened_at", "closed_at", "expected_close", "custom"),
    *("status", "stage_id", "stage_entered_at", "touched_at", "revision"),
)


class LeadUpdates:
    """Applies rows to the leads of one chunk and saves them together."""

    def __init__(
        self, books: Books, names: Names, contacts: Contacts, leads: Iterable[Lead]
    ) -> None:
        self.books = books
        self.names = names
        self.contacts = contacts
        ids = [lead.id for lead in leads]
        self.visits: dict[uuid.UUID, list[StageVisit]] = {}
        self.lines: dict[uuid.UUID, set[uuid.UUID]] = {}
        self.parts: dict[uuid.UUID, set[uuid.UUID]] = {}
        self.changed: dict[uuid.UUID, Lead] = {}
        self.left: list[StageVisit] = []
        self.skipped: list[Task] = []
        self.other_close: dict[uuid.UUID, Lead] = {}
        self.custom_fields: list[CustomField] | None = None
        if ids:
            for visit in StageVisit.objects.filter(lead__in=ids).order_by("entered_at", "id"):
                self.visits.setdefault(visit.lead_id, []).append(visit)
            for lead, product in LeadProduct.objects.filter(lead__in=ids).values_list(
                "lead_id", "product_id"
            ):
                self.lines.setdefault(lead, set()).add(product)
            for lead, person in LeadPerson.objects.filter(lead__in=ids).values_list(
                "lead_id", "person_id"
            ):
                self.parts.setdefault(lead, set()).add(person)

    def apply(self, lead: Lead, row: Values, course_of: Callable[[Process, Values], Any]) -> bool:
        """Apply a row to its lead. Returns whether anything changed; raises RowRefused."""
        process = self.names.process_of(lead.pipeline_id)
        if process is None:
            raise RowRefused(_("The lead’s pipeline is archived."))
        if row.get("pipeline") and self.names.process(row["pipeline"]).id != process.id:
            raise RowRefused(
                _("The lead is in pipeline “%(pipeline)s”; an import cannot move it to another.")
                % {"pipeline": process.name}
            )
        course = course_of(process, row)
        before = {name: getattr(lead, name) for name in lead.__dict__ if not name.startswith("_")}
        try:
            return self._apply(lead, row, process, course)
        except RowRefused:
            for name, value in before.items():
                setattr(lead, name, value)
            raise

    def save(self) -> None:
        """Write the leads that changed."""
        if self.changed:
            update_rows(
                Lead,
                SAVED,
                [
                    (lead.id, *(stored(getattr(lead, name)) for name in SAVED))
                    for lead in self.changed.values()
                ],
            )
        if self.left:
            StageVisit.objects.bulk_update(self.left, ["left_at", "how", "left_by"])
        if self.skipped:
            Task.objects.bulk_update(self.skipped, ["state", "ended_at"])
        follow_expected_closes(self.books, self.other_close)

    def _apply(self, lead: Lead, row: Values, process: Process, course: Any) -> bool:
        acts = self.books.acts
        acts.begin()
        fields = self._fields(lead, row)
        changes = {}
        for attname, value in fields.items():
            old = getattr(lead, attname)
            if old != value:
                changes[attname.removesuffix("_id")] = [told(old), told(value)]
                setattr(lead, attname, value)
        changed = bool(changes)
        if lead.closed_at and course.closed_at is None and lead.closed_at < lead.opened_at:
            raise RowRefused(_("The lead was closed before it was opened."))
        if changes:
            event = self._record(lead, "lead_changed", data={"changes": changes})
            if "expected_close" in changes:
                self.other_close[event] = lead
        if row.get("owner"):
            owner = self.names.owner(self.books, row["owner"])
            if owner != lead.owner_id:
                self._record(
                    lead,
                    "lead_assigned",
                    data={"owner": str(owner), "before": told(lead.owner_id)},
                )
                lead.owner_id = owner
                changed = True
        changed |= self._hang_on(lead, row)
        changed |= self._follow(lead, process, course, row)
        if changed:
            lead.revision += 1
            self.changed[lead.id] = lead
        return changed

    def _fields(self, lead: Lead, row: Values) -> dict[str, Any]:
        """The plain fields that the row fills, as the lead stores them."""
        fields: dict[str, Any] = {
            name: row[name]
            for name in ("title", "competitor", "expected_close", "opened_at")
            if row.get(name)
        }
        currency = (row.get("currency") or "").upper()
        if currency:
            try:
                check_currency(currency)
            except Exception:
                raise RowRefused(
                    _("“%(code)s” is not a currency (use a code such as EUR).") % {"code": currency}
                ) from None
        if row.get("value") is not None:
            fields["value"] = row["value"]
            fields["currency"] = currency or lead.currency or self.books.organisation.currency
        elif currency and lead.value is not None:
            fields["currency"] = currency
        for name, kind in (
            ("source", "sources"),
            ("territory", "territories"),
            ("lost_reason", "reasons"),
        ):
            if row.get(name):
                attname = "loss_reason_id" if name == "lost_reason" else f"{name}_id"
                fields[attname] = self.names.named(self.books, kind, row[name])
        company = self.contacts.company(row)
        if company:
            fields["company_id"] = company
        if row.get("custom"):
            if self.custom_fields is None:
                self.custom_fields = list(CustomField.objects.filter(subject="lead"))
            try:
                custom = clean_values(self.custom_fields, row["custom"])
            except CadansError as error:
                raise RowRefused(error.message) from None
            fields["custom"] = {**lead.custom, **custom}
        visits = self.visits.get(lead.id)
        if visits and fields.get("opened_at") and fields["opened_at"] > visits[0].entered_at:
            # Only the opening was given later than the first stay: that stay begins with it.
            del fields["opened_at"]
        return fields

    def _hang_on(self, lead: Lead, row: Values) -> bool:
        changed = False
        if row.get("product"):
            product = self.names.named(self.books, "products", row["product"])
            lines = self.lines.setdefault(lead.id, set())
            if product not in lines:
                lines.add(product)
                self.books.add(LeadProduct, lead_id=lead.id, product_id=product)
                self._record(lead, "lead_product_added", data={"product": str(product)})
                changed = True
        person = self.contacts.person(row, lead.company_id)
        if person:
            parts = self.parts.setdefault(lead.id, set())
            if person not in parts:
                self.books.add(
                    LeadPerson, lead_id=lead.id, person_id=person, is_first=not parts, role=""
                )
                parts.add(person)
                self._record(lead, "lead_person_set", data={"person": str(person), "role": ""})
                changed = True
        return changed

    def _follow(self, lead: Lead, process: Process, course: Any, row: Values) -> bool:
        """Take the lead where the row says that it stands."""
        same_status = course.status in (None, lead.status)
        same_close = course.closed_at is None or self._same_moment(course.closed_at, lead.closed_at)
        same_stage = course.stage is None or course.stage.id == lead.stage_id
        if same_status and same_close and (same_stage or not lead.is_open):
            return False
        if course.closed_at and course.closed_at < lead.opened_at:
            raise RowRefused(_("The lead was closed before it was opened."))
        if course.closed_at is None:
            at = max(self.books.acts.now, lead.stage_entered_at)
            stage = course.stage
            if lead.is_open:
                self._leave(lead, "moved", at)
            else:
                self._reopen(lead, at)
                stage = stage or self._last_open(lead, process)
            assert stage is not None
            self._enter(lead, process, stage, at)
            return True
        if lead.is_open:
            if self._same_moment(course.closed_at, lead.stage_entered_at):
                course.closed_at = lead.stage_entered_at
            elif course.closed_at < lead.stage_entered_at:
                raise RowRefused(_("The lead was closed before it entered its present stage."))
            self._leave(lead, course.status, course.closed_at)
        else:
            # The file corrects how or when the lead was closed.
            self._reopen(lead, lead.closed_at or course.closed_at)
        self._close(lead, process, course)
        return True

    def _same_moment(self, told: datetime, kept: datetime | None) -> bool:
        """Whether a moment of the file is one that is kept; a day alone stands for all of it."""
        if kept is None or told > kept:
            return False
        zone = self.books.zone
        return told == kept or told.astimezone(zone).date() == kept.astimezone(zone).date()

    def _leave(self, lead: Lead, how: str, at: datetime) -> None:
        for visit in self.visits.get(lead.id, []):
            if visit.left_at is None:
                visit.left_at, visit.how = at, how
                visit.left_by = self._record(
                    lead,
                    "stage_left",
                    at=at,
                    data={
                        "visit": str(visit.id),
                        "stage": str(visit.stage_id),
                        "how": how,
                        "goals_met": False,
                        "reason": "",
                    },
                )
                self.left.append(visit)
        for task in Task.objects.open().filter(lead=lead).exclude(key=""):
            task.state, task.ended_at = Task.State.SKIPPED, at
            self.skipped.append(task)
            self._record(
                lead,
                "task_skipped",
                at=at,
                data={"task": str(task.id), "key": task.key, "name": task.name_in or task.name},
            )

    def _enter(self, lead: Lead, process: Process, stage: StagePlace, at: datetime) -> None:
        stay = Stay(stage, at, lead.owner_id)
        if stage.ends_in:
            stay.left_at, stay.how = at, stage.ends_in
        self.books.stay(lead.id, process, stay)
        lead.stage_id = stage.id
        lead.stage_entered_at = at
        lead.touched_at = max(lead.touched_at, at)

    def _close(self, lead: Lead, process: Process, course: Any) -> None:
        at = course.closed_at
        stage = course.stage if course.stage and course.stage.ends_in else None
        if course.status == "won":
            stage = stage or process.won
        if stage is not None and course.status != "cancelled":
            self._enter(lead, process, stage, at)
        stage = next(one for one in process.places if one.id == lead.stage_id)
        lead.status, lead.closed_at = course.status, at
        lead.touched_at = max(lead.touched_at, at)
        self.books.end(
            lead.id,
            process,
            End(course.status, at, stage, lead.owner_id),
            opened_at=lead.opened_at,
            value=lead.value,
            currency=lead.currency,
            reason=lead.loss_reason_id,
        )

    def _reopen(self, lead: Lead, at: datetime) -> None:
        Closing.objects.filter(lead=lead, reopened_at=None).update(reopened_at=at)
        lead.status, lead.closed_at = "open", None
        self._record(lead, "lead_reopened", at=at, data={"stage": str(lead.stage_id)})

    def _last_open(self, lead: Lead, process: Process) -> StagePlace:
        places = {place.id: place for place in process.places if not place.ends_in}
        stages = [places.get(visit.stage_id) for visit in self.visits.get(lead.id, [])]
        return next((place for place in reversed(stages) if place), process.first)

    def _record(
        self, lead: Lead, kind: str, *, data: dict[str, Any], at: datetime | None = None
    ) -> uuid.UUID:
        return self.books.acts.record(
            kind,
            at=at or self.books.acts.now,
            lead=lead.id,
            pipeline=lead.pipeline_id,
            data=data,
        )


def stored(value: Any) -> Any:
    """A field's value as its column takes it."""
    return json.dumps(value) if isinstance(value, dict) else value


def told(value: Any) -> Any:
    """A stored value as events write it."""
    if value is None or isinstance(value, str | dict):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
