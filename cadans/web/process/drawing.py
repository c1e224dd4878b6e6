"""A design as a small drawing: a line through its stages, goals above it and tasks below. Pure.

Marks of one kind are one path, so that a page of drawings stays light. Lengths are in units of the
drawing's own box; colours come from the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cadans.process.design import Design, StageDesign

PITCH = 38
"""From one stage to the next."""
LINE = 46
HEIGHT = 86
STEP = 7
"""From one goal or task to the next."""
OFF = 14
"""From the line to the first goal or task."""


@dataclass(frozen=True)
class Drawing:
    """What `process/_drawing.html` draws: the data of a path for each kind of mark."""

    width: int
    height: int
    line: str
    stages: str
    asks: str
    goals: str
    choices: str
    tasks: str
    reasons: str
    blocks: str
    won: int | None
    won_at: int = LINE


def drawing_of(design: Design) -> Drawing:
    """A design drawn: open stages as rings, the ask as a lozenge, won as a disc at the end.

    A goal is a dot above its stage (`choices` where one of them is enough), a task a dash below
    it. A bar behind a stage says that a lead is not moved on just like that: `reasons` asks why,
    `blocks` keeps it.
    """
    stages = list(design.open_stages())
    places = {stage.key: PITCH // 2 + n * PITCH for n, stage in enumerate(stages)}
    end = PITCH // 2 + len(stages) * PITCH
    won = design.won is not None

    def at(some: Iterable[StageDesign]) -> list[int]:
        return [places[stage.key] for stage in some]

    def needing(needed: str) -> Iterable[StageDesign]:
        return (stage for stage in stages if stage.goals_needed == needed)

    def stopping(how: str) -> Iterable[StageDesign]:
        return (stage for stage in stages if stage.enforcement == how)

    return Drawing(
        width=end + (PITCH // 2 if won else 0),
        height=HEIGHT,
        line=f"M{PITCH // 2} {LINE}H{end if won else end - PITCH}",
        stages="".join(_ring(x) for x in at(one for one in stages if not one.is_ask)),
        asks="".join(f"M{x} {LINE - 8}l8 8l-8 8l-8 -8z" for x in at(s for s in stages if s.is_ask)),
        goals="".join(_above(places[one.key], len(one.goals)) for one in needing("all")),
        choices="".join(_above(places[one.key], len(one.goals)) for one in needing("any")),
        tasks="".join(_below(places[one.key], len(one.tasks)) for one in stages),
        reasons="".join(_bar(x) for x in at(stopping("reason"))),
        blocks="".join(_bar(x) for x in at(stopping("block"))),
        won=end if won else None,
    )


def _ring(x: int) -> str:
    return f"M{x - 6} {LINE}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z"


def _above(x: int, many: int) -> str:
    """Dots (round ends of a line without length) from the line upwards, in twos above four."""
    return "".join(f"M{left} {LINE - OFF - row * STEP}h0" for left, row in _grid(x, many))


def _below(x: int, many: int) -> str:
    return "".join(f"M{left - 2} {LINE + OFF + row * STEP}h4" for left, row in _grid(x, many))


def _grid(x: int, many: int) -> Iterable[tuple[int, int]]:
    """Where `many` marks stand: (x, row), at most four rows high."""
    columns = max(1, -(-many // 4))
    for n in range(many):
        column, row = n % columns, n // columns
        yield x + column * 8 - (columns - 1) * 4, row


def _bar(x: int) -> str:
    return f"M{x + PITCH // 2} {LINE - 7}v14"
