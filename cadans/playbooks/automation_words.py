"""Automations in words: when they happen, and what they do, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadans.ground.conditions import Condition
from cadans.ground.text import in_language
from cadans.leads.models import Task
from cadans.playbooks.words import BETWEEN, Lexicon, condition_words, due_words, goal_name
from cadans.process.automations import Automation, Deed, Wait
from cadans.process.automations.notify import Notify
from cadans.process.automations.task import MakeTask
from cadans.process.design import Due, StageDesign


def automation_moment(one: Automation, stage: StageDesign, words: Lexicon) -> str:
    """When it happens: `On entering · after 2 working days · once a lead · Value at least 1000`."""
    parts = [_moment(one, stage)]
    if one.wait:
        parts.append(_waited(one.wait))
    if one.once:
        parts.append(_("once a lead"))
    if one.when != Condition():
        parts.append(condition_words(one.when, words))
    return BETWEEN.join(parts)


def automation_deed(one: Automation, words: Lexicon) -> str:
    """What it does, and for whom."""
    who = _who(one.do, words)
    match one.do:
        case Notify():
            return _("Tell %(who)s") % {"who": who}
        case MakeTask() as task:
            due = Due(after=task.due.after, unit=task.due.unit)
            kind = str(dict(Task.Kind.choices)[task.task])
            told = {"who": who, "task": in_language(dict(task.name))}
            return BETWEEN.join([_("Task for %(who)s: %(task)s") % told, kind, due_words(due)])


def _moment(one: Automation, stage: StageDesign) -> str:
    if one.on == "goal":
        found = next((goal for goal in stage.goals if goal.key == one.goal), None)
        if found is None:
            return _("When the goals are met")
        return _("When the goal “%(goal)s” is met") % {"goal": goal_name(found)}
    if one.on == "signal":
        return _("When the signal “%(signal)s” arrives") % {"signal": one.signal}
    return {
        "entered": _("On entering"),
        "left": _("On leaving"),
        "idle": _("When it lies idle"),
        "won": _("When it is won from here"),
        "lost": _("When it is lost from here"),
    }[one.on]


def _waited(wait: Wait) -> str:
    n = wait.after
    return {
        "hours": ngettext("after %(n)d hour", "after %(n)d hours", n),
        "working_hours": ngettext("after %(n)d working hour", "after %(n)d working hours", n),
        "days": ngettext("after %(n)d day", "after %(n)d days", n),
        "working_days": ngettext("after %(n)d working day", "after %(n)d working days", n),
    }[wait.unit] % {"n": n}


def _who(do: Deed, words: Lexicon) -> str:
    match do.to:
        case "user":
            return words.users.get(do.user, "?") if do.user else "?"
        case "role":
            return _("all administrators") if do.role == "admin" else _("all sales managers")
        case "manager":
            return _("the owner’s manager")
    return _("the lead’s owner")
