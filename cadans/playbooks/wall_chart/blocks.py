"""The pieces a chart is built of: a stage's head, its guidance, its lists, its figures. Each is set
in a column of a given width at a given scale, and knows how high it became."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cadans.playbooks.wall_chart.content import Ending, Item, Outcome, Sheet, StagePanel
from cadans.playbooks.wall_chart.drawing import (
    ACCENT,
    INK,
    LINE,
    PAPER,
    SOFT,
    WASH,
    Block,
    Box,
    Mark,
    Ring,
    Shape,
    Text,
)
from cadans.playbooks.wall_chart.lettering import Style, plain, wrapped

ASCENT, DESCENT = 0.969, 0.242
"""Of Inter, at size 1."""

BODY, SMALL, LABEL, NAME, NUMBER, BIG = 9.0, 7.6, 7.4, 12.5, 21.0, 22.0
"""Sizes in points at scale 1."""

SMALLEST_NAME = BODY
"""A heading is never smaller than what stands below it."""

LONGEST_NAME, LONGEST_WORD = 60, 30
"""Letters of a stage's name that is always shown whole."""


@dataclass(frozen=True)
class Limits:
    """How much of each list is shown; what is left out is counted below it."""

    guidance: int = 40
    goals: int = 30
    tasks: int = 30
    rules: int = 50
    goal_details: bool = True
    task_details: bool = True


LADDER = (
    Limits(),
    Limits(guidance=9, goals=8, tasks=8, rules=6),
    Limits(guidance=7, goals=6, tasks=6, rules=4),
    Limits(guidance=7, goals=6, tasks=6, rules=4, goal_details=False),
    Limits(guidance=5, goals=5, tasks=5, rules=3, goal_details=False),
    Limits(guidance=4, goals=4, tasks=4, rules=3, goal_details=False),
    Limits(guidance=3, goals=4, tasks=3, rules=2, goal_details=False),
    Limits(guidance=3, goals=3, tasks=3, rules=2, goal_details=False, task_details=False),
    Limits(guidance=2, goals=2, tasks=1, rules=1, goal_details=False, task_details=False),
    Limits(guidance=0, goals=1, tasks=0, rules=0, goal_details=False, task_details=False),
)
"""What is given up first when not everything fits at a readable size."""


@dataclass(frozen=True)
class Setting:
    """How text is set in a column: its width, the scale, the language, how much is shown."""

    room: float
    scale: float
    language: str
    limits: Limits

    def lines(
        self,
        text: str,
        size: float,
        style: Style = Style.BODY,
        *,
        fill: str = INK,
        leading: float = 1.34,
        indent: float = 0.0,
        most: int = 99,
        balanced: bool = False,
    ) -> Block:
        """A paragraph."""
        size *= self.scale
        room = self.room - indent
        lines = wrapped(text, style, size, room, self.language, most=most, balanced=balanced)
        pitch = size * leading
        rise = (pitch - (ASCENT + DESCENT) * size) / 2 + ASCENT * size
        return Block(
            pitch * len(lines),
            tuple(
                Text(indent, place * pitch + rise, line, style, size, fill)
                for place, line in enumerate(lines)
            ),
        )

    def inside(self, padding: float) -> Setting:
        """The same within a padding at both sides (scaled)."""
        return Setting(self.room - 2 * padding * self.scale, self.scale, self.language, self.limits)


def stacked(blocks: Iterable[Block], gap: float) -> Block:
    """Blocks below each other; empty ones leave no gap."""
    whole = Block()
    for block in blocks:
        whole = whole.over(block, gap)
    return whole


def name_size(panels: Sequence[StagePanel], setting: Setting, tip: float) -> float | None:
    """The size at which every stage's name stands in its arrow whole, on two lines (or three, when
    it must be) and without a hyphen; None when there is none."""
    sizes = (NAME, NAME * 0.9, NAME * 0.8, SMALLEST_NAME)
    counted = [panel for panel in panels if _is_a_name(panel.name)]
    for most, hyphens in ((2, False), (3, False), (3, True)):
        for size in sizes:
            if all(_name_fits(panel, setting, tip, size, most, hyphens) for panel in counted):
                return size
    return None


def _is_a_name(name: str) -> bool:
    """Whether a stage's name is one that a person would give; another one is cut off rather than
    let it decide how large the whole chart is."""
    return len(name) <= LONGEST_NAME and max(map(len, name.split()), default=0) <= LONGEST_WORD


def _name_fits(
    panel: StagePanel, setting: Setting, tip: float, size: float, most: int, hyphens: bool
) -> bool:
    inner, _left = _beside_number(panel, setting, tip, size)
    if inner.room < 20 * setting.scale:
        return False
    marks = inner.lines(panel.name, size, Style.STRONG, balanced=True).marks
    lines = [mark.text for mark in marks if isinstance(mark, Text)]
    return len(lines) <= most and (hyphens or " ".join(lines) == plain(panel.name))


def _beside_number(
    panel: StagePanel, setting: Setting, tip: float, size: float
) -> tuple[Setting, float]:
    """The room for a name in its arrow, and where it begins."""
    s = setting.scale
    figure = NUMBER * s * size / NAME
    left = tip + 6 * s + figure * (0.62 * len(str(panel.number)) + 0.26)
    return Setting(setting.room - left - s, s, setting.language, setting.limits), left


def head(panel: StagePanel, setting: Setting, tip: float, size: float) -> Block:
    """A stage's number and name, as they stand in its arrow."""
    s = setting.scale
    number = str(panel.number)
    inner, indent = _beside_number(panel, setting, tip, size)
    figure = NUMBER * s * size / NAME
    name = inner.lines(
        panel.name, size, Style.STRONG, fill=PAPER, leading=1.14, most=3, balanced=True
    )
    height = max(name.height + 14 * s, 34 * s)
    rise = height / 2 + figure * 0.36
    numeral = Text(tip + 6 * s, rise, number, Style.TITLE, figure, "#cfe6e8")
    return Block(height, (numeral, *name.at(indent, (height - name.height) / 2)))


def arrow(
    width: float, height: float, tip: float, fill: str, *, first: bool = False, last: bool = False
) -> Shape:
    """The arrow behind a head: it points into the next one's notch."""
    points = [(0.0, 0.0), (width, 0.0)]
    if not last:
        points.append((width + tip, height / 2))
    points += [(width, height), (0.0, height)]
    if not first:
        points.append((tip, height / 2))
    return Shape(tuple(points), fill=fill)


def guidance(text: str, setting: Setting) -> Block:
    """The manager's words, as they stand on their ground."""
    if not text or not setting.limits.guidance:
        return Block()
    s = setting.scale
    told = setting.inside(8).lines(text, BODY, leading=1.42, most=setting.limits.guidance)
    return Block(told.height + 13 * s, told.at(9 * s, 6.5 * s))


def ground(width: float, height: float, scale: float) -> tuple[Mark, ...]:
    """What guidance stands on."""
    return (
        Box(0, 0, width, height, 2.5 * scale, fill=WASH),
        Box(0, 0, 2 * scale, height, 1 * scale, fill=ACCENT),
    )


def label(text: str, setting: Setting) -> Block:
    """The heading of a list."""
    return setting.lines(text, LABEL, Style.STRONG, fill=ACCENT, most=2)


def goals(panel: StagePanel, sheet: Sheet, setting: Setting) -> Block:
    """What has to be seen before a lead goes on."""
    if not panel.goals:
        return Block()
    s = setting.scale
    ring = Ring(3.6 * s, BODY * s * 0.66, 2.9 * s, stroke=ACCENT, weight=1.1 * s)
    return _list(
        panel.goals_title,
        panel.goals,
        setting.limits.goals,
        ring,
        sheet,
        setting,
        Style.STRONG,
        details=setting.limits.goal_details,
    )


def tasks(panel: StagePanel, sheet: Sheet, setting: Setting) -> Block:
    """What is laid on every lead."""
    if not panel.tasks:
        return Block()
    s = setting.scale
    square = Box(
        0.9 * s, BODY * s * 0.66 - 2.7 * s, 5.4 * s, 5.4 * s, 1.2 * s, stroke=SOFT, weight=0.9 * s
    )
    return _list(
        sheet.titles.tasks,
        panel.tasks,
        setting.limits.tasks,
        square,
        sheet,
        setting,
        Style.BODY,
        details=setting.limits.task_details,
    )


def rules(panel: StagePanel, sheet: Sheet, setting: Setting) -> Block:
    """Who gets the lead, in the order in which the rules are tried; never without the condition."""
    if not panel.rules:
        return Block()
    s = setting.scale
    top = BODY * s * 0.66
    point = Shape(((1.4 * s, top - 3 * s), (6 * s, top), (1.4 * s, top + 3 * s)), fill=SOFT)
    return _list(
        sheet.titles.rules,
        panel.rules,
        setting.limits.rules,
        point,
        sheet,
        setting,
        Style.STRONG,
    )


def _list(
    title: str,
    items: Sequence[Item],
    most: int,
    bullet: Mark,
    sheet: Sheet,
    setting: Setting,
    style: Style,
    *,
    details: bool = True,
) -> Block:
    s = setting.scale
    indent = 11.5 * s
    shown = items if len(items) <= most else items[:most]
    blocks = []
    for item in shown:
        name = setting.lines(item.name, BODY, style, leading=1.28, indent=indent, most=6)
        if item.detail and details:
            detail = setting.lines(
                item.detail, SMALL, fill=SOFT, leading=1.28, indent=indent, most=6
            )
            name = name.over(detail, 0.6 * s)
        blocks.append(Block(name.height, (bullet, *name.marks)))
    if len(shown) < len(items):
        told = sheet.and_more(len(items) - len(shown))
        blocks.append(setting.lines(told, SMALL, Style.STRONG, fill=SOFT, indent=indent))
    return label(title, setting).over(stacked(blocks, 3.6 * s), 2.4 * s)


def ask(panel: StagePanel, setting: Setting) -> Block:
    """The mark of the stage in which the decision is asked for; it hangs on the arrow."""
    return _pill(panel.ask, setting, PAPER, ACCENT) if panel.ask else Block()


def _pill(text: str, setting: Setting, fill: str, ink: str) -> Block:
    s = setting.scale
    told = setting.inside(8).lines(text, SMALL, Style.STRONG, fill=ink, leading=1.25, most=3)
    width = max(mark.width for mark in told.marks if isinstance(mark, Text)) + 14 * s
    height = told.height + 5.4 * s
    ground = Box(0, 0, min(width, setting.room), height, min(height / 2, 8 * s), fill, ink, s)
    return Block(height, (ground, *told.at(7 * s, 2.7 * s)))


def facts(panel: StagePanel, setting: Setting) -> Block:
    """The small print below a stage."""
    s = setting.scale
    told = stacked(
        (
            setting.lines(fact, SMALL, fill=SOFT, leading=1.28, most=3, balanced=True)
            for fact in panel.facts
        ),
        1.6 * s,
    )
    rule = Box(0, 0, setting.room, 0.5 * s, fill=LINE)
    return Block(told.height + 5 * s, (rule, *told.at(0, 5 * s)))


def outcome(found: Outcome | None, setting: Setting) -> Block:
    """How many of a stage's leads go on, as a bar and as a number."""
    if found is None:
        return Block()
    s = setting.scale
    big = Text(0, BIG * s * 0.86, found.big, Style.TITLE, BIG * s, ACCENT)
    left = big.width + 5 * s
    beside = Setting(setting.room - left, s, setting.language, setting.limits)
    if beside.room > setting.room * 0.42:
        told = beside.lines(found.small, SMALL, fill=SOFT, leading=1.24, most=3, balanced=True)
        first = Block(max(BIG * s, told.height), (big, *told.at(left, 1.6 * s)))
    else:
        told = setting.lines(found.small, SMALL, fill=SOFT, leading=1.24, most=3, balanced=True)
        first = Block(BIG * s, (big,)).over(told, 1 * s)
    thick = 3.6 * s
    bar: list[Mark] = [Box(0, 0, setting.room, thick, thick / 2, fill="#dfe7e8")]
    if found.share:
        bar.append(Box(0, 0, max(setting.room * found.share, thick), thick, thick / 2, fill=ACCENT))
    return Block(thick, tuple(bar)).over(first, 5 * s)


def staying(found: Outcome | None, sheet: Sheet, setting: Setting) -> Block:
    """How long leads stay in a stage, and how many stay behind."""
    if found is None:
        return Block()
    told = setting.lines(found.rest, SMALL, most=3, leading=1.28)
    if not found.is_worst:
        return told
    return told.over(_pill(sheet.titles.worst, setting, INK, PAPER), 4 * setting.scale)


def ending(end: Ending, setting: Setting) -> Block:
    """What is said below the head of won or lost."""
    most = max(setting.limits.guidance, 2)
    return setting.lines(end.text, BODY, leading=1.42, most=most)


def ending_head(end: Ending, setting: Setting, size: float) -> Block:
    """The name of won or lost, no larger than those of the stages."""
    s = setting.scale
    inner = setting.inside(8)
    fill = PAPER if end.kind == "won" else INK
    for smaller in (size, size * 0.9, size * 0.8):
        name = inner.lines(
            end.name, smaller, Style.STRONG, fill=fill, leading=1.14, most=2, balanced=True
        )
        if " ".join(mark.text for mark in name.marks if isinstance(mark, Text)) == plain(end.name):
            break
    height = max(name.height + 14 * s, (34 if end.kind == "won" else 26) * s)
    return Block(height, name.at(8 * s, (height - name.height) / 2))
