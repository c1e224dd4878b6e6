"""A report as a workbook: real numbers, shares, amounts and dates, and nothing that is run.

One sheet holds the table of the CSV with its columns in the reader's language, a second one says
what was asked. Texts are written as texts, so a lead called “=1+1” stays that.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cadans.insight.columns import column_named, metric_named
from cadans.insight.tables import table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PER_CENT, WHOLE, BROKEN, DAY = "0.0%", "#,##0", "#,##0.00", "yyyy-mm-dd"

SHARES = ("low", "high", "value")
"""Parts of a rate that are shares, as the rate itself is."""

ONLY_SHARES = ("shrunk", "differ", "effect", "difference", "target", "chance", "attainment")
"""Figures that are shares though they come without a numerator."""

FOR_PROGRAMS = ("key", "stage", "pipeline")
"""Columns that hold keys; their names stand beside them."""

WIDEST, NARROWEST = 40, 10


@dataclass(frozen=True)
class Column:
    """A column of the sheet: its name in the answer and how its numbers are written."""

    name: str
    shape: str


def as_workbook(answer: Mapping[str, Any], asked: Sequence[tuple[str, str]]) -> bytes:
    """An answer as an XLSX file. `asked`: what to say about it, as (name, text)."""
    from openpyxl import Workbook  # large: only a workbook needs it

    book = Workbook()
    sheet: Any = book.active
    names, lines = table(answer)
    columns = list(shaped(names, lines))
    sheet.title = metric_named(answer["metric"])[:31]
    sheet.append([_cell(sheet, column_named(column.name), "", bold=True) for column in columns])
    for line in lines:
        row = dict(zip(names, line, strict=True))
        if row.get("key") == "total":
            row["label"] = _("Total")
        currency = next((str(row[n]) for n in names if n.endswith(".currency") and row[n]), "")
        sheet.append([_written(sheet, column, row, currency) for column in columns])
    sheet.freeze_panes = "B2"
    if columns:
        sheet.auto_filter.ref = sheet.dimensions
    for cells in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in cells)
        width = min(max(longest + 2, NARROWEST), WIDEST)
        sheet.column_dimensions[cells[0].column_letter].width = width
    about = book.create_sheet(_("About this report"))
    for name, text in asked:
        about.append([_cell(about, name, "", bold=True), _cell(about, text, "")])
    about.column_dimensions["A"].width = NARROWEST * 2
    about.column_dimensions["B"].width = WIDEST * 2
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def shaped(names: Sequence[str], lines: Sequence[Sequence[Any]]) -> Iterator[Column]:
    """The columns a reader needs, each with the shape of its numbers."""
    rates = {name.rpartition(".")[0] for name in names if name.endswith(".numerator")}
    amounts = {name.rpartition(".")[0] for name in names if name.endswith(".currency")} - rates
    for place, name in enumerate(names):
        above, _dot, last = name.rpartition(".")
        if name in FOR_PROGRAMS or last == "currency":
            continue
        values = [line[place] for line in lines if line[place] not in (None, "")]
        if not values:
            continue
        of_rate, of_amount = (
            name in at or (last in SHARES and above in at) for at in (rates, amounts)
        )
        if last.endswith("label"):
            yield Column(name, "")
        elif of_amount:
            yield Column(name, "money")
        elif of_rate or last in ONLY_SHARES or (last in SHARES and inner(above) in ONLY_SHARES):
            yield Column(name, PER_CENT)
        elif all(isinstance(value, int) for value in values):
            yield Column(name, WHOLE)
        else:
            yield Column(name, BROKEN)


def inner(name: str) -> str:
    """The last part of a column's name."""
    return name.rpartition(".")[2]


def _written(sheet: Any, column: Column, row: Mapping[str, Any], currency: str) -> Any:
    value = row.get(column.name)
    if column.shape == "money":
        above = column.name if f"{column.name}.currency" in row else column.name.rpartition(".")[0]
        return _cell(
            sheet, number_in(value), money_format(row.get(f"{above}.currency") or currency)
        )
    if isinstance(value, bool):
        return _cell(sheet, _("yes") if value else _("no"), "")
    if column.shape in (WHOLE, BROKEN, PER_CENT):
        return _cell(sheet, number_in(value), column.shape)
    return _cell(sheet, value, "")


def number_in(value: Any) -> Any:
    """An amount or a day that the answer holds as text, as what it is; all else as it stands."""
    if not isinstance(value, str):
        return value
    try:
        return Decimal(value)
    except ArithmeticError:
        pass
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def money_format(currency: Any) -> str:
    """How a spreadsheet writes amounts of a currency: `[$EUR] 1,250.00`."""
    code = str(currency or "")
    return f"[${code}] #,##0.00" if code.isalpha() and len(code) == 3 else BROKEN


def _cell(sheet: Any, value: Any, shape: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # A text that begins with “=” would be a formula.
        cell.data_type = "s"
    elif isinstance(value, date):
        cell.number_format = DAY
    elif shape:
        cell.number_format = shape
    if bold:
        cell.font = Font(bold=True)
    return cell
