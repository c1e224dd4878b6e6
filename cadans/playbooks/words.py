"""Goals, tasks and rules of a design in words, as a manager would say them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from cadans.assignment.rules import AssignmentRule, Band, Hours, Target
from cadans.contacts.models import BuyingRole
from cadans.ground.conditions import Compare, Condition
from cadans.ground.text import in_language
from cadans.leads.activity_kinds import kind_name
from cadans.leads.models import Activity, ActivityKind, Task
from cadans.outreach.models.audiences import Audience
from cadans.playbooks import vocabulary
from cadans.process.design import Due, StageDesign, StageTask
from cadans.process.goals import AnyGoal
from cadans.process.goals.activity import ActivityGoal
from cadans.process.goals.contact import ContactGoal
from cadans.process.goals.email import EmailGoal
from cadans.process.goals.field import FieldGoal
from cadans.process.goals.form import FormGoal
from cadans.process.goals.person import PersonGoal
from cadans.process.goals.signal import SignalGoal
from cadans.process.goals.task import TaskGoal
from cadans.team.models import Team, User

COMPARISONS = {
    "equal": gettext_lazy("is"),
    "not_equal": gettext_lazy("is not"),
    "one_of": gettext_lazy("is one of"),
    "none_of": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "at_least": gettext_lazy("is at least"),
    "at_most": gettext_lazy("is at most"),
    "set": gettext_lazy("is filled in"),
    "not_set": gettext_lazy("is empty"),
}
LIES_IN = {
    "equal": gettext_lazy("lies in"),
    "not_equal": gettext_lazy("does not lie in"),
    "one_of": gettext_lazy("lies in one of"),
    "none_of": gettext_lazy("lies in none of"),
}
"""Comparisons of a territory: a lead in a part of it lies in it too."""
STRATEGIES = {
    "round_robin": gettext_lazy("everybody in turn"),
    "weighted": gettext_lazy("everybody in turn, by weight"),
    "fewest_open": gettext_lazy("whoever has the fewest open leads"),
    "tier": gettext_lazy("by value"),
    "likeliest_to_win": gettext_lazy("whoever is likeliest to win it"),
}
DETAILS = {
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("phone number"),
}
EMAIL_SENTENCES = {
    "answered": gettext_lazy("E-mail answered"),
    "opened": gettext_lazy("E-mail opened"),
    "clicked": gettext_lazy("Link in an e-mail clicked"),
}
BETWEEN = " · "


@dataclass(frozen=True)
class Lexicon:
    """What ids and fields are called."""

    users: Mapping[uuid.UUID, str] = field(default_factory=dict)
    teams: Mapping[uuid.UUID, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    audiences: Mapping[str, str] = field(default_factory=dict)

    def field(self, name: str) -> str:
        """A field's label, or its bare name when it is not known."""
        return self.fields.get(name, name)


def lexicon() -> Lexicon:
    """What users, teams, fields and mailing lists are called at this moment."""
    return Lexicon(
        users=dict(User.objects.values_list("id", "name")),
        teams=dict(Team.objects.values_list("id", "name")),
        fields=vocabulary.labels(),
        audiences=dict(Audience.objects.values_list("key", "name")),
    )


def goal_sentence(goal: AnyGoal, stage: StageDesign, words: Lexicon) -> str:
    """When a goal is met: `Call held · outcome: Reached · at least 2 times`."""
    parts = list(_of_goal(goal, stage, words))
    if getattr(goal, "since", "entered") == "ever":
        parts.append(_("also from before this stage"))
    return BETWEEN.join(parts)


def _of_goal(goal: AnyGoal, stage: StageDesign, words: Lexicon) -> list[str]:
    if isinstance(goal, FieldGoal):
        parts = [_("%(field)s filled in") % {"field": words.field(goal.field)}]
        if goal.one_of:
            parts.append(_(" or ").join(_one_of(goal.one_of)))
        if goal.at_least is not None:
            parts.append(_("at least %(value)s") % {"value": _value(goal.at_least)})
        if goal.at_most is not None:
            parts.append(_("at most %(value)s") % {"value": _value(goal.at_most)})
        return parts
    if isinstance(goal, ActivityGoal):
        kind = kind_name(goal.activity)
        held = _("%(activity)s planned or held") if goal.planned else _("%(activity)s held")
        # "Asked for the decision" says by itself that it happened.
        is_ask = goal.activity == ActivityKind.ASK and not goal.planned
        parts = [kind if is_ask else held % {"activity": kind}]
        if goal.outcome:
            outcome = dict(Activity.Outcome.choices).get(goal.outcome, goal.outcome)
            parts.append(_("outcome: %(outcome)s") % {"outcome": outcome})
        return parts + _times(goal.times)
    if isinstance(goal, TaskGoal):
        task = stage.task(goal.task)
        return [_("Task “%(task)s” done") % {"task": task.label() if task else goal.task}]
    if isinstance(goal, ContactGoal):
        known = _("%(details)s known") % {"details": details_words(goal.details)}
        return [known, _role(goal.role)] if goal.role else [known]
    if isinstance(goal, PersonGoal):
        return [_people(goal)]
    if isinstance(goal, EmailGoal):
        parts = [str(EMAIL_SENTENCES[goal.what])]
        if goal.subject:
            parts.append(_("subject: %(text)s") % {"text": goal.subject})
        if goal.link:
            parts.append(_("link: %(text)s") % {"text": goal.link})
        return parts + _times(goal.times)
    if isinstance(goal, FormGoal):
        named = _("Form “%(form)s” sent in") % {"form": goal.form}
        parts = [named if goal.form else _("A form sent in")]
        if goal.where != Condition():
            parts.append(condition_words(goal.where, Lexicon()))
        return parts + _times(goal.times)
    if isinstance(goal, SignalGoal):
        parts = [_("Signal “%(signal)s” arrived") % {"signal": goal.signal}]
        if goal.where != Condition():
            parts.append(condition_words(goal.where, Lexicon()))
        return parts + _times(goal.times)
    return [_("Ticked by hand on the lead")]


def details_words(details: Sequence[str]) -> str:
    """Contact details in a row: `E-mail address and phone number`."""
    words = [str(DETAILS[detail]) for detail in details]
    told = _(" and ").join(words)
    return told[:1].upper() + told[1:]


def _people(goal: PersonGoal) -> str:
    if goal.role:
        role = _role(goal.role)
        if goal.times == 1:
            return _("%(role)s known") % {"role": role}
        return _("%(role)s: at least %(n)d known") % {"role": role, "n": goal.times}
    return ngettext(
        "At least %(n)d person on the lead", "At least %(n)d people on the lead", goal.times
    ) % {"n": goal.times}


def _role(role: str) -> str:
    return str(dict(BuyingRole.choices)[role])


def _one_of(values: Sequence[str]) -> list[str]:
    truths = {"true": _("yes"), "false": _("no")}
    return [truths.get(value, value) for value in values]


def _times(times: int) -> list[str]:
    return [_("at least %(times)s times") % {"times": times}] if times > 1 else []


def default_goal_name(goal: AnyGoal, stage: StageDesign) -> dict[str, str]:
    """A name for a goal that the manager gave none, in each language."""
    names = {}
    for language in ("nl", "en"):
        with override(language):
            words = Lexicon(fields=vocabulary.labels())
            names[language] = BETWEEN.join(_of_goal(goal, stage, words))[:120]
    return names


def task_sentence(task: StageTask, words: Lexicon, stage: StageDesign | None = None) -> str:
    """`Call · within 1 working day · required · for the owner’s manager`.

    With its stage, a task that follows another says which.
    """
    parts = [str(dict(Task.Kind.choices)[task.kind]), due_words(task.due, stage)]
    if task.required:
        parts.append(_("required"))
    match task.to:
        case "manager":
            parts.append(_("for the owner’s manager"))
        case "user":
            parts.append(_("for %(who)s") % {"who": words.users.get(task.user, "?")})  # type: ignore[arg-type]
        case "team":
            who = {"team": words.teams.get(task.team, "?")}  # type: ignore[arg-type]
            if task.strategy == "round_robin":
                parts.append(_("for everybody of %(team)s in turn") % who)
            else:
                parts.append(_("for somebody of %(team)s") % who)
    return BETWEEN.join(parts)


def due_words(due: Due, stage: StageDesign | None = None) -> str:
    """When a stage task is due, seen from entering, from another task or the expected close."""
    n = due.after
    if due.since == "task":
        first = stage.task(due.task or "") if stage else None
        after = {"due": _within(due), "task": first.label() if first else due.task}
        return _("%(due)s after “%(task)s”") % after
    if due.since == "before_expected_close":
        return {
            "hours": ngettext(
                "%(n)d hour before the expected close", "%(n)d hours before the expected close", n
            ),
            "working_hours": ngettext(
                "%(n)d working hour before the expected close",
                "%(n)d working hours before the expected close",
                n,
            ),
            "days": ngettext(
                "%(n)d day before the expected close", "%(n)d days before the expected close", n
            ),
            "working_days": ngettext(
                "%(n)d working day before the expected close",
                "%(n)d working days before the expected close",
                n,
            ),
        }[due.unit] % {"n": n}
    return _within(due)


def _within(due: Due) -> str:
    n = due.after
    if n == 0:
        return _("the same day") if due.unit.endswith("days") else _("at once")
    return {
        "hours": ngettext("within %(n)d hour", "within %(n)d hours", n),
        "working_hours": ngettext("within %(n)d working hour", "within %(n)d working hours", n),
        "days": ngettext("within %(n)d day", "within %(n)d days", n),
        "working_days": ngettext("within %(n)d working day", "within %(n)d working days", n),
    }[due.unit] % {"n": n}


def rule_condition(rule: AssignmentRule, words: Lexicon) -> str:
    """When an assignment rule holds."""
    return condition_words(rule.when, words)


def rule_target(rule: AssignmentRule, words: Lexicon) -> str:
    """Who gets the lead, how they are chosen, within which limits, and who is next."""
    told = target_words(rule.to, words)
    for other in rule.otherwise:
        told = f"{told} → {target_words(other, words)}"
    return told


def target_words(target: Target, words: Lexicon) -> str:
    """One target of a rule: `Sales · everybody in turn · at most 30 open leads`."""
    if target.bands:
        parts = [
            _("from %(value)s: %(who)s")
            % {"value": _value(band.at_least.normalize()), "who": who_words(band, words)}
            for band in target.bands
        ]
    else:
        parts = [who_words(target, words)]
        if target.team or len(target.users) > 1:
            parts.append(str(STRATEGIES[target.strategy]))
    if target.most_open is not None:
        parts.append(
            ngettext("at most %(n)d open lead", "at most %(n)d open leads", target.most_open)
            % {"n": target.most_open}
        )
    if target.hours is not None:
        parts.append(hours_words(target.hours))
    return BETWEEN.join(parts)


def who_words(named: Target | Band, words: Lexicon) -> str:
    """The team or the people whom a target or a band names."""
    if named.team:
        return words.teams.get(named.team, "?")
    return ", ".join(words.users.get(user, "?") for user in named.users)


def hours_words(hours: Hours | str) -> str:
    """When a target's people get leads."""
    if isinstance(hours, str):
        return _("in office hours only")
    days = sorted(set(hours.days))
    return _("only %(days)s, %(starts)s to %(ends)s") % {
        "days": ", ".join(str(WEEKDAYS_ABBR[int(day) - 1]) for day in days),
        "starts": time_format(hours.starts),
        "ends": time_format(hours.ends),
    }


def comparisons_of(name: str) -> dict[str, Any]:
    """What the comparisons of a field are called (comparison → words)."""
    return {**COMPARISONS, **LIES_IN} if name == "territory" else COMPARISONS


def condition_words(condition: Compare | Condition, words: Lexicon, *, inside: bool = False) -> str:
    """A condition as a sentence; an empty one is “always”."""
    if isinstance(condition, Compare):
        told = f"{words.field(condition.field)} {comparisons_of(condition.field)[condition.is_]}"
        return told if condition.than is None else f"{told} {_value(condition.than)}"
    every = [condition_words(part, words, inside=True) for part in condition.all]
    some = [condition_words(part, words, inside=True) for part in condition.any]
    if every and some:
        every.append(f"({_(' or ').join(some)})" if len(some) > 1 else some[0])
    told = _(" and ").join(every) if every else _(" or ").join(some)
    if not told:
        return _("always")
    return f"({told})" if inside and max(len(every), len(some)) > 1 else told


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_value(one) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "year"):
        return str(date_format(value))
    try:
        # A form keeps its numbers as text; other text (a source, a province) stays as it is.
        return str(number_format(Decimal(str(value)), force_grouping=True))
    except ArithmeticError:
        return str(value)


def goal_name(goal: AnyGoal) -> str:
    """A goal's own name in the reader's language."""
    return in_language(goal.name) or goal.key
