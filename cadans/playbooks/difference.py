"""What one design says that another does not, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from cadans.ground.text import in_language
from cadans.process.design import Design, StageDesign


def differences(before: Design | None, after: Design) -> list[str]:
    """What changed from one design to the other; a first design has all of its stages added."""
    old = {stage.key: stage for stage in before.stages} if before else {}
    new = {stage.key: stage for stage in after.stages}
    told = []
    for key, stage in new.items():
        if key not in old:
            told.append(_("Stage “%(stage)s” added") % {"stage": stage.label()})
        else:
            told += _of_stage(old[key], stage)
    for key, stage in old.items():
        if key not in new:
            told.append(_("Stage “%(stage)s” removed") % {"stage": stage.label()})
    if [key for key in old if key in new] != [key for key in new if key in old]:
        told.append(_("Stages put in another order"))
    return told


def _of_stage(before: StageDesign, after: StageDesign) -> Iterator[str]:
    name = after.label()
    if before.name != after.name:
        words = {"old": before.label(), "new": name}
        if before.label() != name:
            yield _("“%(old)s” is now called “%(new)s”") % words
        else:
            yield _("“%(new)s” has another name in the other language") % words
    yield from _of_row(name, before.goals, after.goals, _goal_sentence)
    yield from _of_row(name, before.tasks, after.tasks, _task_sentence)
    yield from _of_row(name, before.rules, after.rules, _rule_sentence)
    yield from _of_row(name, before.automations, after.automations, _automation_sentence)
    if before.audiences != after.audiences:
        yield _("“%(stage)s”: other people are put on mailing lists or taken off") % {"stage": name}
    if before.fallback != after.fallback:
        yield _("“%(stage)s”: somebody else gets what nobody can take") % {"stage": name}
    if before.guidance != after.guidance:
        yield _("“%(stage)s”: guidance changed") % {"stage": name}
    if before.goals_needed != after.goals_needed:
        yield (
            _("“%(stage)s”: one goal is enough now")
            if after.goals_needed == "any"
            else _("“%(stage)s”: all goals are needed now")
        ) % {"stage": name}
    if before.idle_days != after.idle_days:
        yield (
            _("“%(stage)s”: idle after %(days)s days")
            if after.idle_days
            else _("“%(stage)s”: no idle limit any more")
        ) % {"stage": name, "days": after.idle_days}
    own = ("is_ask", "enforcement", "ends_in")
    if [getattr(before, one) for one in own] != [getattr(after, one) for one in own]:
        yield _("“%(stage)s”: settings changed") % {"stage": name}


def _goal_sentence(how: str) -> str:
    return {
        "added": _("“%(stage)s”: goal “%(name)s” added"),
        "removed": _("“%(stage)s”: goal “%(name)s” removed"),
        "changed": _("“%(stage)s”: goal “%(name)s” changed"),
        "order": _("“%(stage)s”: goals in another order"),
    }[how]


def _task_sentence(how: str) -> str:
    return {
        "added": _("“%(stage)s”: task “%(name)s” added"),
        "removed": _("“%(stage)s”: task “%(name)s” removed"),
        "changed": _("“%(stage)s”: task “%(name)s” changed"),
        "order": _("“%(stage)s”: tasks in another order"),
    }[how]


def _rule_sentence(how: str) -> str:
    return {
        "added": _("“%(stage)s”: rule “%(name)s” added"),
        "removed": _("“%(stage)s”: rule “%(name)s” removed"),
        "changed": _("“%(stage)s”: rule “%(name)s” changed"),
        "order": _("“%(stage)s”: rules in another order"),
    }[how]


def _automation_sentence(how: str) -> str:
    return {
        "added": _("“%(stage)s”: automation “%(name)s” added"),
        "removed": _("“%(stage)s”: automation “%(name)s” removed"),
        "changed": _("“%(stage)s”: automation “%(name)s” changed"),
        "order": _("“%(stage)s”: automations in another order"),
    }[how]


def _of_row(
    stage: str, before: Sequence[Any], after: Sequence[Any], sentence: Any
) -> Iterator[str]:
    old = {one.key: one for one in before}
    new = {one.key: one for one in after}
    for key, one in new.items():
        if old.get(key) != one:
            how = "changed" if key in old else "added"
            yield sentence(how) % {"stage": stage, "name": _label(one)}
    for key, one in old.items():
        if key not in new:
            yield sentence("removed") % {"stage": stage, "name": _label(one)}
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield sentence("order") % {"stage": stage}


def _label(one: Any) -> str:
    name = one.name
    return name if isinstance(name, str) else in_language(dict(name)) or one.key
