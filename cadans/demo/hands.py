"""The hands of the writer in bulk: what follows from a deed, carried out in memory.

Each stands beside a hand of `leads/settle.py`, decides nothing, and tells the same event.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from cadans.assignment.candidates import Candidate, Rota
from cadans.assignment.choose import choose
from cadans.assignment.rules import AssignmentRule
from cadans.demo.firm import DemoCompany
from cadans.demo.kept import told_task
from cadans.demo.people import BOSSES, SELLERS
from cadans.demo.rows import Rows, as_json
from cadans.demo.simulate import absences
from cadans.demo.twin import Stay, Twin, TwinTask
from cadans.ground.ids import new_id_as_text
from cadans.leads.models import Closing
from cadans.process import decide
from cadans.process.calendar import due_date
from cadans.process.design import StageDesign
from cadans.team.queries import organisation, working_time


class Hands:
    """Carries steps out on leads in memory, and knows whose turn it is and who is away."""

    def __init__(self, company: DemoCompany, rows: Rows) -> None:
        self.rows = rows
        self.ids = {key: user.id for key, user in company.users.items()}
        self.names = {user.id: user.name for user in company.users.values()}
        self.turns: dict[str, uuid.UUID] = {}
        self.dealt: Counter[str] = Counter()
        self.open_leads: Counter[uuid.UUID] = Counter()
        self.language = organisation().language
        self.members = {
            company.teams[team].id: [self.ids[one.key] for one in SELLERS if one.team == team]
            for team in company.teams
        }
        bosses = {boss.team: self.ids[boss.key] for boss in BOSSES if boss.team}
        self.manager_of = {self.ids[one.key]: bosses[one.team] for one in SELLERS}
        self.working = working_time()
        self.away: dict[uuid.UUID, set[date]] = {}
        for key, first, last, _note in absences(company.period.today):
            row = self.away.setdefault(self.ids[key], set())
            row.update(first + timedelta(days=n) for n in range((last - first).days + 1))
        self.working_of = {id: self.working.without(days) for id, days in self.away.items()}

    def settle(self, twin: Twin, at: datetime) -> None:
        """Move the lead on as far as its goals allow."""
        design, number = twin.process.design, twin.process.number
        for _round in range(len(design.stages)):
            steps = decide.next_steps(design, twin.facts(), version=number)
            if not steps:
                break
            self.carry_out(twin, steps, at)

    def carry_out(
        self,
        twin: Twin,
        steps: Sequence[decide.Step],
        at: datetime,
        *,
        reason: str = "",
        jumped: bool = False,
    ) -> None:
        """Carry steps out in order."""
        because = ""
        for kind, group in groupby(steps, type):
            row: list[Any] = list(group)
            because = because or as_json(row[0].because)
            if kind is decide.CloseVisit:
                self._close_visit(twin, row[0], at, because, reason)
            elif kind is decide.SkipTasks:
                self._skip_tasks(twin, at, because)
            elif kind is decide.Assign:
                self._assign(twin, twin.process.design.stage(row[0].stage), at)
            elif kind is decide.EnterStage:
                self._enter(twin, row[0].stage, at, because, reason, jumped)
            elif kind is decide.LayTask:
                self._lay_tasks(twin, row, at, because)
            elif kind is decide.CloseLead:
                self.close(twin, row[0].status, at, because)

    def _close_visit(
        self, twin: Twin, step: decide.CloseVisit, at: datetime, because: str, reason: str
    ) -> None:
        stay = twin.stay
        if stay is None:
            return
        told = {"visit": stay.id, "stage": stay.stage_id, "how": step.how}
        told |= {"goals_met": step.goals_met, "reason": reason}
        stay.left_by = self.record(twin, "stage_left", at, told, because)
        stay.left_at, stay.how, stay.goals_met = at, step.how, step.goals_met

    def _skip_tasks(self, twin: Twin, at: datetime, because: str) -> None:
        for task in twin.open_tasks():
            if task.stay is not None:
                task.state, task.ended_at = "skipped", at
                self.record(twin, "task_skipped", at, told_task(task), because)

    def _assign(self, twin: Twin, stage: StageDesign, at: datetime) -> None:
        day = self.working.day_of(at)

        def pool(rule: str) -> str:
            return f"{twin.pipeline_id}:{rule}"

        def candidates(rule: AssignmentRule) -> tuple[Sequence[Candidate], Rota]:
            ids = self.members[rule.to.team] if rule.to.team else rule.to.users
            counted = rule.to.strategy == "fewest_open"
            return [
                Candidate(
                    id,
                    self.names[id],
                    self.open_leads[id] if counted else 0,
                    absent=day in self.away.get(id, ()),
                )
                for id in ids
            ], Rota(self.turns.get(pool(rule.key)))

        choice = choose(stage.rules, twin.fields, candidates, fallback=stage.fallback)
        if choice is None:
            return
        because = as_json({**choice.because, "version": twin.process.number})
        if choice.user is None:
            self.record(twin, "assignment_missed", at, {"owner": twin.owner}, because)
            return
        self.turns[pool(choice.rule)] = choice.user
        self.dealt[pool(choice.rule)] += 1
        self.give(twin, choice.user, at, because)

    def give(self, twin: Twin, owner: uuid.UUID, at: datetime, because: str) -> None:
        """Make somebody the owner; the old owner's open tasks on it go along."""
        before = twin.owner
        if before == owner:
            return
        twin.owner = owner
        self.open_leads[owner] += 1
        if before is not None:
            self.open_leads[before] -= 1
            for task in twin.tasks:
                if task.state == "open" and task.assignee == before:
                    task.assignee = owner
        self.record(twin, "lead_assigned", at, {"owner": owner, "before": before}, because)

    def _enter(
        self, twin: Twin, key: str, at: datetime, because: str, reason: str, jumped: bool
    ) -> None:
        row = twin.process.stage(key)
        ends = twin.process.design.stage(key).ends_in
        id = new_id_as_text()
        told = {"visit": id, "stage": row.id, "name": row.name, "version": twin.process.version}
        told |= {"owner": twin.owner, "jumped": jumped, "reason": reason}
        event = self.record(twin, "stage_entered", at, told, because)
        stay = Stay(
            id, twin.process.version, key, row.id, twin.owner, at, jumped, reason, entered_by=event
        )
        if ends:
            stay.left_at, stay.how, stay.goals_met, stay.left_by = at, ends, True, event
            told = {"visit": id, "stage": row.id, "how": ends, "goals_met": True}
            self.record(twin, "stage_left", at, told, because)
        twin.stay = stay
        twin.stays.append(stay)
        twin.stage = key
        twin.stage_entered_at = at
        self.touch(twin, at)
        self.rows.caused_from_now_on_by(event)

    def _lay_tasks(
        self, twin: Twin, steps: Sequence[decide.LayTask], at: datetime, because: str
    ) -> None:
        laid = []
        for step in steps:
            person = twin.owner
            if step.task.to == "manager":
                person = self.manager_of.get(twin.owner) if twin.owner else None
            working = self.working_of.get(person, self.working) if person else self.working
            due = due_date(
                step.task.due, entered_at=at, working=working, expected_close=twin.expected_close
            )
            laid.append(
                TwinTask(
                    id=new_id_as_text(),
                    stay=twin.stay,
                    key=step.task.key,
                    name=step.task.label(self.language)[:200],
                    names=step.task.name,
                    kind=step.task.kind,
                    required=step.task.required,
                    assignee=person,
                    due_at=due,
                    made_at=at,
                )
            )
        twin.tasks += laid
        for task in laid:
            told = told_task(task) | {"due_at": task.due_at, "assignee": task.assignee}
            self.record(twin, "task_laid", at, told, because)

    def close(self, twin: Twin, status: str, at: datetime, because: str) -> None:
        """End the lead, and keep its end as a fact of its own."""
        twin.status, twin.closed_at = status, at
        self.touch(twin, at)
        if twin.owner:
            self.open_leads[twin.owner] -= 1
        id, stage = new_id_as_text(), twin.stage_id
        twin.add(
            Closing,
            {
                "id": id,
                "lead": twin.id,
                "pipeline": twin.pipeline_id,
                "version": twin.process.version,
                "stage": stage,
                "status": status,
                "owner": twin.owner,
                "reason": twin.reason,
                "opened_at": twin.opened_at,
                "at": at,
                "value": twin.value,
                "currency": twin.fields["currency"],
                "worth": twin.value,
                "reopened_at": None,
            },
        )
        told = {"closing": id, "status": status, "stage": stage, "owner": twin.owner}
        told |= {"reason": twin.reason, "value": twin.value, "currency": twin.fields["currency"]}
        self.record(twin, f"lead_{status}", at, told, because)

    def record(
        self, twin: Twin, kind: str, at: datetime, told: Mapping[str, Any], because: str = "{}"
    ) -> str:
        """Note an event about the lead."""
        return self.rows.record(
            kind,
            at,
            subject=twin.id,
            lead=twin.id,
            pipeline=twin.pipeline_id,
            data=told,
            because=because,
        )

    def cause(self, twin: Twin, kind: str, at: datetime, told: Mapping[str, Any]) -> None:
        """Record what the deed was; what follows names it as its cause."""
        self.rows.caused_from_now_on_by(self.record(twin, kind, at, told))

    def touch(self, twin: Twin, at: datetime) -> None:
        """Note that somebody saw to the lead."""
        twin.touched_at = max(twin.touched_at or at, at)
