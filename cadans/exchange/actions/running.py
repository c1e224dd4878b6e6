"""Carry out an import: read, map, write chunk by chunk, keep count, and survive being stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.contacts.models import Company, Person
from cadans.events.in_bulk import ActsInBulk
from cadans.exchange.actions.books import Books
from cadans.exchange.actions.contacts import CompaniesImport, PeopleImport
from cadans.exchange.actions.fates import Fate
from cadans.exchange.actions.leads import LeadsImport
from cadans.exchange.actions.names import Names
from cadans.exchange.actions.stage_changes import SetAside, StageChangesImport
from cadans.exchange.actions.stages import add_stages, pipeline_of_stages, stages_named
from cadans.exchange.mapping import (
    MADE_UNASKED,
    Mapping,
    checked_map,
    guess_mapping,
    takers,
)
from cadans.exchange.models import ImportRun, Kind
from cadans.exchange.queries import file_of
from cadans.exchange.refused import RefusedFile
from cadans.exchange.rows import RowReader, RowRefused, Values, observe
from cadans.exchange.tables import Line, Table, open_table
from cadans.exchange.values import Habits
from cadans.ground.copying import count_anew
from cadans.ground.errors import Invalid
from cadans.leads.models import Closing, Lead, LeadProduct, StageVisit
from cadans.process.models import Pipeline
from cadans.team.queries import organisation

CHUNK = 5000
LOCK = 0x0CADA25
"""The advisory lock under which imports write: one chunk at a time, whoever runs them."""

MOST_REASONS = 200

Watch = Callable[[ImportRun], None]


class Ambiguous(Invalid):
    """The file does not settle how its dates or amounts are written: somebody has to say."""

    code = "ambiguous"

    def __init__(self, message: str, *, asks: Sequence[str], example: str) -> None:
        super().__init__(message, pointer="/options")
        self.asks = list(asks)
        self.example = example


class Importer(Protocol):
    """What imports rows of one kind."""

    def write(self, books: Books, rows: Sequence[Values]) -> list[Fate]: ...


def run_import(run: ImportRun, *, watch: Watch | None = None) -> ImportRun:
    """Carry out an import, or go on with one that was interrupted. Returns the run as it ends.

    Every chunk is one transaction together with its events and the run's counts. A trial run
    does the same and keeps nothing but the counts. Raises Invalid for a file that cannot be
    imported as a whole (the run is then marked as failed), Ambiguous when it has to be asked how
    dates or amounts are written.
    """
    try:
        return _Running(run, watch).carry_out()
    except Invalid as error:
        run.state, run.message = ImportRun.State.FAILED, error.message
        if isinstance(error, Ambiguous):
            run.findings = {"asks": dict.fromkeys(error.asks, 1)}
        run.ended_at = timezone.now()
        run.save()
        raise


def mark_broken(run: ImportRun) -> None:
    """Mark an import that ended by a fault of ours; what it wrote until then stays."""
    run.refresh_from_db()
    run.state = ImportRun.State.FAILED
    run.message = _("Something went wrong on our side. What is imported already stays; try again.")
    run.ended_at = timezone.now()
    run.save()


class _Running:
    """One import under way."""

    def __init__(self, run: ImportRun, watch: Watch | None) -> None:
        self.run = run
        self.watch = watch
        self.organisation = organisation()
        self.path = file_of(run)
        self.table = open_table(self.path, run.file_name)
        self.mapping = mapping_of(run, self.table)
        by_hand = self.path.parent if Path(run.file).is_absolute() else None
        self.takers = takers(self.mapping, run.kind, self.table.headers, beside=by_hand)
        self.reader = self._reader()
        self.makes = set(run.options.get("make") or self.mapping.make or MADE_UNASKED)

    def carry_out(self) -> ImportRun:
        if "stages" not in self.makes:
            return self._carry_out()
        # A trial that makes stages is one transaction: they must be there for the rows.
        with transaction.atomic():
            self._make_stages()
            if self.run.is_trial:
                self._carry_out()
                transaction.set_rollback(True)
        if not self.run.is_trial:
            return self._carry_out()
        self.run.pipeline = self.pipeline_before
        self._save()
        return self.run

    def _make_stages(self) -> None:
        run = self.run
        self.pipeline_before = run.pipeline
        names = stages_named(self.table, self.takers)
        if new := run.options.get("new_pipeline"):
            run.pipeline = pipeline_of_stages(run.started_by, new, names)
        elif names:
            default = Pipeline.objects.live().order_by("-is_default", "position").first()
            if pipeline := run.pipeline or default:
                run.pipeline = add_stages(run.started_by, pipeline, names)

    def _carry_out(self) -> ImportRun:
        run = self.run
        self.names = Names(self.makes, run.pipeline)
        if run.lines_done == 0 or run.kind == Kind.STAGE_CHANGES or run.is_trial:
            self._from_the_start()
        run.state, run.message, run.began_at = ImportRun.State.RUNNING, "", timezone.now()
        run.save()
        self.refused = RefusedFile(
            Path(run.refused_file), self.table.headers, self.table.separator, size=run.refused_bytes
        )
        if run.kind == Kind.STAGE_CHANGES:
            self._stage_changes(StageChangesImport(self.names))
        else:
            self._rows(self._importer())
        if not run.is_trial:
            # The reports' plans are poor while the database knows nothing of rows just copied in.
            count_anew(Lead, StageVisit, Closing, LeadProduct, Company, Person)
        run.state = ImportRun.State.TRIED if run.is_trial else ImportRun.State.DONE
        run.percentage, run.ended_at = 100, timezone.now()
        self._save()
        return run

    # ── rows that stand alone ───────────────────────────────────────────────────────────

    def _importer(self) -> Importer:
        if self.run.kind == Kind.PEOPLE:
            return PeopleImport()
        if self.run.kind == Kind.COMPANIES:
            return CompaniesImport()
        return LeadsImport(self.names, titled=self.reader.titled)

    def _rows(self, importer: Importer) -> None:
        heard = [0]
        done = self.run.lines_done
        lines = (line for line in self.table.lines(heard=heard) if line.number > done)
        for chunk in chunked(lines, CHUNK):
            rows, fates = self._read(chunk)
            with transaction.atomic():
                lock()
                fates += self._write(importer, rows)
                self._count(fates, done=chunk[-1].number)
                self._progress(heard[0], chunk[-1])
                if self.run.is_trial:
                    transaction.set_rollback(True)
                else:
                    self._save()
            if self.run.is_trial:
                self.names.load()
                self._save()
            if self.watch:
                self.watch(self.run)

    def _read(self, chunk: Sequence[Line]) -> tuple[list[tuple[Line, Values]], list[Any]]:
        rows: list[tuple[Line, Values]] = []
        fates: list[tuple[Line, Fate]] = []
        for line in chunk:
            try:
                if line.fault:
                    raise RowRefused(line.fault)
                rows.append((line, self.reader.read(line.cells)))
            except RowRefused as error:
                fates.append((line, Fate("refused", error.reason)))
        return rows, fates

    def _write(
        self, importer: Importer, rows: Sequence[tuple[Line, Values]]
    ) -> list[tuple[Line, Fate]]:
        """Write rows; when the database refuses them, find out which and write the others."""
        if not rows:
            return []
        try:
            with transaction.atomic():
                fates = importer.write(self._books(), [dict(values) for _line, values in rows])
                connection.check_constraints()
        except DatabaseError as error:
            self.names.load()
            if len(rows) == 1:
                return [(rows[0][0], Fate("refused", _refusal(error)))]
            half = len(rows) // 2
            return self._write(importer, rows[:half]) + self._write(importer, rows[half:])
        return [(line, fate) for (line, _values), fate in zip(rows, fates, strict=True)]

    # ── changes of stage ────────────────────────────────────────────────────────────────

    def _stage_changes(self, importer: StageChangesImport) -> None:
        heard = [0]
        importer.begin()
        for chunk in chunked(self.table.lines(heard=heard), CHUNK):
            rows, fates = self._read(chunk)
            fates += [(line, Fate("refused", reason)) for line, reason in importer.set_aside(rows)]
            self._count(fates)
            self._progress(heard[0] // 2, chunk[-1])
            self._save()
        total, written = self._rows_set_aside(), 0
        for changes in importer.chunks():
            with transaction.atomic():
                lock()
                found = self._rebuild(importer, changes)
                self._count([(_line_of(row), fate) for row, fate in found])
                written += len(changes)
                self.run.percentage = 50 + 50 * written // max(total, 1)
                if self.run.is_trial:
                    transaction.set_rollback(True)
                else:
                    self._save()
            if self.run.is_trial:
                self.names.load()
                self._save()
            if self.watch:
                self.watch(self.run)
        importer.end()

    def _rebuild(
        self, importer: StageChangesImport, rows: Sequence[SetAside]
    ) -> list[tuple[SetAside, Fate]]:
        try:
            with transaction.atomic():
                fates = importer.write(self._books(), rows)
                connection.check_constraints()
        except DatabaseError as error:
            self.names.load()
            keys = sorted({row.key for row in rows})
            if len(keys) == 1:
                return [(row, Fate("refused", _refusal(error))) for row in rows]
            middle = keys[len(keys) // 2]
            return self._rebuild(importer, [row for row in rows if row.key < middle]) + (
                self._rebuild(importer, [row for row in rows if row.key >= middle])
            )
        return fates

    def _rows_set_aside(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cadans_stage_changes")
            return int(cursor.fetchone()[0])

    # ── keeping count ───────────────────────────────────────────────────────────────────

    def _from_the_start(self) -> None:
        run = self.run
        run.created = run.updated = run.skipped = run.refused = 0
        run.lines_done = run.refused_bytes = run.percentage = 0
        run.reasons, run.findings = {}, {}
        run.refused_file = str(refused_path(self.path))

    def _count(self, fates: Sequence[tuple[Line, Fate]], *, done: int = 0) -> None:
        run = self.run
        refused = []
        for line, fate in fates:
            setattr(run, fate.outcome, getattr(run, fate.outcome) + 1)
            if fate.outcome == "refused":
                refused.append((line, fate.reason))
                if fate.reason in run.reasons or len(run.reasons) < MOST_REASONS:
                    run.reasons[fate.reason] = run.reasons.get(fate.reason, 0) + 1
        refused.sort(key=lambda one: one[0].number)
        self.refused.add([(line.cells, reason) for line, reason in refused])
        run.refused_bytes = self.refused.size
        run.findings = self.names.unknown
        run.lines_done = done or run.lines_done

    def _progress(self, heard: int, line: Line) -> None:
        if self.table.rows_expected:
            share = line.number / self.table.rows_expected
        else:
            share = heard / max(self.table.size, 1)
        self.run.percentage = min(99, int(100 * share))

    def _save(self) -> None:
        self.run.alive_at = timezone.now()
        self.run.save()

    def _books(self) -> Books:
        return Books(ActsInBulk(self.run.started_by, via="import"), self.organisation)

    def _reader(self) -> RowReader:
        options = self.run.options
        dates = options.get("dates") or self.mapping.dates
        decimals = options.get("decimals") or self.mapping.decimals
        if not dates or not decimals:
            habits = observe(
                self.run.kind,
                self.takers,
                (line.cells for line in self.table.lines() if not line.fault),
            )
            dates, decimals = settled(habits, dates, decimals)
        return RowReader(
            self.run.kind,
            self.takers,
            dates=dates,
            decimals=decimals,
            zone=ZoneInfo(self.organisation.time_zone),
            header_of=self.mapping.header_of,
        )


def settled(habits: Habits, dates: Any, decimals: Any) -> tuple[Any, Any]:
    """The order of dates and the decimal sign, as given or as found. Raises Ambiguous."""
    order = dates or habits.date_order
    sign = decimals or habits.decimal_sign
    if order is None:
        raise Ambiguous(
            _("The dates can be read in more than one way, for example “%(example)s”.")
            % {"example": habits.date_example},
            asks=["dates", *([] if sign else ["decimals"])],
            example=habits.date_example,
        )
    if sign is None:
        raise Ambiguous(
            _("The amounts can be read in more than one way, for example “%(example)s”.")
            % {"example": habits.decimal_example},
            asks=["decimals"],
            example=habits.decimal_example,
        )
    return order, sign


def refused_path(path: Path) -> Path:
    """Where refused rows go: beside the file, or in the working folder when that is closed."""
    name = f"{path.name}.refused.csv"
    return path.parent / name if os.access(path.parent, os.W_OK) else Path.cwd() / name


def mapping_of(run: ImportRun, table: Table) -> Mapping:
    """The run's map; the one that the headers suggest when nobody made one."""
    return checked_map(run.mapping) if run.mapping else guess_mapping(run.kind, table.headers)


def lock() -> None:
    """Wait for the turn to write, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def chunked(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """The lines in lists of at most `size`."""
    chunk: list[Line] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _line_of(row: SetAside) -> Line:
    return Line(row.number, json.loads(row.cells))


def _refusal(error: DatabaseError) -> str:
    first = str(error).strip().split("\n")[0][:200]
    return _("The database refused the row: %(error)s") % {"error": first}
