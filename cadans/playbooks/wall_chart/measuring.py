"""How high a chart becomes when its stages stand in certain rows, at a certain scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cadans.playbooks.wall_chart import blocks
from cadans.playbooks.wall_chart.blocks import Limits, Setting
from cadans.playbooks.wall_chart.content import Ending, Sheet, StagePanel
from cadans.playbooks.wall_chart.drawing import Block

TIP, GAP, BETWEEN_ROWS, BETWEEN = 7.0, 13.0, 15.0, 8.0
"""The arrow's point, and the white between columns, rows and parts, in points at scale 1."""

OVERLAP = 4.5
"""How far the mark of the stage that asks lies on its arrow, in points at scale 1."""

END = 0.8
"""How wide the cell of won and lost is, beside a stage's."""

SECTIONS = ("outcome", "staying", "guidance", "goals", "tasks", "rules")
"""The parts of a stage from top to bottom; within a row each begins at one height."""

CLOSE = {"staying": 0.4}
"""Parts that belong to the one above them: the share of the usual white between."""

Told = tuple[tuple[Ending, Block, Block], ...]
"""Won and lost, each with its head and its text."""


@dataclass(frozen=True)
class Plan:
    """A way to place the stages: how many cells in each row, and whether won and lost are a strip
    below (else they are the last cell)."""

    rows: tuple[int, ...]
    strip: bool

    @property
    def evenness(self) -> float:
        """1 for rows of the same length; less the more they differ."""
        return float((min(self.rows) / max(self.rows)) ** 0.25)


@dataclass(frozen=True)
class Column:
    """A stage set in its column."""

    panel: StagePanel
    head: Block
    ask: Block
    sections: dict[str, Block]
    facts: Block


@dataclass(frozen=True)
class Row:
    """A row of columns: how wide each is, and how high each part of it."""

    width: float
    columns: tuple[Column, ...]
    ends: Told
    scale: float

    @property
    def end_width(self) -> float:
        """How wide the last cell is, when it is that of won and lost."""
        return self.width * END

    @cached_property
    def head(self) -> float:
        """The height of the arrows."""
        heads = [column.head.height for column in self.columns]
        return max(heads + [head.height for end, head, _text in self.ends if end.kind == "won"])

    @cached_property
    def hanging(self) -> float:
        """How far the mark of the stage that asks hangs below its arrow."""
        tallest = max((column.ask.height for column in self.columns), default=0.0)
        return max(0.0, tallest - OVERLAP * self.scale)

    @cached_property
    def heights(self) -> dict[str, float]:
        """The height of each part that is there."""
        tallest = {
            name: max((column.sections[name].height for column in self.columns), default=0.0)
            for name in SECTIONS
        }
        return {name: height for name, height in tallest.items() if height}

    @cached_property
    def facts(self) -> float:
        """The height of the small print."""
        return max((column.facts.height for column in self.columns), default=0.0)

    @cached_property
    def gaps(self) -> float:
        """How many times the white between parts is needed."""
        return 1 + sum(CLOSE.get(name, 1) for name in self.heights)

    @cached_property
    def need(self) -> float:
        """How high the row is at least."""
        white = BETWEEN * self.scale
        stages = self.head + self.hanging + sum(self.heights.values()) + self.facts
        stages += self.gaps * white
        ends = sum(
            (self.head if end.kind == "won" else head.height) + text.height + 2 * white
            for end, head, text in self.ends
        )
        return max(stages, ends - white if ends else 0.0)


@dataclass(frozen=True)
class Measured:
    """A plan, set at a scale."""

    plan: Plan
    scale: float
    limits: Limits
    rows: tuple[Row, ...]
    strip: Told
    names_fit: bool

    @cached_property
    def need(self) -> float:
        """How high it is at least."""
        between = BETWEEN_ROWS * self.scale
        need = sum(row.need for row in self.rows) + between * (len(self.rows) - 1)
        return need + (between + self.strip_height if self.strip else 0.0)

    @cached_property
    def strip_height(self) -> float:
        """The height of the strip of won and lost."""
        heads = max(head.height for _end, head, _text in self.strip)
        texts = max(text.height for _end, _head, text in self.strip)
        return heads + texts + BETWEEN * self.scale


def measured(sheet: Sheet, plan: Plan, limits: Limits, scale: float, room: float) -> Measured:
    """A sheet set in rows across a width, at a scale, with lists no longer than the limits."""
    narrowest = Setting(column_width(max(plan.rows), scale, room), scale, sheet.language, limits)
    size = blocks.name_size(sheet.panels, narrowest, TIP * scale)
    name_size = size or blocks.SMALLEST_NAME
    rows = []
    begin = 0
    for place, count in enumerate(plan.rows):
        with_end = place == len(plan.rows) - 1 and not plan.strip
        stages = sheet.panels[begin : begin + count - with_end]
        begin += len(stages)
        width = column_width(count, scale, room, with_end=with_end)
        setting = Setting(width, scale, sheet.language, limits)
        columns = tuple(_column(panel, sheet, setting, name_size) for panel in stages)
        last = Setting(width * END, scale, sheet.language, limits)
        rows.append(Row(width, columns, _ends(sheet, last, name_size) if with_end else (), scale))
    strip: Told = ()
    if plan.strip:
        count = len(sheet.endings)
        width = (room - GAP * scale * (count - 1)) / count
        strip = _ends(sheet, Setting(width, scale, sheet.language, limits), blocks.NAME)
    return Measured(plan, scale, limits, tuple(rows), strip, names_fit=size is not None)


def column_width(count: int, scale: float, room: float, *, with_end: bool = False) -> float:
    """How wide a stage is when so many cells stand in its row."""
    cells = count - 1 + END if with_end else count
    return (room - TIP * scale - GAP * scale * (count - 1)) / cells


def _column(panel: StagePanel, sheet: Sheet, setting: Setting, size: float) -> Column:
    return Column(
        panel,
        blocks.head(panel, setting, TIP * setting.scale, size),
        blocks.ask(panel, setting),
        {
            "outcome": blocks.outcome(panel.outcome, setting),
            "staying": blocks.staying(panel.outcome, sheet, setting),
            "guidance": blocks.guidance(panel.guidance, setting),
            "goals": blocks.goals(panel, sheet, setting),
            "tasks": blocks.tasks(panel, sheet, setting),
            "rules": blocks.rules(panel, sheet, setting),
        },
        blocks.facts(panel, setting),
    )


def _ends(sheet: Sheet, setting: Setting, size: float) -> Told:
    return tuple(
        (end, blocks.ending_head(end, setting, size), blocks.ending(end, setting))
        for end in sheet.endings
    )
