"""Automations in words: what they did, for whom, and because of what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from cadans.ground.text import in_language

Data = Mapping[str, Any]


def done(data: Data, because: Data, stage: str, people: list[str]) -> str:
    """“Look along” told Marit Visser: the lead entered “Demo”."""
    facts = {"name": data.get("name", "–"), "who": ", ".join(people)}
    if data.get("do") == "task":
        task = data.get("task_name") or {}
        facts["task"] = in_language(task) if isinstance(task, Mapping) else str(task)
        if data.get("tasks"):
            told = _("The automation “%(name)s” made the task “%(task)s”") % facts
        else:
            told = _("The automation “%(name)s” found nobody for the task “%(task)s”") % facts
    elif people:
        told = _("The automation “%(name)s” told %(who)s") % facts
    else:
        told = _("The automation “%(name)s” found nobody to tell") % facts
    return f"{told}: {moment(because, stage)}."


def waits(data: Data, because: Data, stage: str, due: str) -> str:
    """“Look along” is to be done on …: the lead entered “Demo”."""
    told = _("The automation “%(name)s” follows %(due)s") % {
        "name": data.get("name", "–"),
        "due": due,
    }
    return f"{told}: {moment(because, stage)}."


def dropped(data: Data) -> str:
    """Why it is no longer to be done."""
    facts = {"name": data.get("name", "–")}
    if data.get("why") == "reopened":
        return _("The automation “%(name)s” was dropped: the lead was reopened.") % facts
    return _("The automation “%(name)s” was dropped: the lead had left the stage.") % facts


def reached(goal: str) -> str:
    """A goal was met, for which an automation waited."""
    if not goal:
        return _("The goals of the stage were met.")
    return _("The goal “%(goal)s” was met.") % {"goal": goal}


def moment(because: Data, stage: str) -> str:
    """Because of what, in half a sentence."""
    told = {
        "entered": _("the lead entered “%(stage)s”"),
        "left": _("the lead left “%(stage)s”"),
        "goal": _("what “%(stage)s” waits for was met"),
        "idle": _("the lead lay idle in “%(stage)s”"),
        "won": _("the lead was won from “%(stage)s”"),
        "lost": _("the lead was lost from “%(stage)s”"),
        "signal": _("a signal arrived in “%(stage)s”"),
    }
    return told.get(str(because.get("on")), _("the lead moved in “%(stage)s”")) % {"stage": stage}
