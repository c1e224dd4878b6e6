"""Open a file of rows: CSV in whichever coding and with whichever separator, gzipped, or XLSX.

A `Table` is read as a stream, so that memory stays flat however large the file is. It can be read
more than once.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid

if TYPE_CHECKING:
    from openpyxl import Workbook

Cell = str | date | datetime | Decimal | bool

LARGEST_UPLOAD = 200 * 1024 * 1024
LARGEST_UNPACKED = 4 * 1024 * 1024 * 1024
"""A gzip or XLSX file that unpacks to more than this is taken for a bomb."""

SAMPLE = 1024 * 1024
SEPARATORS = ",;\t|"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
MOST_COLUMNS = 500


@dataclass(frozen=True)
class Line:
    """One row of the file: its number (the header is 1), its cells, and what is wrong with it."""

    number: int
    cells: list[Cell]
    fault: str = ""


@dataclass(frozen=True)
class Table:
    """A file of rows. `headers` are as written; a column without a name is called ""."""

    path: Path
    headers: list[str]
    shape: str
    coding: str = ""
    separator: str = ","
    size: int = 0
    rows_expected: int = 0
    skip: int = field(default=1, repr=False)

    def lines(self, *, heard: list[int] | None = None) -> Iterator[Line]:
        """The rows below the header, blank ones left out.

        `heard`, a list of one number, is kept at the bytes read so far, to show progress.
        """
        lines = self._sheet_lines() if self.shape == "xlsx" else self._text_lines(heard)
        width = len(self.headers)
        for line in lines:
            cells = line.cells
            if not line.fault and not any(cell != "" for cell in cells):
                continue
            if len(cells) > width:
                extra = any(cell != "" for cell in cells[width:])
                fault = line.fault or (
                    _("The row has %(cells)d cells, the header has %(width)d.")
                    % {"cells": len(cells), "width": width}
                    if extra
                    else ""
                )
                line = Line(line.number, cells if fault else cells[:width], fault)
            elif len(cells) < width:
                line = Line(line.number, cells + [""] * (width - len(cells)), line.fault)
            yield line

    def _text_lines(self, heard: list[int] | None) -> Iterator[Line]:
        with opened(self.path, heard) as raw:
            text = io.TextIOWrapper(raw, encoding=self.coding, newline="")
            yield from _records(text, self.separator, after=self.skip)

    def _sheet_lines(self) -> Iterator[Line]:
        book = _workbook(self.path)
        try:
            sheet = book.worksheets[0]
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                if number > self.skip:
                    yield Line(number, _trimmed([_typed(value) for value in row]))
        finally:
            book.close()


def open_table(path: Path, name: str = "") -> Table:
    """Look at a file and find out how to read it.

    `name` is what its owner called it. Raises Invalid with what is wrong and what would be right.
    """
    if not path.is_file():
        raise Invalid(_("There is no file “%(name)s”.") % {"name": name or path.name})
    if path.stat().st_size == 0:
        raise Invalid(_("The file is empty."))
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        return _open_sheet(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid(_("This is an old Excel file (.xls). Save it as .xlsx or CSV and try again."))
    return _open_text(path)


# ── text ────────────────────────────────────────────────────────────────────────────────────


class Heard(io.RawIOBase):
    """Passes a binary stream on and keeps count of the packed bytes read."""

    def __init__(self, file: IO[bytes], heard: list[int]) -> None:
        self.file = file
        self.heard = heard

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        got = self.file.read(len(buffer))
        buffer[: len(got)] = got
        self.heard[0] += len(got)
        return len(got)

    def close(self) -> None:
        self.file.close()
        super().close()


class Unpacked(io.RawIOBase):
    """Unpacks gzip, but not without end."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = gzip.GzipFile(fileobj=file)
        self.source = file
        self.total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            got = self.file.read(len(buffer))
        except (OSError, EOFError, ValueError) as error:
            raise Invalid(_("The .gz file is damaged or not complete.")) from error
        self.total += len(got)
        if self.total > LARGEST_UNPACKED:
            raise Invalid(_("The file is too large once unpacked."))
        buffer[: len(got)] = got
        return len(got)

    def close(self) -> None:
        self.source.close()
        super().close()


def opened(path: Path, heard: list[int] | None = None) -> IO[bytes]:
    """The file's bytes, unpacked when it is gzipped."""
    file: Any = path.open("rb")
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    if heard is not None:
        heard[0] = 0
        file = io.BufferedReader(Heard(file, heard), 65536)
    return io.BufferedReader(Unpacked(file), 65536) if packed else file


def _open_text(path: Path) -> Table:
    coding = coding_of(path)
    with opened(path) as raw:
        text = io.TextIOWrapper(raw, encoding=coding, newline="")
        sample = text.read(SAMPLE // 4)
    if NO_TEXT.search(sample):
        raise Invalid(_("This is not a table of text. Use a CSV or XLSX file."))
    if not sample.strip():
        raise Invalid(_("The file is empty."))
    skip, separator = 0, ""
    first = sample.split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5:  # Excel's own hint
        skip, separator = 1, first[4]
        sample = sample.split("\n", 1)[1]
    separator = separator or separator_of(sample)
    for line in _records(io.StringIO(sample, newline=""), separator):
        skip += 1
        if any(cell != "" for cell in line.cells):
            break
    else:
        raise Invalid(_("The file has no header row."))
    if line.fault:
        raise Invalid(_("The header row cannot be read: %(fault)s") % {"fault": line.fault})
    headers = _headers([str(cell) for cell in line.cells])
    size = path.stat().st_size
    return Table(path, headers, "csv", coding, separator, size=size, skip=skip)


def coding_of(path: Path) -> str:
    """How the file's characters are written. Raises Invalid when nobody can tell.

    A byte order mark decides; else UTF-8 when the whole file is valid UTF-8; else UTF-16 without
    a mark by its zero bytes; else what charset-normalizer makes of it, Windows-1252 by default.
    """
    with opened(path) as raw:
        sample = raw.read(SAMPLE)
    for mark, coding in MARKS:
        if sample.startswith(mark):
            _check_coding(path, coding)
            return coding
    zeros = sample[:4096].count(0)
    if zeros > len(sample[:4096]) // 4:
        coding = "utf-16-be" if sample[:1] == b"\x00" else "utf-16-le"
        _check_coding(path, coding)
        return coding
    if _is_coded(path, "utf-8"):
        return "utf-8"
    best = from_bytes(sample[:65536], cp_isolation=["cp1252", "cp1250", "mac_roman"]).best()
    found = best.encoding if best else "cp1252"
    if found in {"cp1250", "mac_roman"} and _is_coded(path, "cp1252"):
        # Short texts look alike in these; a file from Western Europe is by far the likelier.
        found = "cp1252"
    for coding in (found, "cp1252", "latin-1"):
        if _is_coded(path, coding):
            return coding
    raise Invalid(_("The file’s characters cannot be read. Save it as CSV UTF-8."))


def _is_coded(path: Path, coding: str) -> bool:
    decoder = codecs.getincrementaldecoder(coding)()
    with opened(path) as raw:
        try:
            while block := raw.read(SAMPLE):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _check_coding(path: Path, coding: str) -> None:
    if not _is_coded(path, coding):
        raise Invalid(
            _("The file says that it is %(coding)s, but it is not. Save it as CSV UTF-8.")
            % {"coding": coding.upper()}
        )


def separator_of(sample: str) -> str:
    """The separator with which most rows are as wide as the header, and widest."""
    best, best_score = ",", (0.0, 0)
    for separator in SEPARATORS:
        widths = []
        for line in _records(io.StringIO(sample[:65536], newline=""), separator):
            widths.append(len(line.cells))
            if len(widths) == 50:
                break
        if not widths or widths[0] < 2:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        if (score := (round(alike, 1), widths[0])) > best_score:
            best, best_score = separator, score
    return best


def _records(text: IO[str], separator: str, after: int = 0) -> Iterator[Line]:
    """The records of a CSV text with the numbers of the lines on which they begin."""
    seen: list[str] = []

    def remembered() -> Iterator[str]:
        for row in text:
            seen.append(row)
            yield row

    reader = csv.reader(remembered(), delimiter=separator, strict=True)
    records, number = 0, 1
    while True:
        fault, cells = "", []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fault = _('The quotes (") are not closed as they should be.')
            cells = ["".join(seen).rstrip("\r\n")[:500]]
        begun, number = number, number + len(seen)
        seen.clear()
        records += 1
        if records > after:
            yield Line(begun, cells, fault)  # type: ignore[arg-type]


def _headers(cells: list[str]) -> list[str]:
    names = [cell.replace("\ufeff", "").strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Invalid(_("The file has no header row."))
    if len(names) > MOST_COLUMNS:
        raise Invalid(_("The file has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        count = seen[name] = seen.get(name, 0) + 1
        unique.append(f"{name} ({count})" if name and count > 1 else name)
    return unique


# ── spreadsheets ────────────────────────────────────────────────────────────────────────────


def _workbook(path: Path) -> Workbook:
    # Large, and of all that is asked only a spreadsheet needs it.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise Invalid(_("The file is too large once unpacked."))
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise Invalid(_("This is not an XLSX file that can be read.")) from error


def _open_sheet(path: Path) -> Table:
    book = _workbook(path)
    try:
        if not book.worksheets:
            raise Invalid(_("The file is empty."))
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            cells = _trimmed([_typed(value) for value in row])
            if cells:
                return Table(
                    path,
                    _headers([str(cell) for cell in cells]),
                    "xlsx",
                    size=path.stat().st_size,
                    rows_expected=book.worksheets[0].max_row or 0,
                    skip=number,
                )
    finally:
        book.close()
    raise Invalid(_("The file is empty."))


def _trimmed(cells: list[Cell]) -> list[Cell]:
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _typed(value: Any) -> Cell:
    """A spreadsheet's value, its kind kept: a date there is no riddle."""
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        whole = number == number.to_integral_value()
        return number.quantize(Decimal(1)) if whole and abs(number) < 10**20 else number
    return str(value)
