"""The daily work: activities, tasks, goals ticked by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.contacts.models import Person
from cadans.events.act import Act
from cadans.ground.asking import first
from cadans.ground.errors import Conflict, Invalid, NotFound, Outdated
from cadans.leads.actions.locking import AHEAD, past, short, take
from cadans.leads.actions.scheduling import follow_task
from cadans.leads.activity import Activity
from cadans.leads.activity_kinds import require_kind
from cadans.leads.lead import Lead
from cadans.leads.settle import Deed, save, settle
from cadans.leads.task import GoalTick, Task
from cadans.process.facts import Held
from cadans.process.goals.box import BoxGoal
from cadans.team.models import User

LONGEST_NOTE = 20_000


def log_activity(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    kind: str,
    at: datetime | None = None,
    outcome: str = "",
    note: str = "",
    people: Sequence[Person] = (),
    held: bool | None = None,
    via: str = "web",
) -> Activity:
    """Log a call, meeting, demo, e-mail, note, ask or an own kind; then weigh the lead's goals.

    An activity in the future is a planned one. Raises Invalid or NotFound.
    """
    require_kind(kind)
    if outcome and outcome not in Activity.Outcome.values:
        raise Invalid(
            _("“%(outcome)s” is not an outcome. It can be: %(known)s.")
            % {"outcome": outcome, "known": ", ".join(Activity.Outcome.values)},
            pointer="/outcome",
        )
    note = short(note, LONGEST_NOTE, pointer="/note")
    now = timezone.now()
    at = at or now
    held = at <= now + AHEAD if held is None else held
    if held:
        at = past(at)
    with Act(actor, at=min(at, now), via=via) as act:
        deed = take(act, lead, actor=actor)
        activity = Activity(
            lead=deed.lead, kind=kind, at=at, held=held, outcome=outcome, note=note, by=actor
        )
        act.add(activity)
        deed.fresh["activity"] = (Held(kind, at, outcome, held),)
        if people:
            activity.people.set(people)
        event = act.record(
            "activity_logged",
            deed.subject,
            data={
                "activity": activity.id,
                "kind": kind,
                "at": at,
                "held": held,
                "outcome": outcome,
                "people": [person.id for person in people],
            },
            at=min(at, now),
        )
        act.caused_from_now_on_by(event)
        if held:
            deed.lead.touched_at = max(deed.lead.touched_at, at)
        settle(deed)
    return activity


def tick_goal(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    goal: str,
    on: bool = True,
    at: datetime | None = None,
    via: str = "web",
) -> Lead:
    """Tick (or untick) a goal of the lead's present stage by hand. Raises Invalid, Conflict."""
    with Act(actor, at=past(at), via=via) as act:
        deed = take(act, lead, actor=actor)
        if not deed.lead.is_open:
            raise Conflict(
                _("“%(lead)s” is closed, so its goals stand.") % {"lead": deed.lead.title},
                code="lead_is_closed",
            )
        stage = deed.process.design.stage(deed.process.key_of(deed.lead.stage_id))
        known = {one.key for one in stage.goals if isinstance(one, BoxGoal)}
        if goal not in known:
            raise Invalid(
                _("“%(stage)s” has no goal “%(goal)s” to tick.")
                % {"stage": stage.label(), "goal": goal},
                pointer="/goal",
            )
        ticks = GoalTick.objects.filter(lead=deed.lead, stage=deed.lead.stage, goal=goal)
        if on == ticks.exists():
            return deed.lead
        if on:
            GoalTick.objects.create(
                lead=deed.lead, stage=deed.lead.stage, goal=goal, by=actor, at=act.at
            )
        else:
            ticks.delete()
        event = act.record(
            "goal_ticked" if on else "goal_unticked",
            deed.subject,
            data={"stage": deed.lead.stage_id, "goal": goal},
        )
        act.caused_from_now_on_by(event)
        deed.lead.touched_at = max(deed.lead.touched_at, act.at)
        settle(deed)
    return deed.lead


def add_task(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    name: str,
    kind: str = Task.Kind.TO_DO,
    due_at: datetime | None = None,
    assignee: User | None = None,
    note: str = "",
    via: str = "web",
) -> Task:
    """Put a task of one's own on a lead. Without an assignee it is the actor's."""
    name = short(name, 200, pointer="/name")
    if not name:
        message = _("A task needs a name.")
        raise Invalid(message, pointer="/name", fields={"name": message})
    _check_kind(kind)
    with Act(actor, via=via) as act:
        deed = take(act, lead, actor=actor)
        task = Task(
            lead=deed.lead,
            name=name,
            kind=kind,
            due_at=due_at,
            assignee=assignee or actor,
            note=short(note, LONGEST_NOTE, pointer="/note"),
        )
        task.save(force_insert=True)
        act.record(
            "task_added",
            deed.subject,
            data={
                "task": task.id,
                "name": task.name,
                "due_at": task.due_at,
                "assignee": task.assignee_id,
            },
        )
        save(deed)
    return task


def change_task(
    actor: User | None,
    task: Task,
    *,
    changes: Mapping[str, Any],
    revision: int | None = None,
    via: str = "web",
) -> Task:
    """Change a task's name, kind, due moment, assignee or note."""
    with Act(actor, via=via) as act:
        deed, task = _take_task(act, task, actor=actor, revision=revision)
        changed: dict[str, list[Any]] = {}
        for name, value in changes.items():
            if name not in {"name", "kind", "due_at", "assignee", "note"}:
                raise Invalid(
                    _("There is no field “%(name)s”.") % {"name": name}, pointer=f"/{name}"
                )
            if name == "name" and not str(value).strip():
                message = _("A task needs a name.")
                raise Invalid(message, pointer="/name", fields={"name": message})
            if name == "kind":
                _check_kind(value)
            before = getattr(task, name)
            if before != value:
                setattr(task, name, value)
                changed[name] = [getattr(before, "id", before), getattr(value, "id", value)]
        if changed:
            if "name" in changed:
                task.name_in = {}
            if "due_at" in changed:
                task.due_by_hand = True
            task.revision += 1
            task.save()
            act.record("task_changed", deed.subject, data={"task": task.id, "changes": changed})
    return task


def do_task(
    actor: User | None, task: Task, *, at: datetime | None = None, via: str = "web"
) -> Task:
    """Mark a task done, then weigh the lead's goals. Doing it twice changes nothing."""
    return _end_task(actor, task, Task.State.DONE, at, via)


def skip_task(
    actor: User | None, task: Task, *, at: datetime | None = None, via: str = "web"
) -> Task:
    """Mark a task skipped. Skipping it twice changes nothing. What follows it is due from then."""
    return _end_task(actor, task, Task.State.SKIPPED, at, via)


def _end_task(actor: User | None, task: Task, state: str, at: datetime | None, via: str) -> Task:
    with Act(actor, at=past(at), via=via) as act:
        deed, task = _take_task(act, task, actor=actor)
        if task.state == state:
            return task
        if task.state != Task.State.OPEN:
            raise Conflict(
                _("Task “%(task)s” is no longer open (%(state)s).")
                % {"task": task.label, "state": task.get_state_display().lower()},
                code="task_not_open",
            )
        task.state = state
        task.ended_at = act.at
        task.ended_by = actor
        task.revision += 1
        task.save(update_fields=["state", "ended_at", "ended_by", "revision"])
        event = act.record(
            "task_done" if state == Task.State.DONE else "task_skipped",
            deed.subject,
            data={"task": task.id, "key": task.key, "name": task.name_in or task.name},
        )
        act.caused_from_now_on_by(event)
        if state == Task.State.DONE:
            deed.lead.touched_at = max(deed.lead.touched_at, act.at)
        settle(deed)
        follow_task(deed, task)
    return task


def _take_task(
    act: Act, task: Task, *, actor: User | None, revision: int | None = None
) -> tuple[Deed, Task]:
    """The task as it is now, with its lead's row locked (so the task cannot change either)."""
    deed = take(act, task.lead_id, actor=actor if actor and actor.id != task.assignee_id else None)
    fresh = first(Task, "id = %s", task.id)
    if fresh is None:
        raise NotFound(_("This task is no longer there."))
    assignee: Any = Task._meta.get_field("assignee")
    if fresh.assignee_id == task.assignee_id and assignee.is_cached(task):
        fresh.assignee = task.assignee
    fresh.lead = deed.lead
    if revision is not None and fresh.revision != revision:
        raise Outdated(_("Somebody else changed this in the meantime. Look again, then change it."))
    return deed, fresh


def _check_kind(kind: str) -> None:
    if kind not in Task.Kind.values:
        raise Invalid(
            _("“%(kind)s” is not a kind of task. It can be: %(known)s.")
            % {"kind": kind, "known": ", ".join(Task.Kind.values)},
            pointer="/kind",
        )
