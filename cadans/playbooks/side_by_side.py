"""Two states of a design beside each other: stage by stage, line by line, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadans.playbooks.audience_words import step_name, step_sentence
from cadans.playbooks.automation_words import automation_deed, automation_moment
from cadans.playbooks.words import (
    BETWEEN,
    Lexicon,
    goal_name,
    goal_sentence,
    rule_condition,
    rule_target,
    task_sentence,
)
from cadans.process.design import Design, StageDesign

State = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True)
class Line:
    """A goal, task, rule or setting: what it says before and after; empty where it is not."""

    before: str
    after: str

    @property
    def state(self) -> State:
        """What became of it."""
        if self.before == self.after:
            return "same"
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


@dataclass(frozen=True)
class Part:
    """The lines of one sort in a stage: its goals, its tasks."""

    title: str
    lines: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        """Whether any of its lines changed."""
        return any(line.state != "same" for line in self.lines)


@dataclass(frozen=True)
class StagePair:
    """A stage before and after. `place` and `place_before` count from 1; None where it is not."""

    key: str
    name: Line
    place_before: int | None
    place: int | None
    parts: tuple[Part, ...]

    @property
    def state(self) -> State:
        """Whether the stage was added, removed, changed in anything, or is as it was."""
        if self.place_before is None:
            return "added"
        if self.place is None:
            return "removed"
        changed = self.name.state != "same" or any(part.differs for part in self.parts)
        return "changed" if changed else "same"


def side_by_side(before: Design, after: Design, words: Lexicon) -> list[StagePair]:
    """Every stage of either design: in the order of `after`, what was removed where it stood."""
    old = {stage.key: stage for stage in before.stages}
    new = {stage.key: stage for stage in after.stages}
    return [
        StagePair(
            key=key,
            name=Line(_name(old.get(key)), _name(new.get(key))),
            place_before=before.position(key) + 1 if key in old else None,
            place=after.position(key) + 1 if key in new else None,
            parts=tuple(_parts(old.get(key), new.get(key), words)),
        )
        for key in _woven(list(old), list(new))
    ]


def _woven(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """All keys in the new order, a removed one behind the one that it stood behind."""
    keys = list(new)
    for place, key in enumerate(old):
        if key not in new:
            behind = old[place - 1] if place else None
            keys.insert(keys.index(behind) + 1 if behind else 0, key)
    return keys


def _name(stage: StageDesign | None) -> str:
    return (stage.label() or stage.key) if stage else ""


def _parts(before: StageDesign | None, after: StageDesign | None, words: Lexicon) -> Iterable[Part]:
    told_before, told_after = _told(before, words), _told(after, words)
    for title, lines in told_after.items():
        was = told_before[title]
        paired = tuple(
            Line(was.get(key, ""), lines.get(key, "")) for key in _woven(list(was), list(lines))
        )
        shown = tuple(line for line in paired if line.before or line.after)
        if shown:
            yield Part(title, shown)


def _told(stage: StageDesign | None, words: Lexicon) -> dict[str, dict[str, str]]:
    """What a stage says, by the title of the part and the key of the line."""
    return {
        _("Goals"): _goals(stage, words) if stage else {},
        _("Guidance in Dutch"): _guidance(stage, "nl"),
        _("Guidance in English"): _guidance(stage, "en"),
        _("Tasks"): _tasks(stage, words) if stage else {},
        _("Assignment"): _rules(stage, words) if stage else {},
        _("Automations"): _automations(stage, words) if stage else {},
        _("Mailing lists"): _audiences(stage, words) if stage else {},
        _("Settings"): _settings(stage) if stage else {},
    }


def _goals(stage: StageDesign, words: Lexicon) -> dict[str, str]:
    needed = {}
    if len(stage.goals) > 1:
        needed["*needed"] = (
            _("One of these is enough") if stage.goals_needed == "any" else _("All of these")
        )
    return needed | {
        goal.key: _joined(goal_name(goal), goal_sentence(goal, stage, words))
        for goal in stage.goals
    }


def _guidance(stage: StageDesign | None, language: Literal["nl", "en"]) -> dict[str, str]:
    written = stage.guidance.get(language) if stage else None
    return {"short": written.short.strip(), "long": written.long.strip()} if written else {}


def _tasks(stage: StageDesign, words: Lexicon) -> dict[str, str]:
    return {
        task.key: _joined(task.label() or task.key, task_sentence(task, words, stage))
        for task in stage.tasks
    }


def _rules(stage: StageDesign, words: Lexicon) -> dict[str, str]:
    return {
        rule.key: _joined(rule.name, f"{rule_condition(rule, words)} → {rule_target(rule, words)}")
        for rule in stage.rules
    }


def _automations(stage: StageDesign, words: Lexicon) -> dict[str, str]:
    return {
        one.key: _joined(
            one.name, f"{automation_moment(one, stage, words)} → {automation_deed(one, words)}"
        )
        for one in stage.automations
    }


def _audiences(stage: StageDesign, words: Lexicon) -> dict[str, str]:
    return {
        step.key: _joined(step_name(step, words.audiences), step_sentence(step))
        for step in stage.audiences
    }


def _settings(stage: StageDesign) -> dict[str, str]:
    ends = {"won": _("A lead that comes here is won"), "lost": _("A lead that comes here is lost")}
    if stage.ends_in:
        return {"ends": ends[stage.ends_in]}
    told = {
        "enforcement": {
            "advise": _("Advise: show what is missing, and let it go"),
            "reason": _("Ask for a reason, and keep it with the lead"),
            "block": _("Block: only a manager may let it go, with a reason"),
        }[stage.enforcement]
    }
    if stage.idle_days:
        told["idle"] = ngettext(
            "Idle after %(days)s day", "Idle after %(days)s days", stage.idle_days
        ) % {"days": stage.idle_days}
    if stage.is_ask:
        told["ask"] = _("In this stage the decision is asked for")
    return told


def _joined(name: str, told: str) -> str:
    return name if told == name else f"{name}{BETWEEN}{told}"
