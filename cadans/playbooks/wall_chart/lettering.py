"""Setting text: how wide it is, where it breaks, what is left out, and the fonts that go along.

Text is shaped by HarfBuzz, as browsers do, so that what is measured here is what a reader sees.
The letters are Inter (SIL Open Font License), one variable font of which each chart takes along
only the letters it uses.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

import fontpkg_inter
import pyphen
import uharfbuzz

FONT = Path(fontpkg_inter.ROOT) / "files" / "Inter[opsz,wght].ttf"
FEATURES = dict.fromkeys(("calt", "liga", "clig", "rlig", "ccmp", "locl", "mark"), False)
"""Kerning alone is left: a letter is a glyph, whichever program draws it."""

REPERTOIRE = [(0x20, 0x24F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2010, 0x2044), (0x20A0, 0x20BF)]
REPERTOIRE += [(0x2122, 0x2122), (0x2190, 0x2199), (0x2212, 0x2212), (0x2260, 0x2265)]
MISSING = "□"
REPERTOIRE += [(ord(MISSING), ord(MISSING))]
"""Letters that charts know: Latin, Greek, Cyrillic, punctuation, currencies, arrows."""

LONGEST = 1200
"""Letters of one text that are looked at; what follows could not be shown anyway."""

FULL = 0.995
"""How much of a line is filled: words are measured in pieces, and kerning may add a hair."""

HYPHENATES_FROM = 8
"""Shorter words are not hyphenated."""

WORD = re.compile(r"[^\w]*[^\W\d_]+[^\w]*")
"""Letters, with what punctuation stands around them."""

DOT = "\u00a0·"
"""What stands between two remarks; a line that breaks there needs none."""

HYPHEN_COSTS = 0.25
"""A hyphen is as bad as a line that is half white."""

WITH_HYPHEN, WITH_SPACE, WITH_NOTHING = "-", " ", ""


class Style(Enum):
    """A cut of the font: weight and optical size."""

    BODY = (400, 14)
    STRONG = (600, 14)
    TITLE = (700, 32)

    @property
    def weight(self) -> int:
        """As in CSS."""
        return int(self.value[0])

    @property
    def family(self) -> str:
        """The name under which an SVG takes it along."""
        return "Chart Title" if self is Style.TITLE else "Chart Text"


@lru_cache(maxsize=1)
def _face() -> uharfbuzz.Face:
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FONT)))


@lru_cache(maxsize=8)
def _shaper(style: Style) -> uharfbuzz.Font:
    font = uharfbuzz.Font(_face())
    weight, optical = style.value
    font.set_variations({"wght": weight, "opsz": optical})
    return font


def _shaped(text: str, style: Style) -> list[float]:
    """How far each letter moves on, in units of the font."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.direction, buffer.script, buffer.language = "ltr", "Latn", "en"
    uharfbuzz.shape(_shaper(style), buffer, FEATURES)
    return [place.x_advance for place in buffer.glyph_positions]


@lru_cache(maxsize=50_000)
def _advance(text: str, style: Style) -> float:
    return sum(_shaped(text, style)) / float(_face().upem)


def places(text: str, style: Style, size: float) -> list[float]:
    """Where each letter of a line begins, from the line's beginning, in points."""
    found, at = [], 0.0
    for advance in _shaped(text, style):
        found.append(at * size / _face().upem)
        at += advance
    return found


def width(text: str, style: Style, size: float) -> float:
    """How wide a line of text is at a size, in points."""
    return _advance(text, style) * size


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    there = frozenset(_face().unicodes)
    return frozenset(code for low, high in REPERTOIRE for code in range(low, high + 1)) & there


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Text as it can be set: on one line, composed, without control characters or emoji, and
    with □ for a letter that the font does not have."""
    letters = []
    for letter in unicodedata.normalize("NFC", text[: 4 * LONGEST]):
        kind = unicodedata.category(letter)
        if letter.isspace():
            letters.append(" " if letter != "\u00a0" else letter)
        elif ord(letter) in _known():
            letters.append(letter)
        elif kind.startswith(("L", "N")):
            letters.append(MISSING)
    settled = re.sub(r" {2,}", " ", "".join(letters)).strip()
    if len(settled) <= LONGEST:
        return settled
    return settled[:LONGEST].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True)
class Piece:
    """A part of a text that stays on one line, and what joins it to the next."""

    text: str
    joint: str
    width: float
    """At size 1."""


@lru_cache(maxsize=8)
def _hyphens(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang={"nl": "nl_NL"}.get(language, "en_GB"), left=3, right=3)


@lru_cache(maxsize=20_000)
def _syllables(word: str, language: str) -> tuple[tuple[str, str], ...]:
    """The parts of a word at which it may break, each with what then ends the line."""
    parts: list[tuple[str, str]] = []
    for chunk in re.findall(r"[^-–/_]*[-–/_]+|[^-–/_]+", word):
        # A name for machines is no word: it breaks at its signs, without a hyphen.
        if len(chunk) >= HYPHENATES_FROM and WORD.fullmatch(chunk):
            *first, last = _hyphens(language).inserted(chunk, "\u00ad").split("\u00ad")
            parts += [(one, WITH_HYPHEN) for one in first]
            parts.append((last, WITH_NOTHING))
        else:
            parts.append((chunk, WITH_NOTHING))
    return tuple(parts)


@lru_cache(maxsize=20_000)
def _pieces(text: str, style: Style, language: str) -> tuple[Piece, ...]:
    """The pieces of a text, however wide."""
    found: list[Piece] = []
    for word in text.split(" "):
        parts = _syllables(word, language) if word else ()
        for place, (part, joint) in enumerate(parts):
            end = WITH_SPACE if place == len(parts) - 1 else joint
            found.append(Piece(part, end, _advance(part, style)))
    return tuple(found)


def _narrow(pieces: Sequence[Piece], style: Style, most: float) -> Sequence[Piece]:
    """The same pieces, none wider than `most` (at size 1)."""
    room = most - _advance("-", style)
    if all(piece.width <= room for piece in pieces):
        return pieces
    found: list[Piece] = []
    for piece in pieces:
        *first, last = _chopped(piece.text, style, most)
        found += [Piece(one, WITH_NOTHING, _advance(one, style)) for one in first]
        found.append(Piece(last, piece.joint, _advance(last, style)))
    return found


def _chopped(part: str, style: Style, most: float) -> list[str]:
    """A part without any place to break, cut wherever the line is full."""
    hyphen = _advance("-", style)
    if _advance(part, style) + hyphen <= most:
        return [part]
    chunks, begin = [], 0
    for end in range(1, len(part) + 1):
        if _advance(part[begin:end], style) + hyphen > most and end - begin > 1:
            chunks.append(part[begin : end - 1])
            begin = end - 1
    return [*chunks, part[begin:]]


def wrapped(
    text: str,
    style: Style,
    size: float,
    room: float,
    language: str,
    *,
    most: int = 99,
    balanced: bool = False,
) -> list[str]:
    """The lines of a text in a column `room` wide, at most so many; what is left out is told by
    an ellipsis. The breaks are chosen for the paragraph as a whole, so that its right edge is as
    even as it can be; `balanced` evens the last line too (headings)."""
    limit = room / size * FULL
    pieces = _narrow(_pieces(plain(text), style, language), style, limit)
    if not pieces:
        return []
    breaks = _breaks(pieces, style, limit, balanced=balanced)
    lines = [_joined(pieces[begin:end]) for begin, end in breaks]
    if len(lines) <= most:
        return lines
    rest = _joined(pieces[breaks[most - 1][0] : breaks[most][1]])
    return [*lines[: most - 1], shortened(rest, style, size, room)]


def _breaks(
    pieces: Sequence[Piece], style: Style, limit: float, *, balanced: bool
) -> list[tuple[int, int]]:
    """Where lines begin and end: the least sum of squared white, a hyphen costing a bit."""
    space, hyphen = _advance(" ", style), _advance("-", style)
    total = len(pieces)
    best: list[tuple[float, int]] = [(0.0, total)] * (total + 1)
    for begin in range(total - 1, -1, -1):
        found = (float("inf"), begin + 1)
        taken = 0.0
        for end in range(begin + 1, total + 1):
            piece = pieces[end - 1]
            taken += piece.width
            here = taken + (hyphen if piece.joint == WITH_HYPHEN else 0.0)
            if here > limit and end > begin + 1:
                if taken > limit:
                    break
            else:
                white = max(0.0, limit - here) / limit
                cost = white * white
                if end == total:
                    cost = cost * 0.5 if balanced else (0.25 if end == begin + 1 > 1 else 0.0)
                elif piece.joint == WITH_HYPHEN:
                    cost += HYPHEN_COSTS
                elif piece.joint == WITH_NOTHING:
                    cost += 0.04
                # A line more costs as well: balance must not make a text longer.
                cost += best[end][0] + 0.02
                if cost < found[0]:
                    found = (cost, end)
            taken += space if piece.joint == WITH_SPACE else 0.0
        best[begin] = found
    lines, begin = [], 0
    while begin < total:
        end = best[begin][1]
        lines.append((begin, end))
        begin = end
    return lines


def _joined(pieces: Sequence[Piece]) -> str:
    words = [piece.text + (" " if piece.joint == WITH_SPACE else "") for piece in pieces[:-1]]
    last = pieces[-1]
    line = "".join(words) + last.text + ("-" if last.joint == WITH_HYPHEN else "")
    return line.removesuffix(DOT)


def shortened(text: str, style: Style, size: float, room: float) -> str:
    """The text on one line, with an ellipsis for what does not fit."""
    text = text.rstrip("…")
    whole = plain(text)
    if width(whole + "…", style, size) <= room * FULL:
        return whole.rstrip(" ,;:.-") + "…"
    while whole and width(whole.rstrip(" ,;:.-") + "…", style, size) > room * FULL:
        cut = whole.rstrip(" ").rfind(" ")
        whole = whole[: cut if cut > len(whole) // 2 else -1]
    return whole.rstrip(" ,;:.-") + "…"


@lru_cache(maxsize=32)
def font_with(style: Style, letters: frozenset[str], *, compressed: bool = False) -> bytes:
    """A font file (TrueType, or WOFF2) of just these letters. It has no kerning in it, since each
    letter is placed by itself. The same letters give the same file, byte by byte."""
    # Ten megabytes of memory that a process which draws no charts never needs.
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    weight, optical = style.value
    options = subset.Options()
    options.layout_features = []
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "STAT", "meta"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes={ord(letter) for letter in letters})
    file = io.BytesIO()
    with TTFont(FONT, lazy=True, recalcTimestamp=False) as font:
        subsetter.subset(font)
        instancer.instantiateVariableFont(font, {"wght": weight, "opsz": optical}, inplace=True)
        if compressed:
            font.flavor = "woff2"
        font.save(file)
    return file.getvalue()
