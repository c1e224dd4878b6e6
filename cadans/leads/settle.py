"""Settle: ask what the process does next with a lead, carry it out, ask again.

The decisions are made by `process.decide` and `assignment.choose`, which are pure; here are the
hands, one short function a step, each recording its event. Called by the room's actions only,
inside their act, with the lead's row locked.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from cadans.assignment.actions import lock_turn, take_turn
from cadans.assignment.candidates import Candidate, Context, Rota
from cadans.assignment.choose import choose
from cadans.assignment.rules import AssignmentRule, Target
from cadans.assignment.strategies import STRATEGIES
from cadans.events.act import Act, Subject
from cadans.events.models import Event
from cadans.ground.asking import first, rows
from cadans.ground.money import convert
from cadans.leads.automating import begin_at_goals, begin_automations
from cadans.leads.candidates import candidates_of
from cadans.leads.chances import chances_of
from cadans.leads.facts import Gathered, facts_of, fields_of
from cadans.leads.lead import Closing, Lead, StageVisit
from cadans.leads.task import Task
from cadans.process import decide
from cadans.process.automations import Trigger
from cadans.process.calendar import due_date
from cadans.process.facts import Facts
from cadans.process.models import Published, published
from cadans.process.needs import needs_of_rules
from cadans.team.queries import absent_days, organisation, team_manager_of, working_time

Skipped = tuple[uuid.UUID, str, Any]
"""A task that was skipped: its id, its key, and its name (in each language where it has them)."""


@dataclass
class Deed:
    """One act on one locked lead, while it is being carried out."""

    act: Act
    lead: Lead
    process: Published
    visit: StageVisit | None
    reason: str = ""
    jumped: bool = False
    gathered: Gathered = field(default_factory=dict)
    fresh: Gathered = field(default_factory=dict)
    """What happens to the lead within the act itself, and so is not in the database yet."""
    skipped: list[Skipped] | None = None
    """The tasks of the stay that were skipped together with those of other leads, if they were."""

    @property
    def subject(self) -> Subject:
        """What the lead's events are about."""
        return Subject("lead", self.lead.id, self.lead.id, self.lead.pipeline_id)

    @property
    def at(self) -> datetime:
        """When the next step happens: at the act's time, never before the present stay began."""
        return max(self.act.at, self.visit.entered_at) if self.visit else self.act.at

    @property
    def absent_on(self) -> date | None:
        """The day on which absences count: today (None), or the deed's when history is told."""
        return working_time().day_of(self.at) if self.act.quietly else None

    def record(self, kind: str, *, data: Mapping[str, Any], because: Mapping[str, Any]) -> Event:
        """Record an event about the lead at the moment of the step."""
        return self.act.record(kind, self.subject, data=data, because=because, at=self.at)


def begin(act: Act, lead: Lead) -> Deed:
    """A deed on a lead that lies in a stage (or is closed)."""
    process = published(lead.version_id)
    lead.stage = process.stage(process.key_of(lead.stage_id))
    stay = "lead_id = %s AND left_at IS NULL"
    return deed_on(act, lead, process, first(StageVisit, stay, lead.id) if lead.is_open else None)


def deed_on(act: Act, lead: Lead, process: Published, visit: StageVisit | None) -> Deed:
    """A deed on a locked lead and its present stay, whose changes the act will write."""
    act.watch(lead)
    if visit is not None:
        act.watch(visit)
    return Deed(act, lead, process, visit)


def settle(deed: Deed, *, always_save: bool = True) -> None:
    """Move the lead on as far as its goals allow, then save it.

    Ends after at most as many rounds as there are stages: every round leads to a later stage.
    """
    for _round in range(len(deed.process.design.stages)):
        if not deed.lead.is_open:
            break
        facts = facts_of(deed.lead, deed.process, deed.visit, deed.gathered, deed.fresh)
        _weigh_goals(deed, facts)
        steps = decide.next_steps(deed.process.design, facts, version=deed.process.number)
        if not steps:
            break
        carry_out(deed, steps)
        always_save = True
    if always_save:
        save(deed)


def _weigh_goals(deed: Deed, facts: Facts) -> None:
    """Begin what the stage does when goals are met; most stages do nothing."""
    stage = deed.process.design.stage(facts.stage)
    if deed.visit is not None and any(one.on == "goal" for one in stage.automations):
        standing = decide.progress(stage, facts)
        begin_at_goals(
            deed.act,
            deed.lead,
            deed.process,
            stage,
            standing,
            visit=deed.visit.id,
            gathered=deed.gathered,
        )


def begin_on(deed: Deed, stage: str, on: Trigger, cause: Event, *, named: str = "") -> None:
    """Begin what a stage does on this, if it does anything (and is still in the design)."""
    design = next((one for one in deed.process.design.stages if one.key == stage), None)
    if design is not None and design.automations:
        visit = deed.visit.id if deed.visit else None
        begin_automations(
            deed.act,
            deed.lead,
            deed.process,
            design,
            on,
            cause,
            visit=visit,
            named=named,
            gathered=deed.gathered,
        )


def save(deed: Deed) -> None:
    """Give the lead a higher revision; the act writes its row when it ends."""
    deed.lead.revision += 1


def carry_out(deed: Deed, steps: Sequence[decide.Step]) -> None:
    """Carry steps out in order; what follows from entering a stage names that as its cause."""
    for kind, group in groupby(steps, type):
        HANDS[kind](deed, list(group))


def _release(deed: Deed, steps: Sequence[decide.Release]) -> None:
    if deed.visit:
        deed.visit.held = False


def _close_visit(deed: Deed, steps: Sequence[decide.CloseVisit]) -> None:
    visit = deed.visit
    if visit is None:
        return
    for step in steps:
        event = deed.record(
            "stage_left",
            data={
                "visit": visit.id,
                "stage": visit.stage_id,
                "how": step.how,
                "goals_met": step.goals_met,
                "reason": deed.reason,
            },
            because=step.because,
        )
        visit.left_at = deed.at
        visit.how = step.how
        visit.goals_met = step.goals_met
        visit.left_by = event.id
        begin_on(deed, step.stage, "left", event)


def _skip_tasks(deed: Deed, steps: Sequence[decide.SkipTasks]) -> None:
    if deed.visit is None:
        return
    if deed.skipped is not None:
        skipped, deed.skipped = deed.skipped, None
    elif deed.visit._state.adding:
        skipped = _skip_new_tasks(deed, deed.visit)
    else:
        skipped = skip_open_tasks([deed.visit.id], at=deed.at).get(deed.visit.id, [])
    for id, key, name in sorted(skipped, key=lambda task: task[0]):
        deed.record(
            "task_skipped",
            data={"task": id, "key": key, "name": name},
            because=steps[0].because,
        )


def _skip_new_tasks(deed: Deed, visit: StageVisit) -> list[Skipped]:
    """Skip the tasks of a stay that began within this act: nothing of it is written yet."""
    skipped: list[Skipped] = []
    for task in deed.act.new(Task):
        if task.visit_id == visit.id and task.state == Task.State.OPEN:
            task.state, task.ended_at = Task.State.SKIPPED, deed.at
            skipped.append((task.id, task.key, task.name_in or task.name))
    return skipped


def skip_open_tasks(visits: Sequence[uuid.UUID], *, at: datetime) -> dict[uuid.UUID, list[Skipped]]:
    """Skip the open tasks of stays, at that moment; which they were, by stay."""
    told = rows(
        "UPDATE leads_task SET state = 'skipped', ended_at = %s "
        "WHERE visit_id = ANY(%s) AND state = 'open' RETURNING visit_id, id, key, name, name_in",
        at,
        list(visits),
    )
    skipped: dict[uuid.UUID, list[Skipped]] = {}
    for visit, id, key, name, name_in in told:
        skipped.setdefault(visit, []).append((id, key, json.loads(name_in) or name))
    return skipped


def _assign(deed: Deed, steps: Sequence[decide.Assign]) -> None:
    stage = deed.process.design.stage(steps[-1].stage)

    def pool(rule: str) -> str:
        return f"{deed.process.pipeline}:{rule}"

    def candidates(rule: AssignmentRule) -> tuple[Sequence[Candidate], Rota]:
        # Locked first: whoever waits counts the other's lead among the open ones.
        turn = lock_turn(deed.act, pool(rule.key))
        counted = rule.to.strategy == "fewest_open" or rule.to.most_open is not None
        people = candidates_of(rule.to, counted=counted, on=deed.absent_on)
        return people, Rota(turn.last, turn.tally)

    facts = fields_of(deed.lead, needs_of_rules(stage), deed.gathered)
    context = Context(
        seed=str(deed.lead.id),
        at=deed.at,
        office=working_time(),
        chances=lambda: chances_of(deed.lead, deed.process.pipeline),
    )
    choice = choose(stage.rules, facts, candidates, context, stage.fallback)
    if choice is None:
        return
    because = {**choice.because, "version": deed.process.number}
    if choice.user is None:
        deed.record("assignment_missed", data={"owner": deed.lead.owner_id}, because=because)
        return
    take_turn(lock_turn(deed.act, pool(choice.rule)), choice.user, choice.tally)
    give(deed, choice.user, because=because)


def give(deed: Deed, owner: uuid.UUID | None, *, because: Mapping[str, Any]) -> None:
    """Make somebody the lead's owner; the old owner's open tasks on it go along."""
    before = deed.lead.owner_id
    if before == owner:
        return
    deed.lead.owner_id = owner
    data: dict[str, Any] = {"owner": owner, "before": before}
    if before is not None and (along := _hand_over(deed, before, owner)):
        data["tasks"] = along
    deed.record("lead_assigned", data=data, because=because)


def _hand_over(deed: Deed, before: uuid.UUID, owner: uuid.UUID | None) -> list[uuid.UUID]:
    """Give the old owner's open tasks on the lead to the new one; which they were."""
    handed = rows(
        "UPDATE leads_task SET assignee_id = %s "
        "WHERE lead_id = %s AND assignee_id = %s AND state = 'open' RETURNING id",
        owner,
        deed.lead.id,
        before,
    )
    for task in deed.act.new(Task):
        if task.assignee_id == before and task.state == Task.State.OPEN:
            task.assignee_id = owner
    return sorted(id for (id,) in handed)


def _enter_stage(deed: Deed, steps: Sequence[decide.EnterStage]) -> None:
    for step in steps:
        at = deed.at
        stage = deed.process.stage(step.stage)
        ended = deed.process.design.stage(step.stage).ends_in
        visit = StageVisit(
            lead=deed.lead,
            pipeline_id=deed.lead.pipeline_id,
            version_id=deed.process.version,
            stage=stage,
            owner_id=deed.lead.owner_id,
            entered_at=at,
            jumped=deed.jumped,
            reason=deed.reason,
        )
        event = deed.record(
            "stage_entered",
            data={
                "visit": visit.id,
                "stage": stage.id,
                "name": stage.name,
                "version": deed.process.version,
                "owner": deed.lead.owner_id,
                "jumped": deed.jumped,
                "reason": deed.reason,
            },
            because=step.because,
        )
        visit.entered_by = event.id
        if ended:
            visit.left_at, visit.how = at, ended
            visit.goals_met, visit.left_by = True, event.id
        deed.act.add(visit)
        if ended:
            deed.record(
                "stage_left",
                data={"visit": visit.id, "stage": stage.id, "how": visit.how, "goals_met": True},
                because=step.because,
            )
        deed.visit = visit
        deed.lead.stage = stage
        deed.lead.stage_entered_at = at
        deed.lead.touched_at = max(deed.lead.touched_at, at)
        deed.reason, deed.jumped = "", False
        deed.act.caused_from_now_on_by(event)
        begin_on(deed, step.stage, "entered", event)


def _lay_tasks(deed: Deed, steps: Sequence[decide.LayTask]) -> None:
    if deed.visit is None:
        return
    working = working_time()
    people = [_assignee(deed, step) for step in steps]
    away = absent_days({one for one in people if one}, since=working.day_of(deed.at))
    tasks = []
    for step, person in zip(steps, people, strict=True):
        tasks.append(
            Task(
                lead=deed.lead,
                visit=deed.visit,
                stage_id=deed.lead.stage_id,
                key=step.task.key,
                name=step.task.label(organisation().language)[:200],
                name_in=dict(step.task.name),
                kind=step.task.kind,
                required=step.task.required,
                assignee_id=person,
                due_at=due_date(
                    step.task.due,
                    entered_at=deed.visit.entered_at,
                    working=working.without(away[person]) if person and person in away else working,
                    expected_close=deed.lead.expected_close,
                ),
                made_at=deed.at,
            )
        )
    deed.act.add(*tasks)
    for step, task in zip(steps, tasks, strict=True):
        deed.record(
            "task_laid",
            data={
                "task": task.id,
                "key": task.key,
                "name": task.name_in,
                "due_at": task.due_at,
                "assignee": task.assignee_id,
            },
            because=step.because,
        )


def _assignee(deed: Deed, step: decide.LayTask) -> uuid.UUID | None:
    owner = deed.lead.owner_id
    match step.task.to:
        case "user":
            return step.task.user
        case "manager":
            return (team_manager_of(owner) or owner) if owner else None
        case "team" if step.task.team:
            pool = f"{deed.process.pipeline}:task:{step.stage}:{step.task.key}"
            turn = lock_turn(deed.act, pool)
            able = [
                one
                for one in candidates_of(
                    Target(team=step.task.team), counted=True, on=deed.absent_on
                )
                if not one.absent
            ]
            if not able:
                return owner
            chosen = STRATEGIES[step.task.strategy](able, Rota(turn.last), Context())
            take_turn(turn, chosen.id)
            return chosen.id
    return owner


def _close_lead(deed: Deed, steps: Sequence[decide.CloseLead]) -> None:
    for step in steps:
        close(deed, step.status, because=step.because)


def close(deed: Deed, status: str, *, because: Mapping[str, Any]) -> None:
    """End the lead: status, moment and the closing as a fact of its own."""
    lead, at = deed.lead, deed.at
    settings = organisation()
    day = at.astimezone(ZoneInfo(settings.time_zone)).date()
    worth = (
        None
        if lead.value is None
        else convert(lead.value, lead.currency, to=settings.currency, on=day)
    )
    lead.status = status
    lead.closed_at = at
    lead.touched_at = max(lead.touched_at, at)
    closing = Closing(
        lead=lead,
        pipeline_id=lead.pipeline_id,
        version_id=deed.process.version,
        stage_id=lead.stage_id,
        status=status,
        owner_id=lead.owner_id,
        reason_id=lead.loss_reason_id,
        opened_at=lead.opened_at,
        at=at,
        value=lead.value,
        currency=lead.currency,
        worth=worth,
    )
    deed.act.add(closing)
    event = deed.record(
        f"lead_{status}",
        data={
            "closing": closing.id,
            "status": status,
            "stage": lead.stage_id,
            "owner": lead.owner_id,
            "reason": lead.loss_reason_id,
            "value": lead.value,
            "currency": lead.currency,
        },
        because=because,
    )
    if status in {"won", "lost"}:
        begin_on(deed, _last_open_stage(deed), "won" if status == "won" else "lost", event)
    deed.visit = None


def _last_open_stage(deed: Deed) -> str:
    """The stage from which the lead was closed: the one it left, or else the one it lies in."""
    open_stages = {str(row.id): key for key, row in deed.process.stages.items() if not row.ends_in}
    left = [
        one.data["stage"]
        for one in deed.act.events
        if one.kind == "stage_left" and one.lead == deed.lead.id
    ]
    ids = [*reversed(left), str(deed.lead.stage_id)]
    return next((open_stages[id] for id in ids if id in open_stages), "")


HANDS: dict[type, Any] = {
    decide.Release: _release,
    decide.CloseVisit: _close_visit,
    decide.SkipTasks: _skip_tasks,
    decide.Assign: _assign,
    decide.EnterStage: _enter_stage,
    decide.LayTask: _lay_tasks,
    decide.CloseLead: _close_lead,
}


def met_at_once(deed: Deed) -> bool:
    """Whether the goals of the stage the lead lies in are met as it stands."""
    facts = facts_of(deed.lead, deed.process, deed.visit)
    return decide.progress(deed.process.design.stage(facts.stage), facts).met
