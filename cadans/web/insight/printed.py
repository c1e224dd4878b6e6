"""A page of Insight as a PDF: its figures, tables and texts on sheets of A4.

Set with the drawing of the wall chart (docs/decisions/0012), so that no layout engine and no
browser is needed: what the page shows is read from its own markup (`page_parts.py`), measured
and placed line by line, and goes on to a next sheet when one is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cadans.playbooks.wall_chart.drawing import (
    ACCENT,
    LINE,
    SOFT,
    WASH,
    Box,
    Drawing,
    Mark,
    Panel,
    Text,
)
from cadans.playbooks.wall_chart.lettering import Style, plain, shortened, width, wrapped
from cadans.playbooks.wall_chart.paper import PAPERS
from cadans.playbooks.wall_chart.pdf import as_pdf
from cadans.web.insight.page_parts import Figures, Heading, Page, Paragraph, Part, Table
from cadans.web.writing import day

PAPER = PAPERS["A4-landscape"]
LEADING = 1.4
"""From one baseline to the next, as a multiple of the size."""

TEXT, SMALL, LARGE, TITLE = 9.0, 7.5, 15.0, 20.0
"""Sizes in points."""

SMALLEST = 6.0
"""Tables that are too wide get smaller letters, down to this; then long cells are shortened."""

GAP = 14.0
"""White between parts."""

BESIDE = 10.0
"""White between columns of a table."""

FIGURES_A_ROW = 4
PROSE = 560.0
"""How wide running text is set: longer lines are hard to read."""


@dataclass
class Sheets:
    """Sheets that are being filled from top to bottom."""

    language: str
    pages: list[list[Mark]] = field(default_factory=lambda: [[]])
    y: float = PAPER.margin

    @property
    def room(self) -> float:
        """How much is left on this sheet, above the line at its foot."""
        return PAPER.height - PAPER.margin - 2 * SMALL * LEADING - self.y

    def need(self, height: float) -> bool:
        """Begin a new sheet when so much does not fit; whether one was begun."""
        if height <= self.room:
            return False
        self.pages.append([])
        self.y = PAPER.margin
        return True

    def put(self, *marks: Mark) -> None:
        """Draw on this sheet, from its corner at the margin and the height reached."""
        self.pages[-1].extend(mark.at(PAPER.margin, self.y) for mark in marks)

    def line(self, text: str, style: Style, size: float, *, fill: str = "", x: float = 0) -> None:
        """A line of text; what follows comes below it."""
        self.need(size * LEADING)
        words = Text(x, size, plain(text), style, size)
        self.put(words if not fill else Text(x, size, plain(text), style, size, fill))
        self.y += size * LEADING

    def prose(self, text: str, size: float, *, fill: str = SOFT, x: float = 0) -> None:
        """Running text, broken into lines."""
        for line in wrapped(text, Style.BODY, size, PROSE - x, self.language):
            self.line(line, Style.BODY, size, fill=fill, x=x)


def as_document(page: Page, asked: Sequence[str]) -> bytes:
    """A page as a PDF. `asked`: lines below the title that say what was asked."""
    sheets = Sheets((get_language() or "nl")[:2])
    sheets.line(page.title, Style.TITLE, TITLE)
    for line in asked:
        sheets.line(line, Style.BODY, TEXT, fill=SOFT)
    for place, part in enumerate(page.parts):
        follows = page.parts[place + 1] if place + 1 < len(page.parts) else None
        _set(sheets, part, follows)
    return as_pdf(*_numbered(sheets, page.title))


def _set(sheets: Sheets, part: Part, follows: Part | None) -> None:
    match part:
        case Heading():
            if isinstance(follows, Heading) or follows is None:
                return
            sheets.y += GAP
            sheets.need(TEXT * LEADING * 5)
            sheets.line(part.text, Style.STRONG, TEXT + 2)
        case Paragraph():
            sheets.prose(f"• {part.text}" if part.is_point else part.text, TEXT)
            sheets.y += 2
        case Figures():
            sheets.y += GAP
            for begin in range(0, len(part.figures), FIGURES_A_ROW):
                _figures(sheets, Figures(part.figures[begin : begin + FIGURES_A_ROW]))
        case Table():
            _table(sheets, part)


def _figures(sheets: Sheets, row: Figures) -> None:
    """Figures beside each other in a frame."""
    whole = PAPER.width - 2 * PAPER.margin
    room = whole / FIGURES_A_ROW
    columns: list[list[Text]] = []
    for place, figure in enumerate(row.figures):
        x, y, marks = place * room + 8, 8.0, []
        lines = [(figure.name, Style.BODY, SMALL, SOFT), (figure.value, Style.STRONG, LARGE, "")]
        lines += [(note, Style.BODY, SMALL, SOFT) for note in figure.notes]
        for text, style, size, fill in lines:
            for line in wrapped(text, style, size, room - 16, sheets.language):
                mark = Text(x, y + size, line, style, size)
                marks.append(Text(x, y + size, line, style, size, fill) if fill else mark)
                y += size * LEADING
        columns.append(marks)
    height = max(marks[-1].y for marks in columns) + 8
    sheets.need(height)
    sheets.put(Box(0, 0, room * len(columns), height, 4, fill=WASH))
    for marks in columns:
        sheets.put(*marks)
    sheets.y += height + 6


def _table(sheets: Sheets, table: Table) -> None:
    """A table whose heads stand on every sheet that it reaches."""
    if not table.rows:
        return
    number = max(len(table.heads), *(len(row) for row in table.rows))
    heads = [*table.heads, *[""] * (number - len(table.heads))]
    rows = [[*row, *[""] * (number - len(row))] for row in table.rows]
    whole = PAPER.width - 2 * PAPER.margin
    size = TEXT
    widths = _widths(heads, rows, size)
    while sum(widths) > whole and size > SMALLEST:
        size -= 0.5
        widths = _widths(heads, rows, size)
    if sum(widths) > whole:
        widths = [one * whole / sum(widths) for one in widths]
    height = size * 1.9
    sheets.y += 4
    sheets.need(3 * height)
    _row(sheets, heads, widths, table.figures, size, is_head=True)
    for row in rows:
        if sheets.need(height):
            _row(sheets, heads, widths, table.figures, size, is_head=True)
        _row(sheets, row, widths, table.figures, size)


def _wide(text: str, style: Style, size: float) -> float:
    return width(plain(text), style, size) if text else 0.0


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], size: float) -> list[float]:
    return [
        max(
            _wide(heads[place], Style.STRONG, size),
            *(_wide(row[place], Style.BODY, size) for row in rows),
        )
        + BESIDE
        for place in range(len(heads))
    ]


def _row(
    sheets: Sheets,
    cells: Sequence[str],
    widths: Sequence[float],
    figures: set[int],
    size: float,
    *,
    is_head: bool = False,
) -> None:
    height, x = size * 1.9, 0.0
    style, fill = (Style.STRONG, ACCENT) if is_head else (Style.BODY, "#16242a")
    for place, (cell, room) in enumerate(zip(cells, widths, strict=True)):
        text = plain(cell)
        if _wide(cell, style, size) > room - BESIDE + 0.5:
            text = shortened(text, style, size, room - BESIDE)
        to_right = place in figures
        at, anchor = (x + room - BESIDE, "end") if to_right else (x, "start")
        if text:
            sheets.put(Text(at, size * 1.3, text, style, size, fill, anchor))
        x += room
    sheets.put(Box(0, height, x - BESIDE, 0.4, fill=LINE))
    sheets.y += height


def _numbered(sheets: Sheets, title: str) -> list[Drawing]:
    """The sheets with their numbers, as drawings."""
    made = _("Made on %(day)s with Cadans") % {"day": day(timezone.localdate())}
    bound = Box(0, 0, PAPER.width, PAPER.height)
    foot = PAPER.height - PAPER.margin
    drawings = []
    for number, marks in enumerate(sheets.pages, start=1):
        count = _("Page %(number)s of %(pages)s") % {"number": number, "pages": len(sheets.pages)}
        right = PAPER.width - PAPER.margin
        feet = (
            Text(PAPER.margin, foot, plain(made), Style.BODY, SMALL, SOFT),
            Text(right, foot, plain(count), Style.BODY, SMALL, SOFT, "end"),
        )
        panel = Panel("page", bound, (*marks, *feet))
        drawings.append(Drawing(PAPER, title, title, sheets.language, (panel,), 1.0, False))
    return drawings
