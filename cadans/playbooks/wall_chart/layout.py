"""Laying a sheet out on paper: how many rows, how large, and what is shortened so that it fits.

Stages stand in rows, each row filling the width; within a row the same things stand at the same
height. What it means to be won or lost is the last cell, or a strip below. All ways to do so are
tried; the one with the largest lettering wins. Where not everything fits at a readable size, lists
are shortened first (with a count of what is left out), and only then letters become smaller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cadans.playbooks.wall_chart.blocks import LADDER, Limits, Setting
from cadans.playbooks.wall_chart.content import Sheet
from cadans.playbooks.wall_chart.drawing import (
    ACCENT,
    INK,
    LINE,
    SOFT,
    Block,
    Box,
    Drawing,
    Mark,
    Panel,
    Ring,
    Text,
)
from cadans.playbooks.wall_chart.lettering import Style, wrapped
from cadans.playbooks.wall_chart.measuring import Measured, Plan, column_width, measured
from cadans.playbooks.wall_chart.paper import Paper
from cadans.playbooks.wall_chart.placing import placed

LARGEST = {"A4": 1.2, "A3": 1.75}
READABLE = {"A4": 0.78, "A3": 0.95}
"""The scale below which lists are shortened rather than made smaller still."""
ENOUGH = {"A4": 0.64, "A3": 0.72}
"""The scale that is put up with once lists cannot be shortened further."""
LAST_RESORTS = (0.5, 0.4, 0.3, 0.2)
"""For forty stages on a small sheet."""
STEP = 1.035
"""Scales that are tried are this factor apart."""

NARROWEST = 74.0
"""No column is narrower than this at scale 1, in points."""

ABOVE, BELOW = 13.0, 15.0
"""White between the stages and the title, and the imprint."""


def drawn(sheet: Sheet, paper: Paper) -> Drawing:
    """The chart of a sheet on paper."""
    top = _title(sheet, paper)
    bottom = _imprint(sheet, paper)
    room = paper.width - 2 * paper.margin
    grade = paper.grade
    free = paper.height - 2 * paper.margin - top.height - bottom.height - (ABOVE + BELOW) * grade
    found = _best(sheet, paper, room, free)
    left = paper.margin
    panels = [
        Panel(
            "title",
            Box(left, paper.margin, room, top.height),
            top.at(left, paper.margin),
        )
    ]
    y = paper.margin + top.height + ABOVE * grade
    panels += placed(found, left, y, room, free)
    if not found.limits.task_details:
        bottom = replace(_imprint(sheet, paper, bare=True), height=bottom.height)
    y = paper.height - paper.margin - bottom.height
    panels.append(Panel("imprint", Box(left, y, room, bottom.height), bottom.at(left, y)))
    return Drawing(
        paper=paper,
        title=sheet.title,
        about=sheet.about,
        language=sheet.language,
        panels=tuple(panels),
        scale=found.scale,
        shortened=found.limits is not LADDER[0],
    )


# ── choosing ────────────────────────────────────────────────────────────────────────────────


def _plans(stages: int, room: float) -> Iterator[Plan]:
    """Every way to place so many stages in even rows, the end as a last cell or as a strip."""
    for strip in (False, True):
        cells = stages if strip else stages + 1
        for rows in range(1, min(cells, 8) + 1):
            small, extra = divmod(cells, rows)
            if not small:
                continue
            counts = tuple(small + (place < extra) for place in range(rows))
            if strip is False and counts[-1] == 1 and rows > 1:
                continue
            if rows == 1 or room / max(counts) < room * 0.52:
                yield Plan(counts, strip)


def _best(sheet: Sheet, paper: Paper, room: float, free: float) -> Measured:
    """The plan with the largest lettering, with as little as possible left out."""
    plans = list(_plans(len(sheet.panels), room))
    floors = [(limits, READABLE[paper.size]) for limits in LADDER]
    floors += [(limits, ENOUGH[paper.size]) for limits in LADDER[5:]]
    floors += [(LADDER[-1], scale) for scale in LAST_RESORTS]
    # Each rung asks less than the one before it, so the first that fits is found by halving.
    low, high = 0, len(floors) - 1
    while low < high:
        middle = (low + high) // 2
        if any(_fits(sheet, plan, *floors[middle], room, free) for plan in plans):
            high = middle
        else:
            low = middle + 1
    return _largest(sheet, plans, *floors[low], LARGEST[paper.size], room, free)


def _largest(
    sheet: Sheet,
    plans: list[Plan],
    limits: Limits,
    least: float,
    most: float,
    room: float,
    free: float,
) -> Measured:
    """Of the plans the one that fits with the largest lettering; uneven rows count less."""
    best = _at_largest_scale(sheet, plans[0], limits, [least], room, free)
    score = 0.0
    for plan in plans:
        scales = [max(least, score / plan.evenness * STEP)]
        while scales[-1] * STEP <= most:
            scales.append(scales[-1] * STEP)
        if scales[0] > most or not _fits(sheet, plan, limits, scales[0], room, free):
            continue
        best = _at_largest_scale(sheet, plan, limits, scales, room, free)
        score = best.scale * plan.evenness
    return best


def _at_largest_scale(
    sheet: Sheet, plan: Plan, limits: Limits, scales: list[float], room: float, free: float
) -> Measured:
    """The plan at the largest of the scales at which it fits, the first being known to."""
    low, high = 0, len(scales) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(sheet, plan, limits, scales[middle], room, free):
            low = middle
        else:
            high = middle - 1
    return measured(sheet, plan, limits, scales[low], room)


def _fits(sheet: Sheet, plan: Plan, limits: Limits, scale: float, room: float, free: float) -> bool:
    # A look at the width costs nothing; setting all text does.
    if column_width(max(plan.rows), scale, room) < NARROWEST * scale:
        return False
    found = measured(sheet, plan, limits, scale, room)
    return found.names_fit and found.need <= free


# ── above and below ─────────────────────────────────────────────────────────────────────────


def _title(sheet: Sheet, paper: Paper) -> Block:
    grade = paper.grade
    room = paper.width - 2 * paper.margin
    total = sheet.total
    aside: list[Mark] = []
    taken = 0.0
    if total is not None:
        big = Text(room, 30 * grade, total.big, Style.TITLE, 30 * grade, ACCENT, anchor="end")
        small = Text(room, 41 * grade, total.small, Style.BODY, 8.4 * grade, SOFT, anchor="end")
        aside = [big, small]
        taken = max(big.width, small.width) + 24 * grade
    setting = Setting(room - taken, grade, sheet.language, LADDER[0])
    kicker = setting.lines(sheet.kicker, 9, Style.STRONG, fill=ACCENT, most=1)
    for size in (34, 29, 25, 21, 18):
        lines = wrapped(
            sheet.title, Style.TITLE, size * grade, setting.room, sheet.language, balanced=True
        )
        if len(lines) <= (1 if size > 25 else 2):
            break
    title = setting.lines(
        sheet.title, size, Style.TITLE, fill=INK, leading=1.18, most=2, balanced=True
    )
    whole = kicker.over(title, 2 * grade)
    return Block(max(whole.height, 46 * grade if aside else 0), (*whole.marks, *aside))


def _imprint(sheet: Sheet, paper: Paper, *, bare: bool = False) -> Block:
    grade = paper.grade
    room = paper.width - 2 * paper.margin
    size = 6.9
    rule = Box(0, 0, room, 0.6 * grade, fill=LINE)
    top = 6 * grade
    legend = _legend(sheet, grade, size, bare=bare)
    wide = legend.marks[-1]
    assert isinstance(wide, Text)
    taken = wide.x + wide.width
    beside = taken < room * 0.5
    note = " · ".join(part for part in (sheet.imprint, sheet.figures_note) if part)
    setting = Setting(
        room - taken - 18 * grade if beside else room, grade, sheet.language, LADDER[0]
    )
    told = setting.lines(note, size, fill=SOFT, most=3, balanced=True)
    if beside:
        height = max(told.height, legend.height)
        marks = told.at(0, top) + legend.at(room - taken, top)
    else:
        height = told.height + legend.height + 1 * grade
        marks = told.at(0, top) + legend.at(0, top + told.height + 1 * grade)
    return Block(top + height, (rule, *marks))


def _legend(sheet: Sheet, grade: float, size: float, *, bare: bool) -> Block:
    size *= grade
    middle, base = size * 0.67, size * 1.03
    ring = Ring(2.6 * grade, middle, 2.3 * grade, stroke=ACCENT, weight=0.9 * grade)
    goal = Text(8 * grade, base, sheet.titles.legend_goal, Style.BODY, size, SOFT)
    told = sheet.titles.legend_bare_task if bare else sheet.titles.legend_task
    begin = goal.x + goal.width + 12 * grade
    square = Box(
        begin, middle - 2.2 * grade, 4.4 * grade, 4.4 * grade, 1 * grade, stroke=SOFT,
        weight=0.8 * grade,
    )  # fmt: skip
    task = Text(begin + 8 * grade, base, told, Style.BODY, size, SOFT)
    return Block(size * 1.34, (ring, goal, square, task))
