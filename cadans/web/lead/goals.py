"""The goals of a stage as a lead's page shows them: met by what, or how to reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from cadans.ground.text import in_language
from cadans.leads.activity import ActivityKind
from cadans.leads.lead import Lead
from cadans.leads.task import GoalTick
from cadans.process.decide import Progress
from cadans.process.design import StageDesign
from cadans.process.goals import AnyGoal, Weighing
from cadans.process.goals.activity import ActivityGoal
from cadans.process.goals.box import BoxGoal
from cadans.process.goals.field import FieldGoal
from cadans.process.goals.signal import SignalGoal
from cadans.process.goals.task import TaskGoal
from cadans.web.writing import day, number

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
        ("", "", "") if weighing.met or not lead.is_open else _hint(lead, goal, stage)
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
            label = dict(ActivityKind.choices).get(goal.activity, goal.activity)
            return _("%(what)s, %(day)s") % {"what": label, "day": when}
        case FieldGoal():
            return ", ".join(_value(value) for value in weighing.seen.values() if value)
        case TaskGoal():
            return _("Task done, %(day)s") % {"day": when}
        case SignalGoal():
            return _("Signal received, %(day)s") % {"day": when}
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


def _hint(lead: Lead, goal: AnyGoal, stage: StageDesign) -> tuple[str, str, str]:
    """How an unmet goal is reached: words, an address for the side panel, a field in the page."""
    match goal:
        case ActivityGoal():
            label = dict(ActivityKind.choices).get(goal.activity, goal.activity)
            url = f"{reverse('lead:log', args=[lead.id])}?kind={goal.activity}"
            return _("Log: %(kind)s") % {"kind": str(label).lower()}, url, ""
        case FieldGoal():
            if goal.field in FIELDS_IN_PLACE or goal.field.startswith("custom."):
                return _("Fill it in"), "", goal.field.replace(".", "-")
            if goal.field.startswith(("people", "person")):
                return _("Add somebody"), reverse("lead:people", args=[lead.id]), ""
        case TaskGoal():
            task = stage.task(goal.task)
            return (
                _("Do the task “%(task)s”") % {"task": task.label() if task else goal.task},
                "",
                "",
            )
        case SignalGoal():
            return _("Arrives by itself (%(signal)s)") % {"signal": goal.signal}, "", ""
    return "", "", ""
