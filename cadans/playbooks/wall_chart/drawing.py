"""What a drawing is made of, whichever format it is written in. Lengths are points, y runs down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cadans.playbooks.wall_chart.lettering import Style, width
from cadans.playbooks.wall_chart.paper import Paper

INK = "#16242a"
SOFT = "#52626a"
LINE = "#c9d3d5"
WASH = "#eef4f4"
ACCENT = "#0f6470"
PAPER = "#ffffff"
LIGHTEST, DARKEST = "#2b7f8b", "#0a4450"
"""The accent where the process begins and where it ends."""


@dataclass(frozen=True)
class Text:
    """One line of text; `y` is its baseline. `anchor` says which end of it `x` is."""

    x: float
    y: float
    text: str
    style: Style
    size: float
    fill: str = INK
    anchor: str = "start"

    @property
    def width(self) -> float:
        """How wide it is set."""
        return width(self.text, self.style, self.size)

    @property
    def left(self) -> float:
        """Where its first letter begins."""
        return self.x - self.width if self.anchor == "end" else self.x

    def at(self, x: float, y: float) -> Text:
        """The same, moved."""
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True)
class Box:
    """A rectangle, filled or outlined, with rounded corners."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0.0
    fill: str | None = None
    stroke: str | None = None
    weight: float = 0.0

    def at(self, x: float, y: float) -> Box:
        """The same, moved."""
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True)
class Ring:
    """A circle, filled or outlined."""

    x: float
    y: float
    radius: float
    fill: str | None = None
    stroke: str | None = None
    weight: float = 0.0

    def at(self, x: float, y: float) -> Ring:
        """The same, moved."""
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True)
class Shape:
    """Straight lines from point to point: filled, or an open stroke."""

    points: tuple[tuple[float, float], ...]
    fill: str | None = None
    stroke: str | None = None
    weight: float = 0.0

    def at(self, x: float, y: float) -> Shape:
        """The same, moved."""
        return replace(self, points=tuple((left + x, top + y) for left, top in self.points))


Mark = Text | Box | Ring | Shape


@dataclass(frozen=True)
class Block:
    """A piece of the chart that is placed as a whole, drawn from its own upper left corner."""

    height: float = 0.0
    marks: tuple[Mark, ...] = ()

    def at(self, x: float, y: float) -> tuple[Mark, ...]:
        """Its marks, placed."""
        return tuple(mark.at(x, y) for mark in self.marks)

    def over(self, other: Block, gap: float = 0.0) -> Block:
        """This block with another one below it."""
        if not other.height:
            return self
        top = self.height + gap if self.height else 0.0
        return Block(top + other.height, self.marks + other.at(0, top))


@dataclass(frozen=True)
class Panel:
    """A placed part of the chart with a bound that nothing of it may cross, and its words in the
    order in which they are read."""

    name: str
    bound: Box
    marks: tuple[Mark, ...]

    def texts(self) -> Iterable[Text]:
        """Its lines of text."""
        return (mark for mark in self.marks if isinstance(mark, Text))


@dataclass(frozen=True)
class Drawing:
    """A finished chart. `scale` and `shortened` say how it was made to fit."""

    paper: Paper
    title: str
    about: str
    language: str
    panels: tuple[Panel, ...]
    scale: float
    shortened: bool

    def texts(self) -> list[Text]:
        """All lines of text."""
        return [text for panel in self.panels for text in panel.texts()]


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two: `share` 0 is the first, 1 the other."""
    parts = [
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)
