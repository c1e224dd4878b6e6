"""Drawings as a PDF, each a page: vectors and text, with the letters it uses embedded."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import pydyf
from fontTools.ttLib import TTFont

from cadans.playbooks.wall_chart.drawing import Box, Drawing, Mark, Ring, Shape, Text
from cadans.playbooks.wall_chart.lettering import Style, font_with, places

CURVE = 0.5523
"""How far the handles of a Bézier curve stand out that draws a quarter of a circle of radius 1."""


@dataclass
class Embedded:
    """A font in the PDF: its name there, its glyph of each letter, how far each moves on,
    and which were set."""

    name: str
    file: bytes
    numbers: dict[int, int]
    advances: list[int]
    upem: int
    glyphs: dict[int, str] = field(default_factory=dict)

    def shown(self, text: Text) -> str:
        """A line as an array for the operator TJ: glyphs, and the kerning between them."""
        at = places(text.text, text.style, text.size)
        found, expected = [], 0.0
        for letter, place in zip(text.text, at, strict=True):
            glyph = self.numbers[ord(letter)]
            kern = round((expected - place) * 1000 / text.size, 1)
            if kern:
                found.append(f"> {_n(kern)} <")
            found.append(f"{glyph:04x}")
            self.glyphs[glyph] = letter
            expected = place + self.advances[glyph] * text.size / self.upem
        return f"[<{''.join(found)}>]"


def as_pdf(drawing: Drawing, *more: Drawing) -> bytes:
    """The drawings as a PDF file, each a page; it is called after the first. The same drawings
    give the same bytes."""
    pages = (drawing, *more)
    fonts = _fonts(pages)
    document = pydyf.PDF()
    streams = []
    for page in pages:
        stream = pydyf.Stream(compress=True)
        for panel in page.panels:
            for mark in panel.marks:
                _draw(stream, mark, page.paper.height, fonts)
        document.add_object(stream)
        streams.append(stream)
    resources = pydyf.Dictionary()
    for font in fonts.values():
        resources[font.name] = _font_object(document, font).reference
    for page, stream in zip(pages, streams, strict=True):
        document.add_page(
            pydyf.Dictionary(
                {
                    "Type": "/Page",
                    "Parent": document.pages.reference,
                    "MediaBox": pydyf.Array([0, 0, _n(page.paper.width), _n(page.paper.height)]),
                    "Contents": stream.reference,
                    "Resources": pydyf.Dictionary({"Font": resources}),
                }
            )
        )
    document.info.update(
        {
            "Title": pydyf.String(drawing.title),
            "Subject": pydyf.String(drawing.about),
            "Creator": pydyf.String("Cadans"),
        }
    )
    document.catalog["Lang"] = pydyf.String(drawing.language)
    document.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    file = io.BytesIO()
    document.write(file, version=b"1.7", identifier=b"cadans", compress=True)
    return file.getvalue()


def _fonts(pages: Sequence[Drawing]) -> dict[Style, Embedded]:
    letters: dict[Style, set[str]] = defaultdict(set)
    for page in pages:
        for text in page.texts():
            letters[text.style].update(text.text)
    fonts = {}
    for number, style in enumerate((style for style in Style if letters[style]), start=1):
        file = font_with(style, frozenset(letters[style]))
        tables = TTFont(io.BytesIO(file))
        fonts[style] = Embedded(
            f"F{number}",
            file,
            {code: tables.getGlyphID(name) for code, name in tables.getBestCmap().items()},
            [tables["hmtx"][name][0] for name in tables.getGlyphOrder()],
            tables["head"].unitsPerEm,
        )
    return fonts


# ── marks ───────────────────────────────────────────────────────────────────────────────────


def _draw(stream: pydyf.Stream, mark: Mark, height: float, fonts: dict[Style, Embedded]) -> None:
    """Draw a mark; the page's y runs up, the drawing's down."""
    match mark:
        case Text():
            font = fonts[mark.style]
            stream.begin_text()
            stream.set_color_rgb(*_rgb(mark.fill))
            stream.set_font_size(font.name, mark.size)
            stream.set_text_matrix(1, 0, 0, 1, mark.left, height - mark.y)
            stream.stream.append(f"{font.shown(mark)} TJ".encode())
            stream.end_text()
            return
        case Box():
            _box(stream, mark, height)
        case Ring():
            ring = mark.radius
            square = Box(mark.x - ring, mark.y - ring, 2 * ring, 2 * ring, ring)
            _box(stream, square, height)
        case Shape():
            for place, (x, y) in enumerate(mark.points):
                (stream.line_to if place else stream.move_to)(x, height - y)
            stream.close()
    _paint(stream, mark)


def _paint(stream: pydyf.Stream, mark: Box | Ring | Shape) -> None:
    if mark.fill:
        stream.set_color_rgb(*_rgb(mark.fill))
    if mark.stroke:
        stream.set_color_rgb(*_rgb(mark.stroke), stroke=True)
        stream.set_line_width(mark.weight)
    if mark.fill and mark.stroke:
        stream.fill_and_stroke()
    elif mark.stroke:
        stream.stroke()
    else:
        stream.fill()


def _box(stream: pydyf.Stream, box: Box, height: float) -> None:
    """The outline of a box, its corners drawn as curves."""
    left, right = box.x, box.x + box.width
    low, high = height - box.y - box.height, height - box.y
    radius = min(box.radius, box.width / 2, box.height / 2)
    if not radius:
        stream.rectangle(left, low, box.width, box.height)
        return
    handle = radius * (1 - CURVE)
    stream.move_to(left + radius, low)
    stream.line_to(right - radius, low)
    stream.curve_to(right - handle, low, right, low + handle, right, low + radius)
    stream.line_to(right, high - radius)
    stream.curve_to(right, high - handle, right - handle, high, right - radius, high)
    stream.line_to(left + radius, high)
    stream.curve_to(left + handle, high, left, high - handle, left, high - radius)
    stream.line_to(left, low + radius)
    stream.curve_to(left, low + handle, left + handle, low, left + radius, low)
    stream.close()


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (round(int(colour[at : at + 2], 16) / 255, 4) for at in (1, 3, 5))
    return red, green, blue


# ── fonts ───────────────────────────────────────────────────────────────────────────────────


def _font_object(document: pydyf.PDF, font: Embedded) -> pydyf.Object:
    """A font as PDF has it: the file, its measures, the widths and the letters of its glyphs."""
    tables = TTFont(io.BytesIO(font.file))
    name = f"CADANS+{tables['name'].getDebugName(6) or 'Inter'}-{font.name}"
    part = 1000 / font.upem
    file = pydyf.Stream([font.file], {"Length1": len(font.file)}, compress=True)
    document.add_object(file)
    head, lines = tables["head"], tables["hhea"]
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": f"/{name}",
            "Flags": 4,
            "FontBBox": pydyf.Array(
                [_n(edge * part) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)]
            ),
            "ItalicAngle": 0,
            "Ascent": _n(lines.ascent * part),
            "Descent": _n(lines.descent * part),
            "CapHeight": _n(tables["OS/2"].sCapHeight * part),
            "StemV": 80,
            "FontFile2": file.reference,
        }
    )
    document.add_object(descriptor)
    widths = pydyf.Array()
    for glyph in sorted(font.glyphs):
        advance = font.advances[glyph] * part
        widths += [glyph, pydyf.Array([_n(advance)])]
    inner = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": f"/{name}",
            "CIDSystemInfo": pydyf.Dictionary(
                {
                    "Registry": pydyf.String("Adobe"),
                    "Ordering": pydyf.String("Identity"),
                    "Supplement": 0,
                }
            ),
            "CIDToGIDMap": "/Identity",
            "FontDescriptor": descriptor.reference,
            "W": widths,
        }
    )
    document.add_object(inner)
    letters = pydyf.Stream([_letters_of(font).encode()], compress=True)
    document.add_object(letters)
    outer = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": f"/{name}",
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([inner.reference]),
            "ToUnicode": letters.reference,
        }
    )
    document.add_object(outer)
    return outer


def _letters_of(font: Embedded) -> str:
    """Which letter each glyph is, so that text can be found and copied."""
    rows = [
        f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>"
        for glyph, letter in sorted(font.glyphs.items())
    ]
    # A block of the map holds at most 100 rows.
    chunks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    maps = "\n".join(
        f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar" for chunk in chunks
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        f"{maps}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    )


def _n(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")
