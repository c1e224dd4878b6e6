"""The goals of a stage as a lead's page shows them: met by what, or how to reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.ground.text import in_language
from cadans.leads.activity_kinds import kind_name
from cadans.leads.lead import Lead
from cadans.leads.task import GoalTick
from cadans.playbooks.words import EMAIL_SENTENCES, details_words
from cadans.process.decide import Progress
from cadans.process.design import StageDesign
from cadans.process.goals import AnyGoal, Weighing
from cadans.process.goals.activity import ActivityGoal
from cadans.process.goals.box import BoxGoal
from cadans.process.goals.contact import ContactGoal
from cadans.process.goals.email import EmailGoal
from cadans.process.goals.field import FieldGoal
from cadans.process.goals.form import FormGoal
from cadans.process.goals.person import PersonGoal
from cadans.process.goals.signal import SignalGoal
from cadans.process.goals.task import TaskGoal
from cadans.web.writing import day, number

WHO = {
    "decision_maker": gettext_lazy("the decision maker"),
    "champion": gettext_lazy("the champion"),
    "influencer": gettext_lazy("an influencer"),
    "user": gettext_lazy("a user"),
    "gatekeeper": gettext_lazy("the gatekeeper"),
    "blocker": gettext_lazy("the blocker"),
}
FIELDS_IN_PLACE = {"value", "expected_close", "source", "territory", "company", "competitor"}


@dataclass(frozen=True)
class GoalShown:
    """One goal: its name, whether it is met and by what, how to tick or reach it."""

    key: str
    name: str
    met: bool = False
    by: str = ""
    tick_url: str = ""
    hint: str = ""
    hint_url: str = ""
    hint_field: str = ""


def goals_shown(lead: Lead, stage: StageDesign, standing: Progress | None) -> list[GoalShown]:
    """The goals of a stage; without `standing` (another stage than the present) only named."""
    if standing is None:
        return [GoalShown(goal.key, goal_name(goal)) for goal in stage.goals]
    ticks = {}
    if any(isinstance(goal, BoxGoal) for goal in stage.goals):
        rows = GoalTick.objects.filter(lead=lead, stage=lead.stage_id).select_related("by")
        ticks = {tick.goal: tick for tick in rows}
    return [_shown(lead, goal, weighing, ticks, stage) for goal, weighing in standing.goals]


def goal_name(goal: AnyGoal) -> str:
    """A goal's name in the reader's language, or one made of what it waits for."""
    named = in_language(cast(Mapping[str, str], goal.name))
    return named or goal.key.replace("-", " ").replace("_", " ").capitalize()


def _shown(
    lead: Lead,
    goal: AnyGoal,
    weighing: Weighing,
    ticks: Mapping[str, GoalTick],
    stage: StageDesign,
) -> GoalShown:
    hint, url, field = (
        ("", "", "") if weighing.met or not lead.is_open else _hint(lead, goal, weighing, stage)
    )
    by_hand = isinstance(goal, BoxGoal) and lead.is_open
    return GoalShown(
        key=goal.key,
        name=goal_name(goal),
        met=weighing.met,
        by=_by(goal, weighing, ticks.get(goal.key)) if weighing.met else "",
        tick_url=reverse("lead:tick", args=[lead.id, goal.key]) if by_hand else "",
        hint=hint,
        hint_url=url,
        hint_field=field,
    )


def _by(goal: AnyGoal, weighing: Weighing, tick: GoalTick | None) -> str:
    """What met the goal, in a few words."""
    when = day(weighing.at) if weighing.at else ""
    match goal:
        case BoxGoal() if tick is not None and tick.by is not None:
            return _("%(who)s, %(day)s") % {"who": tick.by.name, "day": day(tick.at)}
        case ActivityGoal():
            what = kind_name(goal.activity)
            return _("%(what)s, %(day)s") % {"what": what, "day": when}
        case FieldGoal():
            return ", ".join(_value(value) for value in weighing.seen.values() if value)
        case TaskGoal():
            return _("Task done, %(day)s") % {"day": when}
        case SignalGoal():
            return _("Signal received, %(day)s") % {"day": when}
        case EmailGoal():
            told = EMAIL_SENTENCES[goal.what]
            return _("%(what)s, %(day)s") % {"what": told, "day": when}
        case FormGoal():
            return _("Form sent in, %(day)s") % {"day": when}
        case PersonGoal():
            return ", ".join(name for names in weighing.seen.values() for name in names)
    return when


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal | int | float):
        return number(value, 2 if value != int(value) else 0)
    if isinstance(value, date | datetime):
        return day(value)
    if isinstance(value, list | tuple | set):
        return ", ".join(str(one) for one in value)
    return str(value)


def _hint(
    lead: Lead, goal: AnyGoal, weighing: Weighing, stage: StageDesign
) -> tuple[str, str, str]:
    """How an unmet goal is reached: words, an address for the side panel, a field in the page."""
    match goal:
        case ActivityGoal():
            label = kind_name(goal.activity)
            url = f"{reverse('lead:log', args=[lead.id])}?kind={goal.activity}"
            told = _("Plan or log: %(kind)s") if goal.planned else _("Log: %(kind)s")
            return told % {"kind": label.lower()}, url, ""
        case FieldGoal():
            if goal.field in FIELDS_IN_PLACE or goal.field.startswith("custom."):
                return _("Fill it in"), "", goal.field.replace(".", "-")
            if goal.field.startswith(("people", "person")):
                return _("Add somebody"), reverse("lead:people", args=[lead.id]), ""
            if goal.field in {"product", "product_line"}:
                return _("Choose a product"), reverse("lead:products", args=[lead.id]), ""
        case TaskGoal():
            task = stage.task(goal.task)
            return (
                _("Do the task “%(task)s”") % {"task": task.label() if task else goal.task},
                "",
                "",
            )
        case ContactGoal():
            lacking = [detail for detail, is_known in weighing.seen.items() if not is_known]
            told = _("Still to find: %(details)s") % {"details": details_words(lacking).lower()}
            return told, _person_form(lead, goal.role), ""
        case PersonGoal():
            return _("Add somebody"), _person_form(lead, goal.role), ""
        case SignalGoal():
            return _("Arrives by itself (%(signal)s)") % {"signal": goal.signal}, "", ""
        case EmailGoal():
            return _("Noticed by itself"), "", ""
        case FormGoal():
            return _("Arrives by itself"), "", ""
    return "", "", ""


def _person_form(lead: Lead, role: str) -> str:
    return f"{reverse('lead:people', args=[lead.id])}?role={role}"


def still_missing(standing: Progress) -> str:
    """What keeps the lead here when it is one thing: “Only the decision maker is still missing.”

    Empty when nothing was reached yet, when more is missing, or when one goal is enough anyway.
    """
    unmet = [goal for goal, weighing in standing.goals if not weighing.met]
    if standing.met or len(unmet) != 1 or standing.done == 0:
        return ""
    return _("Only %(what)s is still missing.") % {"what": _thing(unmet[0])}


def _thing(goal: AnyGoal) -> str:
    """What a goal waits for, to stand in a sentence."""
    if isinstance(goal, PersonGoal) and goal.role and goal.times == 1:
        return str(WHO[goal.role])
    return _("“%(goal)s”") % {"goal": goal_name(goal)}
