"""What stands on a page of Insight, read back from its own markup, for a file of the page.

The components say what is what: a figure in a row, a card's title, a table with its heads. So a
page that is made of them can be printed without saying anything twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

PASSED_OVER = {"nav", "form", "script", "style", "svg", "button", "select", "template"}
VOID = {"input", "br", "hr", "img", "use", "meta", "link", "source", "wbr", "path"}
HIDDEN = {"page-actions", "sr-only", "panel-actions"}

TEXTS = {"h1", "h2", "h3", "p", "li", "dt", "dd", "th", "td", "caption", "summary"}


@dataclass
class Table:
    """A table: its heads and cells as text, and which columns hold figures."""

    name: str = ""
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    figures: set[int] = field(default_factory=set)


@dataclass
class Figure:
    """A figure with its name and notes."""

    name: str
    value: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Heading:
    """The title of what follows."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; `is_point` in a list."""

    text: str
    is_point: bool = False


@dataclass
class Figures:
    """Figures beside each other."""

    figures: list[Figure] = field(default_factory=list)


Part = Heading | Paragraph | Figures | Table


@dataclass
class Page:
    """A page's title, what it says below it, and its parts in order."""

    title: str = ""
    subtitle: str = ""
    parts: list[Part] = field(default_factory=list)


def read_page(markup: str) -> Page:
    """The page in its markup: all of `<main>` that is not for clicking."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[tuple[str, frozenset[str]]] = []
        self._passed = 0
        self._text: list[str] = []
        self._row: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        classes = frozenset((dict(attrs).get("class") or "").split())
        self._open.append((tag, classes))
        hidden = bool(classes & HIDDEN) and tag != "caption"
        if self._passed or tag in PASSED_OVER or hidden:
            self._passed += 1
            return
        if tag in TEXTS:
            self._text = []
        if tag == "table":
            self.page.parts.append(Table())
        elif tag == "dl" and "figure-row" in classes:
            self.page.parts.append(Figures())
        elif tag == "tr":
            self._row = []

    def handle_endtag(self, tag: str) -> None:
        if not self._inside(tag):
            return
        while self._open:
            opened, classes = self._open.pop()
            if self._passed:
                self._passed -= 1
            elif opened in TEXTS and self._inside("main"):
                self._told(opened, classes, " ".join("".join(self._text).split()))
                self._text = []
            elif opened == "tr" and self._row:
                table = self._last(Table)
                if isinstance(table, Table) and self._inside("tbody"):
                    table.rows.append(self._row)
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._passed:
            self._text.append(data)

    def _inside(self, tag: str) -> bool:
        return any(one == tag for one, _classes in self._open)

    def _last(self, kind: type) -> Table | Figures | None:
        last = self.page.parts[-1] if self.page.parts else None
        return last if isinstance(last, kind) else None  # type: ignore[return-value]

    def _told(self, tag: str, classes: frozenset[str], text: str) -> None:
        table, row = self._last(Table), self._last(Figures)
        if tag in ("th", "td") and isinstance(table, Table):
            if tag == "th" and not self._inside("tbody"):
                if "figure" in classes:
                    table.figures.add(len(table.heads))
                table.heads.append(text)
            else:
                self._row.append(text)
        elif tag == "caption" and isinstance(table, Table):
            table.name = text
        elif tag == "h1":
            self.page.title = text
        elif "page-subtitle" in classes:
            self.page.subtitle = text
        elif tag == "dt" and isinstance(row, Figures):
            row.figures.append(Figure(text))
        elif tag == "dd" and isinstance(row, Figures) and row.figures:
            if "figure-figure" in classes:
                row.figures[-1].value = text
            elif text:
                row.figures[-1].notes.append(text)
        elif tag == "summary":
            if not any("chart-tools" in one for _tag, one in self._open):
                self.page.parts.append(Heading(text))
        elif tag in ("h2", "h3") and text:
            self.page.parts.append(Heading(text))
        elif text and not self._inside("td"):
            self.page.parts.append(Paragraph(text, is_point=tag == "li"))
