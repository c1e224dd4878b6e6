"""Begin the automations of a stage: weigh their conditions at the moment they are for, and record
what is to be done. It is carried out afterwards, above (`cadans.automations`), because of the
event that is recorded here.

Called by settle and by the room's actions inside their act, with the lead's row locked. Imports and
written-down history (quiet acts) begin none.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cadans.events.act import Act, Subject
from cadans.events.models import Event
from cadans.ground.conditions import weigh
from cadans.leads.facts import Gathered, fields_of
from cadans.leads.lead import Lead
from cadans.process.automations import Automation, Trigger, Wait
from cadans.process.calendar import due_date
from cadans.process.decide import Progress
from cadans.process.design import Due, StageDesign
from cadans.process.models import Published
from cadans.process.needs import needs_of_automations
from cadans.team.queries import working_time

BEGUN = "automation_begun"


def begin_automations(
    act: Act,
    lead: Lead,
    process: Published,
    stage: StageDesign,
    on: Trigger,
    cause: Event,
    *,
    visit: uuid.UUID | None,
    named: str = "",
    gathered: Gathered | None = None,
) -> None:
    """Begin what a stage does `on` this, because of the event `cause`.

    `named` is the goal's key or the signal's name; `visit` the stay that it is about.
    """
    if act.quietly:
        return
    fits = [one for one in stage.automations if one.on == on and _is_meant(one, named)]
    if not fits:
        return
    facts = fields_of(lead, needs_of_automations(stage), {} if gathered is None else gathered)
    for one in fits:
        weighed = weigh(one.when, facts)
        if not weighed.holds or (one.once and _was_begun(act, lead, stage, one)):
            continue
        event = act.record(
            BEGUN,
            Subject("lead", lead.id, lead.id, lead.pipeline_id),
            data={
                "automation": one.key,
                "name": one.name,
                "stage": stage.key,
                "on": on,
                "visit": visit,
                "do": one.do.model_dump(mode="json"),
                "due_at": due_after(one.wait, cause.at) if one.wait else None,
            },
            because=_because(one, stage, process, weighed.seen),
            at=cause.at,
        )
        event.cause = cause.id


def begin_at_goals(
    act: Act,
    lead: Lead,
    process: Published,
    stage: StageDesign,
    standing: Progress,
    *,
    visit: uuid.UUID,
    gathered: Gathered,
) -> None:
    """Begin what a stage does when goals are met: the first time in a stay that they are."""
    waiting = {one.goal or "" for one in stage.automations if one.on == "goal"}
    if not waiting or act.quietly:
        return
    met = {goal.key for goal, weighing in standing.goals if weighing.met}
    met |= {""} if standing.met else set()
    for goal in sorted(waiting & met):
        if _was_reached(act, lead, visit, goal):
            continue
        subject = Subject("lead", lead.id, lead.id, lead.pipeline_id)
        data = {"goal": goal, "stage": lead.stage_id, "visit": visit}
        reached = act.record("goal_reached", subject, data=data)
        begin_automations(
            act, lead, process, stage, "goal", reached, visit=visit, named=goal, gathered=gathered
        )


def due_after(wait: Wait, since: datetime) -> datetime:
    """The moment at which so long a wait from `since` is over."""
    due = Due(after=wait.after, unit=wait.unit)
    moment = due_date(due, entered_at=since, working=working_time())
    return moment or since


def _is_meant(one: Automation, named: str) -> bool:
    if one.on == "goal":
        return (one.goal or "") == named
    return one.on != "signal" or one.signal == named


def _because(
    one: Automation, stage: StageDesign, process: Published, seen: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "rule": "automation",
        "automation": one.name,
        "stage": stage.key,
        "on": one.on,
        "version": process.number,
        "seen": dict(seen),
    }


def _was_begun(act: Act, lead: Lead, stage: StageDesign, one: Automation) -> bool:
    """Whether the lead had it before; its row is locked, so nobody begins it meanwhile."""
    mine = {"automation": one.key, "stage": stage.key}
    now = any(
        event.kind == BEGUN and event.lead == lead.id and event.data.items() >= mine.items()
        for event in act.events
    )
    return now or Event.objects.filter(lead=lead.id, kind=BEGUN, data__contains=mine).exists()


def _was_reached(act: Act, lead: Lead, visit: uuid.UUID, goal: str) -> bool:
    mine = {"goal": goal, "visit": str(visit)}
    now = any(
        event.kind == "goal_reached" and event.data.items() >= mine.items() for event in act.events
    )
    told = Event.objects.filter(lead=lead.id, kind="goal_reached", data__contains=mine)
    return now or told.exists()
