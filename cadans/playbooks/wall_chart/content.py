"""What a wall chart says, in words: the sheet, its panels and their items, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from markdown_it import MarkdownIt

from cadans.playbooks.wall_chart.lettering import DOT
from cadans.playbooks.words import (
    BETWEEN,
    Lexicon,
    due_words,
    goal_name,
    goal_sentence,
    rule_condition,
    rule_target,
)
from cadans.process.design import Design, Guidance, StageDesign, StageTask

DAY = "j F Y"
"""How a date is written, in either language."""

APART = f"{DOT} "
"""Between two remarks: never at the beginning of a line."""

LEADS_ENOUGH, STUCK_ENOUGH = 20, 5
"""How many leads must have entered a stage, and be stuck in it, before a chart points at it as the
one where most get stuck."""


@dataclass(frozen=True)
class StageFigures:
    """How a stage did over the period: of `entered` leads, `reached` went on and `lost` were lost
    there; `stuck` lie there now past the idle limit; `median_days` is how long it took those that
    went on."""

    entered: int
    reached: int
    lost: int
    stuck: int
    median_days: float | None


@dataclass(frozen=True)
class Figures:
    """The funnel's figures for a chart; `until` is the last day that counts."""

    since: date
    until: date
    stages: Mapping[str, StageFigures]
    entered: int
    won: int


@dataclass(frozen=True)
class Imprint:
    """Where a chart comes from: whose process it is, which state of it, and when it was made.

    `version` is None for a draft.
    """

    pipeline: str
    house: str
    made_on: date
    version: int | None = None
    published_on: date | None = None
    is_live: bool = True


@dataclass(frozen=True)
class Item:
    """A goal, task or rule: its name, and in small print what it asks."""

    name: str
    detail: str = ""


@dataclass(frozen=True)
class Outcome:
    """A stage's figures in words: a share, what it is a share of, and the rest.

    `share` is from 0 to 1, None when no lead entered.
    """

    share: float | None
    big: str
    small: str
    rest: str
    is_worst: bool = False


@dataclass(frozen=True)
class StagePanel:
    """A stage on the chart."""

    key: str
    number: int
    name: str
    guidance: str
    goals_title: str
    goals: tuple[Item, ...]
    tasks: tuple[Item, ...]
    rules: tuple[Item, ...]
    facts: tuple[str, ...]
    ask: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Ending:
    """What it means that a lead is won or lost."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True)
class Titles:
    """The chart's fixed words."""

    tasks: str
    rules: str
    worst: str
    legend_goal: str
    legend_task: str
    legend_bare_task: str
    page: str


@dataclass(frozen=True)
class Sheet:
    """Everything a chart says."""

    language: str
    kicker: str
    title: str
    about: str
    panels: tuple[StagePanel, ...]
    endings: tuple[Ending, ...]
    titles: Titles
    imprint: str
    total: Outcome | None = None
    figures_note: str = ""

    def and_more(self, number: int) -> str:
        """What stands below a list of which some items are left out: `+ 3 more`."""
        with override(self.language):
            return ngettext("+ %(n)d more", "+ %(n)d more", number) % {"n": number}


def sheet(
    design: Design,
    imprint: Imprint,
    words: Lexicon,
    *,
    language: str,
    figures: Figures | None = None,
) -> Sheet:
    """A design in words. `words` holds what users, teams and fields are called."""
    with override(language):
        worst = _worst(design, figures)
        panels = tuple(
            _panel(design, stage, number, words, figures, is_worst=stage.key == worst)
            for number, stage in enumerate(design.open_stages(), start=1)
        )
        return Sheet(
            language=language,
            kicker=_kicker(imprint),
            title=imprint.pipeline,
            about=_about(imprint, panels),
            panels=panels,
            endings=_endings(design),
            titles=Titles(
                tasks=_("What we do"),
                rules=_("Who gets the lead"),
                worst=_("Most leads get stuck here"),
                legend_goal=_("goal: can be seen to have happened"),
                legend_bare_task=_("task"),
                legend_task=_("task: the owner’s, unless somebody is named"),
                page=_("How we sell"),
            ),
            imprint=_imprint(imprint, language),
            total=_total(figures),
            figures_note=_figures_note(figures),
        )


def _kicker(imprint: Imprint) -> str:
    page = _("How we sell")
    return f"{imprint.house} · {page}" if imprint.house else page


def _about(imprint: Imprint, panels: tuple[StagePanel, ...]) -> str:
    names = ", ".join(panel.name for panel in panels)
    return _("The sales process “%(pipeline)s” on one page: %(stages)s.") % {
        "pipeline": imprint.pipeline,
        "stages": names,
    }


def _imprint(imprint: Imprint, language: str) -> str:
    if imprint.version is None:
        state = _("Draft, not published")
    elif imprint.published_on:
        told = (
            _("Version %(number)d, live since %(date)s")
            if imprint.is_live
            else _("Version %(number)d, published on %(date)s, no longer live")
        )
        state = told % {
            "number": imprint.version,
            "date": _day(imprint.published_on),
        }
    else:
        state = _("Version %(number)d") % {"number": imprint.version}
    made = _("made on %(date)s") % {"date": _day(imprint.made_on)}
    tongue = {"nl": "Nederlands", "en": "English"}.get(language, language)
    return APART.join([state, made, tongue])


def _panel(
    design: Design,
    stage: StageDesign,
    number: int,
    words: Lexicon,
    figures: Figures | None,
    *,
    is_worst: bool,
) -> StagePanel:
    any_is_enough = stage.goals_needed == "any" and len(stage.goals) > 1
    outcome = None
    if figures is not None:
        outcome = _outcome(design, stage, figures, is_worst=is_worst)
    return StagePanel(
        key=stage.key,
        number=number,
        name=stage.label() or stage.key,
        guidance=guidance_in_brief(stage.guidance_in()),
        goals_title=_("Done when one of these is met") if any_is_enough else _("Done when"),
        goals=tuple(_goal_item(stage, words)),
        tasks=tuple(_task_item(task, stage, words) for task in stage.tasks),
        rules=tuple(
            Item(rule_target(rule, words).replace(BETWEEN, APART), rule_condition(rule, words))
            for rule in stage.rules
        ),
        facts=tuple(_facts(stage)),
        ask=_("Here we ask for the decision") if stage.is_ask else "",
        outcome=outcome,
    )


def _goal_item(stage: StageDesign, words: Lexicon) -> list[Item]:
    items = []
    for goal in stage.goals:
        name, told = goal_name(goal), goal_sentence(goal, stage, words)
        same = told.casefold() == name.casefold()
        items.append(Item(name, "" if same else told.replace(BETWEEN, APART)))
    return items


def _task_item(task: StageTask, stage: StageDesign, words: Lexicon) -> Item:
    match task.to:
        case "manager":
            who = _("owner’s manager")
        case "user":
            who = words.users.get(task.user, "?") if task.user else "?"
        case "team":
            team = words.teams.get(task.team, "?") if task.team else "?"
            who = _("somebody of %(team)s") % {"team": team}
        case _:
            who = ""
    parts = [due_words(task.due, stage)]
    if who:
        parts.append(who)
    if task.required:
        parts.append(_("required"))
    return Item(task.label() or task.key, APART.join(parts))


def _facts(stage: StageDesign) -> list[str]:
    facts = []
    if stage.goals:
        facts.append(
            {
                "advise": _("Goals unmet? You may still move on."),
                "reason": _("Goals unmet? Moving on takes a reason."),
                "block": _("Goals unmet? Only a manager lets the lead go on."),
            }[stage.enforcement]
        )
    else:
        facts.append(_("No goals: leads go on by hand."))
    if stage.idle_days:
        facts.append(
            ngettext(
                "Idle after %(n)d day without activity.",
                "Idle after %(n)d days without activity.",
                stage.idle_days,
            )
            % {"n": stage.idle_days}
        )
    return facts


def _endings(design: Design) -> tuple[Ending, ...]:
    """Won first, then lost, also where the design has no stage for it."""
    told = {
        "won": (_("Won"), _("The customer said yes. The lead is closed with its value and date.")),
        "lost": (_("Lost"), _("At any stage a lead can be closed as lost, with the reason.")),
    }
    endings = []
    for kind, (name, text) in told.items():
        stages = [stage for stage in design.stages if stage.ends_in == kind]
        for stage in stages:
            own = guidance_in_brief(stage.guidance_in())
            endings.append(Ending(kind, stage.label() or name, own or text))
        if not stages:
            endings.append(Ending(kind, name, text))
    return tuple(endings)


def guidance_in_brief(guidance: Guidance) -> str:
    """The short form as plain text, else the first paragraph of the long form."""
    return _text_of(guidance.short) or _text_of(guidance.long, paragraphs=1)


def _text_of(markdown: str, *, paragraphs: int = 99) -> str:
    """The words of a Markdown text, without its signs."""
    found = []
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type != "inline":
            continue
        words = "".join(
            part.content
            if part.type in {"text", "code_inline"}
            else " "
            if part.type in {"softbreak", "hardbreak"}
            else ""
            for part in token.children or []
        )
        found.append(words.strip())
    return " ".join([words for words in found if words][:paragraphs])


# ── figures ─────────────────────────────────────────────────────────────────────────────────


def _worst(design: Design, figures: Figures | None) -> str:
    """The stage in which the largest share of leads got stuck; none without enough leads."""
    if figures is None:
        return ""
    shares = {
        stage.key: found.stuck / found.entered
        for stage in design.open_stages()
        if (found := figures.stages.get(stage.key))
        and found.entered >= LEADS_ENOUGH
        and found.stuck >= STUCK_ENOUGH
    }
    return max(shares, key=lambda key: shares[key], default="")


def _outcome(design: Design, stage: StageDesign, figures: Figures, *, is_worst: bool) -> Outcome:
    found = figures.stages.get(stage.key)
    if found is None or not found.entered:
        return Outcome(None, "–", _("no leads in this period"), "")
    onward = design.after(stage.key)
    share = found.reached / found.entered
    told = _("go on") if onward and not onward.ends_in else _("are won")
    entered = ngettext("of %(n)s lead", "of %(n)s leads", found.entered) % {
        "n": _number(found.entered)
    }
    parts = []
    if found.median_days is not None:
        days = _days(found.median_days)
        parts.append(_("median %(days)s") % {"days": days})
    if found.stuck:
        parts.append(_("%(n)s stuck") % {"n": _number(found.stuck)})
    if found.lost:
        parts.append(_("%(n)s lost") % {"n": _number(found.lost)})
    # A number stays with what it counts.
    rest = APART.join(part.replace(" ", "\u00a0") for part in parts)
    return Outcome(share, _percent(share), f"{entered} {told}", rest, is_worst)


def _total(figures: Figures | None) -> Outcome | None:
    if figures is None or not figures.entered:
        return None
    share = figures.won / figures.entered
    leads = ngettext("of %(n)s lead was won", "of %(n)s leads were won", figures.entered) % {
        "n": _number(figures.entered)
    }
    return Outcome(share, _percent(share), leads, "")


def _figures_note(figures: Figures | None) -> str:
    if figures is None:
        return ""
    return _(
        "Figures: leads that entered from %(since)s to %(until)s; stuck: past the idle limit"
    ) % {
        "since": _day(figures.since),
        "until": _day(figures.until),
    }


def _day(day: date) -> str:
    return str(date_format(day, DAY)).replace(" ", "\u00a0")


def _percent(share: float) -> str:
    return f"{round(share * 100)}%" if share == 0 or share >= 0.01 else "<\u00a01%"


def _number(number: float) -> str:
    return str(number_format(number, force_grouping=True))


def _days(days: float) -> str:
    if days < 1:
        return _("less than a day")
    rounded = round(days) if days >= 10 else round(days, 1)
    shown = number_format(rounded, 0 if rounded == int(rounded) else 1)
    return ngettext("%(n)s day", "%(n)s days", 1 if rounded == 1 else 2) % {"n": shown}
