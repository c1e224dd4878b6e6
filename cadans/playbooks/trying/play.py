"""Play what was done with leads through a design, with nothing changed. Pure.

The decisions are the engine's own (`process.decide`, `assignment.choose`). The hands beside them
are those of `leads.settle` and of the room's actions, on leads in memory instead of rows: the
same deeds in the same order, so the same moves.

A deed of the past may have no ground under another design: a lead that lies further on already is
not moved forward again, a goal that is not there is not ticked. Such deeds are passed over.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from cadans.ground.conditions import weigh
from cadans.playbooks.trying.describing import Describing
from cadans.playbooks.trying.dues import DueAt, Dues
from cadans.playbooks.trying.listed import count_lists
from cadans.playbooks.trying.marks import EVERYONE, Marks
from cadans.playbooks.trying.played import Looked, Played, PlayedTask, Stay, looked_at
from cadans.playbooks.trying.roster import Roster
from cadans.playbooks.trying.told import Names, Start, Told
from cadans.process import decide
from cadans.process.design import Design, StageTask
from cadans.process.facts import Held, Received, Ticked
from cadans.process.goals.box import BoxGoal

Looks = frozenset[str]
"""What a deed changed, in the words of `played.asked_by`: the broad one and the narrow one."""

NOTHING: Looks = frozenset()
OWNER: Looks = frozenset({"fields", "owner"})
PEOPLE: Looks = frozenset({"people", "person", "fields"})
PRODUCTS: Looks = frozenset({"product", "product_line", "fields"})
BOX: Looks = frozenset({"box"})


class Play:
    """A design, and the leads that are played through it one act at a time."""

    def __init__(
        self, design: Design, *, roster: Roster, names: Names, describing: Describing, marks: Marks
    ) -> None:
        self.design = design
        self.stages = looked_at(design)
        self.first = next(iter(self.stages.values()))
        self.roster = roster
        self.names = names
        self.describing = describing
        self.marks = marks
        self.dues = Dues(roster.working, roster.away)
        self._due_anew: list[tuple[PlayedTask, datetime | None]] = []

    def begin(self, deed: Told, start: Start) -> Played:
        """A lead as it came in; its first stage begins with the event that tells of it."""
        fields = deed.data["fields"]
        owner = uuid.UUID(fields["owner"]) if fields.get("owner") else None
        lead = Played(deed.lead, deed.at, owner)
        lead.marks.add(self.marks[EVERYONE])
        self.roster.give(None, owner)
        self.describing.begin(lead, fields, start)
        return lead

    def play(self, lead: Played, deeds: Sequence[Told]) -> None:
        """Carry out the deeds of one act, then move the lead on as far as its goals allow."""
        changed: Looks | None = NOTHING
        for deed in deeds:
            hand = HANDS.get(deed.kind)
            if hand is None:
                continue
            looks = hand(self, lead, deed)
            changed = None if changed is None or looks is None else changed | looks
        if changed is None or changed:
            self._settle(lead, deeds[-1], changed)
        for task, ended_at in self._due_anew:
            if task.state == "open":
                task.due = self._due(lead, task, entered_at=lead.entered_at, after_task=ended_at)
        self._due_anew.clear()

    # ── The engine's part ────────────────────────────────────────────────────────────────────

    def _settle(self, lead: Played, deed: Told, changed: Looks | None) -> None:
        """Ask what follows; only when the stage looks at what changed (None: at anything)."""
        for _round in range(len(self.stages)):
            if not lead.is_open or not lead.stays:
                return
            stage = self.stages[lead.stage]
            if changed is not None and changed.isdisjoint(stage.asks):
                return
            facts = lead.facts(stage)
            standing = decide.progress(stage.design, facts)
            self._mark_goals(lead, stage, standing)
            if not standing.met and not lead.held:
                return
            steps = decide.next_steps(self.design, facts)
            if not steps:
                return
            self._carry_out(lead, steps, deed)
            changed = None

    def _mark_goals(self, lead: Played, stage: Looked, standing: decide.Progress) -> None:
        for goal, weighing in standing.goals:
            if weighing.met:
                lead.marks.add(self.marks.of("would", "goal", stage.key, goal.key))
                self._reach(lead, stage, goal.key)
        if standing.met:
            self._reach(lead, stage, "")

    def _reach(self, lead: Played, stage: Looked, goal: str) -> None:
        """A goal is met: for automations only the first time in a stay."""
        reached = lead.stays[-1].reached
        if goal not in reached:
            reached.add(goal)
            self._automate(lead, stage.key, "goal", goal)

    def _carry_out(self, lead: Played, steps: Sequence[decide.Step], deed: Told) -> None:
        at = self._at(lead, deed)
        for step in steps:
            match step:
                case decide.Release():
                    lead.held = False
                case decide.CloseVisit():
                    self._leave(lead, step.how, at, deed.act)
                case decide.Assign():
                    self._assign(lead, self.stages[step.stage], at)
                case decide.EnterStage():
                    self._enter(lead, self.stages[step.stage], at, deed.act)
                case decide.LayTask():
                    self._lay(lead, step.stage, step.task, at)
                case decide.CloseLead():
                    self._close(lead, step.status)

    def _at(self, lead: Played, deed: Told) -> datetime:
        return max(deed.at, lead.stays[-1].entered_at) if lead.stays else deed.at

    def _automate(self, lead: Played, stage: str, on: str, named: str = "") -> None:
        """Mark what the stage's automations would have done on this, and for whom."""
        here = self.stages.get(stage)
        for one in here.design.automations if here else ():
            if one.on != on or (one.goal or one.signal or "") != named:
                continue
            mark = self.marks.of("would", "automation", stage, one.key)
            if (one.once and mark in lead.marks) or not weigh(one.when, lead.fields).holds:
                continue
            lead.marks.add(mark)
            self.marks.amounts[mark] += 1
            whose = one.do.user if one.do.to == "user" else lead.owner
            if one.do.to == "manager" and lead.owner:
                whose = self.roster.managers.get(lead.owner, lead.owner)
            if one.do.to != "role" and whose:
                lead.marks.add(self.marks.of("would", "automated", stage, one.key, whose))

    def _leave(self, lead: Played, how: str, at: datetime, act: str) -> None:
        stay = lead.stays[-1]
        stay.left_at, stay.how, stay.leaver = at, how, lead.owner
        way = how if how in {"advanced", "moved"} else "closed"
        lead.marks.add(self.marks.of("would", way, stay.stage))
        if how == "advanced" and lead.began_in == act:
            lead.marks.add(self.marks.of("would", "at_once", stay.stage))
        for task in lead.open_tasks():
            task.state, task.ended_at = "skipped", at
        self._automate(lead, stay.stage, "left")
        count_lists(self.marks, lead, self.stages[stay.stage], "leaving", how)

    def _assign(self, lead: Played, stage: Looked, at: datetime) -> None:
        choice = self.roster.choose(
            stage.design.rules,
            lead.fields,
            lead=lead.id,
            traits=lead.traits,
            at=at,
            fallback=stage.design.fallback,
        )
        if choice is None:
            lead.marks.add(self.marks.of("would", "unmatched", stage.key))
            return
        rule = choice.rule.split("+")[0].split("/")[0]  # its other targets and bands have pools
        if choice.user is None:
            lead.marks.add(self.marks.of("would", "nobody", stage.key, rule))
            return
        lead.marks.add(self.marks.of("would", "rule", stage.key, rule))
        lead.marks.add(self.marks.of("would", "given", stage.key, rule, choice.user))
        self._give(lead, choice.user)

    def _give(self, lead: Played, owner: uuid.UUID | None) -> None:
        before = lead.owner
        if before == owner:
            return
        if lead.is_open:
            self.roster.give(before, owner)
        lead.owner = owner
        if before is not None:
            for task in lead.open_tasks():
                if task.assignee == before:
                    task.assignee = owner
        self.describing.owner(lead)

    def _enter(self, lead: Played, stage: Looked, at: datetime, act: str) -> None:
        ends = stage.design.ends_in
        lead.stays.append(Stay(stage.key, at, lead.owner, at if ends else None, ends or ""))
        lead.stage, lead.held, lead.began_in = stage.key, False, act
        lead.marks.add(self.marks.of("would", "entered", stage.key))
        self._automate(lead, stage.key, "entered")
        count_lists(self.marks, lead, stage, "entering", ends or "")

    def _lay(self, lead: Played, stage: str, task: StageTask, at: datetime) -> None:
        whose = lead.owner
        if task.to == "user":
            whose = task.user
        elif task.to == "manager":
            whose = self.roster.managers.get(lead.owner, lead.owner) if lead.owner else None
        elif task.to == "team" and task.team:
            pool = f"task:{stage}:{task.key}"
            whose = self.roster.choose_for_task(
                task.team, strategy=task.strategy, pool=pool, at=at, otherwise=lead.owner
            )
        laid = PlayedTask(task, stage, whose, at)
        laid.due = self._due(lead, laid, entered_at=at)
        lead.tasks.append(laid)
        of = self.marks.of
        for mark in (
            of("would", "task", stage, task.key),
            of("would", "kind", task.kind),
            of("would", "tasks_of", whose),
        ):
            lead.marks.add(mark)
            self.marks.amounts[mark] += 1

    def _due(
        self,
        lead: Played,
        task: PlayedTask,
        *,
        entered_at: datetime,
        after_task: datetime | None = None,
    ) -> DueAt | None:
        return self.dues.of(
            task.design.due,
            entered_at=entered_at,
            assignee=task.assignee,
            expected_close=lead.fields.get("expected_close"),
            after_task=after_task,
        )

    def _close(self, lead: Played, status: str) -> None:
        lead.status, lead.closer = status, lead.owner
        self.roster.give(lead.owner, None)
        stays = [one.stage for one in lead.stays if not self.stages[one.stage].design.ends_in]
        if stays:
            self._automate(lead, stays[-1], status)

    # ── One hand a deed: it says what it changed, None for anything ──────────────────────────

    def _first_stage(self, lead: Played, deed: Told) -> Looks | None:
        """A lead came in, in the first stage or in one that was named (an import names each)."""
        key, place = self.names.stages.get(deed.data["stage"], ("", 0))
        if lead.stays:
            return self._go(lead, deed, to=key, start="")
        stage = self.stages.get(key, self.first) if place else self.first
        assign = lead.owner is None
        self._carry_out(lead, decide.enter(stage.design, {}, assign=assign), deed)
        return None

    def _rebuilt(self, lead: Played, deed: Told) -> Looks | None:
        """An import tells of the stages anew: what it told before counts no more."""
        if not lead.is_open:
            self.roster.give(None, lead.owner)
        lead.status, lead.stage = "open", ""
        lead.stays.clear()
        lead.tasks.clear()
        everyone = self.marks[EVERYONE]
        lead.marks = {everyone}
        return NOTHING

    def _changed(self, lead: Played, deed: Told) -> Looks | None:
        changes = deed.data["changes"]
        for name, (_before, after) in changes.items():
            self.describing.change(lead, name, after)
        if "expected_close" in changes:
            self._due_anew += [
                (task, None)
                for task in lead.open_tasks()
                if task.design.due.since == "before_expected_close"
            ]
        if "currency" in changes:
            return frozenset({"fields", "value", *changes})
        return frozenset({"fields", *changes})

    def _assigned(self, lead: Played, deed: Told) -> Looks | None:
        owner = deed.data["owner"]
        self._give(lead, uuid.UUID(owner) if owner else None)
        return OWNER

    def _person_set(self, lead: Played, deed: Told) -> Looks | None:
        self.describing.join(lead, deed.data["person"], deed.data["role"])
        return PEOPLE

    def _person_removed(self, lead: Played, deed: Told) -> Looks | None:
        self.describing.leave(lead, deed.data["person"])
        return PEOPLE

    def _products_set(self, lead: Played, deed: Told) -> Looks | None:
        self.describing.products(lead, [line["product"] for line in deed.data["products"]])
        return PRODUCTS

    def _logged(self, lead: Played, deed: Told) -> Looks | None:
        data = deed.data
        at = datetime.fromisoformat(data["at"])
        lead.activities[data["activity"]] = Held(data["kind"], at, data["outcome"], data["held"])
        return frozenset({"activity", f"activity:{data['kind']}"})

    def _held(self, lead: Played, deed: Told) -> Looks | None:
        """What was planned took place, or is planned for another moment."""
        data = deed.data
        before = lead.activities.get(data["activity"])
        held = bool(data.get("held", before.held if before else False))
        outcome = data.get("outcome", before.outcome if before else "")
        at = datetime.fromisoformat(data["at"])
        lead.activities[data["activity"]] = Held(data["kind"], at, outcome, held)
        return frozenset({"activity", f"activity:{data['kind']}"})

    def _called_off(self, lead: Played, deed: Told) -> Looks | None:
        data = deed.data
        lead.activities.pop(data["activity"], None)
        return frozenset({"activity", f"activity:{data['kind']}"})

    def _heard(self, lead: Played, deed: Told) -> Looks | None:
        name = deed.data["name"]
        lead.signals.append(Received(name, deed.at, deed.data["payload"]))
        if lead.is_open and lead.stays:
            self._automate(lead, lead.stage, "signal", name)
        return frozenset({"signal", f"signal:{name}"})

    def _ticked(self, lead: Played, deed: Told) -> Looks | None:
        key, _place = self.names.stages.get(deed.data["stage"], ("", 0))
        goal = deed.data["goal"]
        if not lead.is_open or key != lead.stage:
            return self._without_ground(lead)
        boxes = {one.key for one in self.stages[key].design.goals if isinstance(one, BoxGoal)}
        if goal not in boxes:
            return self._without_ground(lead)
        lead.ticks = [one for one in lead.ticks if (one.stage, one.goal) != (key, goal)]
        if deed.kind == "goal_ticked":
            lead.ticks.append(Ticked(key, goal, deed.at))
        return BOX

    def _task_ended(self, lead: Played, deed: Told) -> Looks | None:
        key = deed.data["key"]
        stage = self.names.tasks.get(deed.data["task"])
        if not key or stage is None:
            return NOTHING  # a task of somebody's own
        for task in lead.open_tasks():
            if (task.key, task.stage) == (key, stage):
                task.state = "done" if deed.kind == "task_done" else "skipped"
                task.ended_at = deed.at
                if task.state == "done":
                    lead.marks.add(self.marks.of("would", "done", stage, key))
                self._due_anew += [
                    (other, deed.at) for other in lead.open_tasks() if other.design.due.task == key
                ]
                return frozenset({"task", f"task:{key}"})
        return self._without_ground(lead)

    def _moved(self, lead: Played, deed: Told) -> Looks | None:
        data = deed.data
        return self._go(lead, deed, to=data["to"], start=data["from"], reason=data["reason"])

    def _won(self, lead: Played, deed: Told) -> Looks | None:
        won = self.design.won
        return self._end(lead, deed, "won", won.key if won else "")

    def _lost(self, lead: Played, deed: Told) -> Looks | None:
        return self._end(lead, deed, "lost", "")

    def _cancelled(self, lead: Played, deed: Told) -> Looks | None:
        return self._end(lead, deed, "cancelled", "")

    def _reopened(self, lead: Played, deed: Told) -> Looks | None:
        if lead.is_open or not lead.stays:
            return self._without_ground(lead)
        ended = {key for key, stage in self.stages.items() if stage.design.ends_in}
        keys = [stay.stage for stay in reversed(lead.stays) if stay.stage not in ended]
        stage = self.stages[keys[0]] if keys else self.first
        lead.status = "open"
        self.roster.give(None, lead.owner)
        self._carry_out(lead, decide.enter(stage.design, {}, assign=False), deed)
        self._hold(lead)
        return NOTHING

    def _go(
        self, lead: Played, deed: Told, *, to: str, start: str, reason: str | None = None
    ) -> Looks | None:
        """Move by hand, when that still leads the same way. Without a reason nothing is asked."""
        there = self.stages.get(to)
        if there is None or not lead.is_open or lead.stage == to or not lead.stays:
            return self._without_ground(lead)
        here = self.stages[lead.stage]
        ahead = there.place > here.place
        before = self.stages.get(start)
        if before is not None and (there.place > before.place) != ahead:
            return self._without_ground(lead)
        standing = decide.progress(here.design, lead.facts(here))
        self._mark_goals(lead, here, standing)
        met = standing.met or not here.design.goals
        if reason is not None and ahead and not met and there.design.ends_in != "lost":
            enforcement = here.design.enforcement
            if enforcement == "block" and not (reason and self._is_boss(deed.actor)):
                lead.marks.add(self.marks.of("would", "refused", here.key))
                return NOTHING
            if enforcement == "reason" and not reason:
                lead.marks.add(self.marks.of("would", "asked", here.key))
        self._carry_out(
            lead, decide.leave(here.design, there.design.ends_in or "moved", met, {}), deed
        )
        self._carry_out(lead, decide.enter(there.design, {}), deed)
        if lead.status == "open" and not ahead:
            self._hold(lead)
        return None

    def _undone(self, lead: Played, deed: Told) -> Looks | None:
        """A move was taken back: back to that stage, when it was left under this design too."""
        to, _place = self.names.stages.get(deed.data["stage"], ("", 0))
        start, _place = self.names.stages.get(deed.data["from"], ("", 0))
        before = next((one for one in reversed(lead.stays[:-1]) if one.stage == to), None)
        if before is None or lead.stage != start:
            return self._without_ground(lead)
        if not lead.is_open:
            lead.status, lead.closer = "open", None
            self.roster.give(None, lead.owner)
        if lead.owner == lead.stays[-1].owner:
            self._give(lead, before.leaver)
        while lead.stays[-1] is not before:
            lead.stays.pop()
        lead.tasks = [
            one for one in lead.tasks if one.state != "open" or one.laid_at <= before.entered_at
        ]
        for task in lead.tasks:
            if task.state == "skipped" and task.ended_at == before.left_at:
                task.state, task.ended_at = "open", None
        before.left_at, before.how, before.leaver = None, "", None
        lead.stage = to
        self._hold(lead)
        return NOTHING

    def _end(self, lead: Played, deed: Told, status: str, stage: str) -> Looks | None:
        """Close by hand; the lead enters the stage that ends so, when there is one."""
        if not lead.is_open or not lead.stays:
            return NOTHING
        here = self.stages[lead.stage].design
        self._carry_out(lead, decide.leave(here, status, True, {}), deed)
        if stage:
            self._carry_out(lead, decide.enter(self.stages[stage].design, {}), deed)
        else:
            self._close(lead, status)
        return NOTHING

    def _hold(self, lead: Played) -> None:
        stage = self.stages[lead.stage]
        lead.held = decide.progress(stage.design, lead.facts(stage)).met

    def _is_boss(self, actor: str | None) -> bool:
        return actor is None or actor in self.names.bosses

    def _without_ground(self, lead: Played) -> Looks:
        lead.marks.add(self.marks.of("would", "without_ground"))
        return NOTHING


HANDS: Mapping[str, Callable[[Play, Played, Told], Looks | None]] = {
    "stage_entered": Play._first_stage,
    "history_rebuilt": Play._rebuilt,
    "lead_changed": Play._changed,
    "lead_assigned": Play._assigned,
    "lead_person_set": Play._person_set,
    "lead_person_removed": Play._person_removed,
    "lead_products_set": Play._products_set,
    "activity_logged": Play._logged,
    "activity_held": Play._held,
    "activity_replanned": Play._held,
    "activity_called_off": Play._called_off,
    "signal_received": Play._heard,
    "goal_ticked": Play._ticked,
    "goal_unticked": Play._ticked,
    "task_done": Play._task_ended,
    "task_skipped": Play._task_ended,
    "lead_moved": Play._moved,
    "move_undone": Play._undone,
    "lead_won": Play._won,
    "lead_lost": Play._lost,
    "lead_cancelled": Play._cancelled,
    "lead_reopened": Play._reopened,
}
"""Kind of event → the hand that carries the deed out anew. A new kind of deed is one line here."""
