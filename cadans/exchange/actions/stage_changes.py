"""Import changes of stage: set them aside, then rebuild lead after lead.

The rows of one lead may lie anywhere in the file. So they go into a temporary table first, and
are read back in order of lead, moment and place in the file: memory stays flat however many there
are.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from cadans.exchange.actions.books import Books
from cadans.exchange.actions.fates import CREATED, SKIPPED, Fate, known_digests
from cadans.exchange.actions.names import Names
from cadans.exchange.history import Change, History, Process, fold
from cadans.exchange.models import ImportedRow, Kind
from cadans.exchange.rows import RowRefused, Values, digest_of
from cadans.exchange.tables import Line
from cadans.ground.copying import update_rows
from cadans.leads.models import Closing, Lead, StageVisit, Task

TABLE = "cadans_stage_changes"
LEADS_AT_ONCE = 2000
RESTORED = (
    *("opened_at", "stage_id", "version_id", "stage_entered_at", "status", "closed_at"),
    *("touched_at", "revision"),
)


@dataclass(frozen=True)
class SetAside:
    """A change of stage as it was set aside. `cells` are the row's own, for the refused file."""

    key: str
    number: int
    stage: str
    at: datetime
    owner: str
    cells: str


class StageChangesImport:
    """Imports rows of kind `stage-changes` for one run."""

    kind = Kind.STAGE_CHANGES

    def __init__(self, names: Names) -> None:
        self.names = names

    @staticmethod
    def begin() -> None:
        """Make an empty place to set rows aside."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{TABLE}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {TABLE} (key text NOT NULL, number bigint NOT NULL, "
                "stage text NOT NULL, at timestamptz NOT NULL, owner text NOT NULL, "
                "cells text NOT NULL)"
            )

    @staticmethod
    def end() -> None:
        """Remove what was set aside."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{TABLE}")

    @staticmethod
    def set_aside(rows: Iterable[tuple[Line, Values]]) -> Iterator[tuple[Line, str]]:
        """Put rows aside; those that lack a part come back with the reason."""
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
            for line, row in rows:
                missing = [
                    name for name in ("external_id", "stage", "entered_at") if not row.get(name)
                ]
                if missing:
                    yield line, _("“%(column)s” is empty.") % {"column": missing[0]}
                    continue
                copy.write_row(
                    (
                        *(row["external_id"], line.number, row["stage"], row["entered_at"]),
                        row.get("owner") or "",
                        json.dumps([str(cell) for cell in line.cells]),
                    )
                )

    @staticmethod
    def chunks(after: str = "") -> Iterator[list[SetAside]]:
        """What was set aside, some leads at a time, each lead's changes in order."""
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX ON {TABLE} (key, at, number)")
            cursor.execute(f"ANALYZE {TABLE}")
            while True:
                cursor.execute(
                    f"SELECT max(key) FROM (SELECT DISTINCT key FROM {TABLE} WHERE key > %s "  # noqa: S608
                    "ORDER BY key LIMIT %s) AS keys",
                    [after, LEADS_AT_ONCE],
                )
                last = cursor.fetchone()[0]
                if last is None:
                    return
                cursor.execute(
                    f"SELECT key, number, stage, at, owner, cells FROM {TABLE} "  # noqa: S608
                    "WHERE key > %s AND key <= %s ORDER BY key, at, number",
                    [after, last],
                )
                yield [SetAside(*row) for row in cursor.fetchall()]
                after = last

    def write(self, books: Books, rows: Sequence[SetAside]) -> list[tuple[SetAside, Fate]]:
        """Rebuild the histories of these leads within the transaction at hand."""
        keys = sorted({row.key for row in rows})
        leads = {
            lead.external_id: lead
            for lead in Lead.objects.present()
            .filter(external_id__in=keys)
            .select_for_update(of=("self",))
        }
        known = known_digests(self.kind, [(key, b"") for key in keys])
        fates: list[tuple[SetAside, Fate]] = []
        rebuilt: list[tuple[Lead, Process, History]] = []
        digests: dict[str, bytes] = {}
        for key, group in groupby(rows, key=lambda row: row.key):
            changes = list(group)
            lead = leads.get(key)
            if lead is None:
                reason = _("There is no lead with external_id “%(id)s”.") % {"id": key}
                fates += [(row, Fate("refused", reason)) for row in changes]
                continue
            digest = digest_of(
                (lead.id, *(f"{row.stage}|{row.at.timestamp()}|{row.owner}" for row in changes))
            )
            if known.get(key) == digest:
                fates += [(row, SKIPPED) for row in changes]
                continue
            process = self.names.process_of(lead.pipeline_id)
            told = self._told(books, lead, process, changes, fates)
            if told is not None and process is not None:
                rebuilt.append((lead, process, told))
                digests[key] = digest
        rebuild_histories(books, rebuilt)
        ImportedRow.objects.filter(
            kind=self.kind, key__in=[k for k in digests if k in known]
        ).delete()
        for key, digest in digests.items():
            books.add(ImportedRow, kind=self.kind, key=key, digest=digest)
        books.write()
        return fates

    def _told(
        self,
        books: Books,
        lead: Lead,
        process: Process | None,
        rows: Sequence[SetAside],
        fates: list[tuple[SetAside, Fate]],
    ) -> History | None:
        """The history that these rows tell of the lead; None when none of them can be used."""
        if process is None:
            reason = _("The lead’s pipeline is archived.")
            fates += [(row, Fate("refused", reason)) for row in rows]
            return None
        changes: list[Change] = []
        owner = lead.owner_id
        for row in rows:
            try:
                if self._is_too_late(lead, books, row):
                    raise RowRefused(_("The lead entered the stage after it was closed."))
                stage = self.names.stage(process, row.stage, retired=True)
                if row.owner:
                    owner = self.names.owner(books, row.owner)
            except RowRefused as error:
                fates.append((row, Fate("refused", error.reason)))
                continue
            repeats = bool(changes) and changes[-1].stage.id == stage.id
            fates.append((row, SKIPPED if repeats else CREATED))
            changes.append(Change(stage, row.at, owner))
        if not changes:
            return None
        if lead.is_open or lead.closed_at is None:
            return fold(process, changes)
        told = fold(process, changes, closed=(lead.status, max(lead.closed_at, changes[-1].at)))
        if told.standing and lead.status == "cancelled":
            told.standing.status = "cancelled"
        if told.standing and told.standing.status != lead.status:
            reason = _("The changes end in %(theirs)s, but the lead is %(ours)s.") % {
                "theirs": told.standing.status,
                "ours": lead.status,
            }
            fates[-len(rows) :] = [(row, Fate("refused", reason)) for row in rows]
            return None
        return told

    @staticmethod
    def _is_too_late(lead: Lead, books: Books, row: SetAside) -> bool:
        """Whether a change comes after the closing that another file told of.

        A closing known by its day alone lies at midnight; changes later that day belong to it.
        """
        if lead.is_open or lead.closed_at is None or row.at <= lead.closed_at:
            return False
        day = lead.closed_at.astimezone(books.zone).date()
        return row.at.astimezone(books.zone).date() > day


def rebuild_histories(books: Books, rebuilt: Sequence[tuple[Lead, Process, History]]) -> None:
    """Put these histories in the place of what the tables tell of the leads, with their events."""
    if not rebuilt:
        return
    ids = [lead.id for lead, _process, _told in rebuilt]
    # A task keeps its stage when the visit on which it was laid is told anew.
    Task.objects.filter(visit__lead__in=ids).update(visit=None)
    with connection.cursor() as cursor:
        for table in (StageVisit._meta.db_table, Closing._meta.db_table):
            cursor.execute(f"DELETE FROM {table} WHERE lead_id = ANY(%s)", [ids])  # noqa: S608
    for lead, process, told in rebuilt:
        books.acts.begin()
        record(books, lead, "history_rebuilt", {"stays": len(told.stays)})
        opened_at = min(lead.opened_at, told.stays[0].entered_at)
        if opened_at != lead.opened_at:
            change = [lead.opened_at.isoformat(), opened_at.isoformat()]
            record(books, lead, "lead_changed", {"changes": {"opened_at": change}})
        last, end = told.stays[-1], told.standing
        lead.opened_at = opened_at
        lead.stage_id = last.stage.id
        lead.version_id = process.version
        lead.stage_entered_at = last.entered_at
        lead.status = end.status if end else "open"
        lead.closed_at = end.at if end else None
        lead.touched_at = max(last.entered_at, end.at) if end else last.entered_at
        lead.revision += 1
        books.tell(
            lead.id,
            process,
            told,
            opened_at=opened_at,
            value=lead.value,
            currency=lead.currency,
            reason=lead.loss_reason_id,
        )
    update_rows(
        Lead,
        RESTORED,
        [
            (lead.id, *(getattr(lead, name) for name in RESTORED))
            for lead, _process, _told in rebuilt
        ],
    )


def record(books: Books, lead: Lead, kind: str, data: dict[str, Any]) -> uuid.UUID:
    """An event about a lead, now."""
    return books.acts.record(
        kind, at=books.acts.now, lead=lead.id, pipeline=lead.pipeline_id, data=data
    )
