"""Placing what was measured: rows of stages, then won and lost."""

from __future__ import annotations

from cadans.playbooks.wall_chart import blocks
from cadans.playbooks.wall_chart.content import Ending
from cadans.playbooks.wall_chart.drawing import (
    DARKEST,
    LIGHTEST,
    SOFT,
    Box,
    Mark,
    Panel,
    mixed,
)
from cadans.playbooks.wall_chart.measuring import (
    BETWEEN,
    BETWEEN_ROWS,
    CLOSE,
    GAP,
    OVERLAP,
    SECTIONS,
    TIP,
    Column,
    Measured,
    Row,
)

AIRIEST = 9.0
"""How much white is added at most between two parts when a chart does not fill its sheet."""


def placed(found: Measured, left: float, top: float, room: float, free: float) -> list[Panel]:
    """The stages and what ends them, with the height that is left shared out as white."""
    scale = found.scale
    gaps = sum(row.gaps for row in found.rows) + 2 * (len(found.rows) - 1) + 2 * bool(found.strip)
    airier = min(max(0.0, free - found.need) / gaps, AIRIEST * scale)
    total = sum(len(row.columns) for row in found.rows)
    panels: list[Panel] = []
    y = top
    for row in found.rows:
        height = row.need + airier * row.gaps
        panels += _row(row, left, y, height, airier, len(panels), total)
        y += height + BETWEEN_ROWS * scale + 2 * airier
    if found.strip:
        panels += _strip(found, left, y, room)
    return panels


def _row(
    row: Row, left: float, top: float, height: float, airier: float, before: int, total: int
) -> list[Panel]:
    scale = row.scale
    tip, pitch = TIP * scale, row.width + GAP * scale
    between = BETWEEN * scale + airier
    panels = []
    for place, column in enumerate(row.columns):
        x = left + place * pitch
        last = place == len(row.columns) - 1 and not row.ends
        arrow = blocks.arrow(
            row.width if last else pitch - 3.5 * scale,
            row.head,
            tip,
            mixed(LIGHTEST, DARKEST, (before + place) / total),
            first=before + place == 0,
        )
        marks = (arrow.at(x, top), *_column(column, row, x, top, between))
        panels.append(Panel(column.panel.key, Box(x, top, row.width + GAP * scale, height), marks))
    if row.ends:
        x = left + len(row.columns) * pitch
        panels.append(_end(row, x, top, height, between))
    return panels


def _column(column: Column, row: Row, x: float, top: float, between: float) -> list[Mark]:
    scale = row.scale
    marks = list(column.head.at(x, top + (row.head - column.head.height) / 2))
    marks += column.ask.at(x + (TIP + 3) * scale, top + row.head - OVERLAP * scale)
    y = top + row.head + row.hanging
    heights = row.heights
    for name in SECTIONS:
        if name not in heights:
            continue
        y += between * CLOSE.get(name, 1)
        block = column.sections[name]
        if name == "guidance" and block.height:
            marks += [one.at(x, y) for one in blocks.ground(row.width, heights[name], scale)]
        marks += block.at(x, y)
        y += heights[name]
    marks += column.facts.at(x, y + between)
    return marks


def _end(row: Row, x: float, top: float, height: float, between: float) -> Panel:
    """The last cell: won, and below it lost."""
    marks: list[Mark] = []
    scale, width = row.scale, row.end_width + TIP * row.scale
    y = top
    for place, (end, head, text) in enumerate(row.ends):
        tall = row.head if end.kind == "won" else head.height
        marks += _ground(end, x, y, width, tall, scale, notch=place == 0)
        notch = TIP * scale if end.kind == "won" else 0.0
        marks += head.at(x + notch, y + (tall - head.height) / 2)
        y += tall + BETWEEN * scale
        marks += text.at(x, y)
        y += text.height + between
    return Panel("end", Box(x, top, width, height), tuple(marks))


def _ground(
    end: Ending,
    x: float,
    y: float,
    width: float,
    height: float,
    scale: float,
    *,
    notch: bool = False,
) -> list[Mark]:
    """What the name of won or lost stands on."""
    if end.kind == "won":
        arrow = blocks.arrow(width, height, TIP * scale, DARKEST, first=not notch, last=True)
        return [arrow.at(x, y)]
    return [Box(x, y, width, height, 2 * scale, stroke=SOFT, weight=0.9 * scale)]


def _strip(found: Measured, left: float, top: float, room: float) -> list[Panel]:
    """Won and lost beside each other, below all stages."""
    scale = found.scale
    gap = GAP * scale
    width = (room - gap * (len(found.strip) - 1)) / len(found.strip)
    tall = max(head.height for _end, head, _text in found.strip)
    panels = []
    for place, (end, head, text) in enumerate(found.strip):
        x = left + place * (width + gap)
        marks = _ground(end, x, top, width, tall, scale)
        marks += head.at(x, top + (tall - head.height) / 2)
        marks += text.at(x, top + tall + BETWEEN * scale)
        bound = Box(x, top, width, found.strip_height)
        panels.append(Panel(f"end-{end.kind}", bound, tuple(marks)))
    return panels
