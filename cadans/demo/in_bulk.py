"""The writer in bulk: deeds are folded in memory and copied into the tables.

It stands beside the engine for sizes at which the engine would take hours. What follows from a
deed is decided by the same pure functions (`process.decide`, `assignment.choose`,
`process.calendar`); only the hands that carry it out are others. A test sells the same history
both ways and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from cadans.assignment.models import Turn
from cadans.contacts.models import Company, Person
from cadans.demo import deeds as did
from cadans.demo.deeds import Deed, OpenTask, Standing
from cadans.demo.firm import VIA, DemoCompany, publish_second
from cadans.demo.hands import Hands
from cadans.demo.kept import keep, told_lead, told_task
from cadans.demo.rows import Rows, as_json
from cadans.demo.twin import Twin, TwinTask
from cadans.events.act import history
from cadans.ground.conditions import Condition, weigh
from cadans.ground.ids import new_id_as_text
from cadans.leads.models import (
    Activity,
    GoalTick,
    LeadPerson,
    LeadProduct,
    Signal,
)
from cadans.process import decide
from cadans.process.facts import Held, Received, Ticked
from cadans.process.models import Pipeline, RoutingRule, published

CURRENCY = "EUR"
CENT = Decimal("0.01")


class InBulk:
    """Carries deeds out in memory, and copies what is finished."""

    def __init__(self, company: DemoCompany) -> None:
        self.company = company
        self.rows = Rows(via=VIA)
        self.twins: dict[int, Twin] = {}
        self.firms: dict[int, str] = {}
        self.people: dict[int, str] = {}
        self.ids = {key: user.id for key, user in company.users.items()}
        self.keys = {id: key for key, id in self.ids.items()}
        self.hands = Hands(company, self.rows)
        self._look_at_processes()

    def do(self, deed: Deed) -> Standing:
        if isinstance(deed, did.Open):
            twin = self._open(deed)
        else:
            twin = self.twins[deed.lead]
            self.rows.begin(self.ids[deed.by] if deed.by else None)
            HANDS[type(deed)](self, twin, deed)
            twin.revision += 1
        return self._standing(deed.lead, twin)

    def publish(self, deed: did.Publish) -> None:
        self.rows.wait()
        with history(deed.at):
            publish_second(self.company, deed.pipeline)
        self._look_at_processes()
        process = self.processes[deed.pipeline]
        for twin in self.twins.values():
            if twin.pipeline == deed.pipeline:
                twin.process = process

    def finish(self) -> None:
        for twin in self.twins.values():
            keep(self.rows, twin)
        self.rows.write()
        self.rows.wait()
        Turn.objects.bulk_create(
            Turn(pool=pool, last=last, dealt=self.hands.dealt[pool])
            for pool, last in self.hands.turns.items()
        )

    def _look_at_processes(self) -> None:
        rows = Pipeline.objects.filter(key__in=self.company.pipelines)
        self.processes = {row.key: published(row.version_id) for row in rows if row.version_id}
        self.default = rows.get(is_default=True).key
        self.routing = [
            (rule.name, Condition.model_validate(rule.when), rule.pipeline.key)
            for rule in RoutingRule.objects.select_related("pipeline")
        ]

    def _standing(self, n: int, twin: Twin) -> Standing:
        if twin.status != "open":
            keep(self.rows, self.twins.pop(n))
            if self.rows.full:
                self.rows.write()
        return Standing(
            pipeline=twin.pipeline,
            version=twin.process.number,
            stage=twin.stage,
            status=twin.status,
            owner=self.keys[twin.owner] if twin.owner else None,
            tasks=[
                OpenTask(one.key, one.due_at) for one in twin.open_tasks() if one.key and one.due_at
            ],
        )

    # ── One hand a deed ──────────────────────────────────────────────────────────────────────

    def _open(self, deed: did.Open) -> Twin:
        company = self._firm(deed)
        person = self._person(deed.contact, company, deed.at)
        key, routed = self._route(deed)
        process = self.processes[key]
        firm, territory = deed.firm, self.company.territories[deed.territory]
        fields: dict[str, Any] = {
            "title": deed.title,
            "value": deed.value,
            "currency": CURRENCY if deed.value is not None else "",
            "expected_close": None,
            "competitor": "",
            "external_id": deed.external_id,
            "source": deed.source,
            "territory": [deed.territory, *([territory.parent.name] if territory.parent else [])],
            "company": firm.name,
            "company.country": firm.country,
        } | {f"custom.{name}": value for name, value in deed.custom.items()}
        twin = Twin(
            id=new_id_as_text(),
            title=deed.title,
            pipeline=key,
            pipeline_id=process.pipeline,
            process=process,
            stage=process.design.stages[0].key,
            opened_at=deed.at,
            stage_entered_at=deed.at,
            touched_at=deed.at,
            company=company,
            source=self.company.sources[deed.source].id,
            territory=territory.id,
            custom=deed.custom,
            external_id=deed.external_id,
            value=deed.value,
            fields=fields,
            revision=1,
        )
        self.twins[deed.lead] = twin
        self.rows.begin(None)
        created = self.hands.record(
            twin, "lead_created", deed.at, {"fields": told_lead(twin)}, as_json(routed)
        )
        self.rows.caused_from_now_on_by(created)
        self._part(twin, person, "", first=True)
        because = {"rule": "created", "stage": twin.stage, "version": process.number}
        self.hands.carry_out(twin, decide.enter(process.design.stages[0], because), deed.at)
        self.hands.settle(twin, deed.at)
        return twin

    def _firm(self, deed: did.Open) -> str:
        firm = deed.firm
        if firm.n not in self.firms:
            told = asdict(firm)
            told["custom"] = {"wagenpark": str(told.pop("vehicles"))}
            del told["n"]
            id = self.firms[firm.n] = new_id_as_text()
            contact = self._contact(id) | {**told, "custom": as_json(told["custom"])}
            nothing = {"kind": "", "market": "", "address": "", "parent": None, "phone": ""}
            self.rows.add(Company, contact | nothing)
            self.rows.begin(None)
            self.rows.record(
                "company_added", deed.at, subject=id, subject_kind="company", data={"fields": told}
            )
        return self.firms[firm.n]

    def _person(self, contact: did.Contact, company: str, at: datetime) -> str:
        if contact.n not in self.people:
            id = self.people[contact.n] = new_id_as_text()
            told = {
                "name": contact.name,
                "email": contact.email,
                "phone": contact.phone,
                "job_title": contact.job_title,
                "company": company,
            }
            self.rows.add(Person, self._contact(id) | told | {"language": ""})
            self.rows.begin(None)
            self.rows.record(
                "person_added", at, subject=id, subject_kind="person", data={"fields": told}
            )
        return self.people[contact.n]

    def _contact(self, id: str) -> dict[str, Any]:
        return {
            "id": id,
            "custom": "{}",
            "made_at": self.rows.now,
            "changed_at": self.rows.now,
            "deleted_at": None,
            "revision": 1,
            "external_id": None,
        }

    def _log(self, twin: Twin, deed: did.Log) -> None:
        self._activity(twin, deed, deed.kind, deed.at, outcome=deed.outcome, note=deed.note)
        twin.held.append(Held(deed.kind, deed.at, deed.outcome, True))
        self.hands.touch(twin, deed.at)
        self.hands.settle(twin, deed.at)

    def _plan(self, twin: Twin, deed: did.Plan) -> None:
        self._activity(twin, deed, deed.kind, deed.on, held=False)
        twin.held.append(Held(deed.kind, deed.on, "", False))
        self.hands.settle(twin, deed.at)

    def _activity(
        self,
        twin: Twin,
        deed: Deed,
        kind: str,
        at: datetime,
        *,
        outcome: str = "",
        note: str = "",
        held: bool = True,
    ) -> None:
        id = new_id_as_text()
        by = self.ids[deed.by] if deed.by else None
        twin.add(
            Activity,
            {
                "id": id,
                "lead": twin.id,
                "kind": kind,
                "at": at,
                "held": held,
                "called_off_at": None,
                "outcome": outcome,
                "note": note,
                "by": by,
            },
        )
        told = {"activity": id, "kind": kind, "at": at, "held": held, "outcome": outcome}
        self.hands.cause(twin, "activity_logged", deed.at, {**told, "people": []})

    def _do(self, twin: Twin, deed: did.Do) -> None:
        task = next(one for one in twin.open_tasks() if one.key == deed.task)
        task.state, task.ended_at, task.revision = "done", deed.at, task.revision + 1
        task.ended_by = self.ids[deed.by] if deed.by else None
        self.hands.cause(twin, "task_done", deed.at, told_task(task))
        self.hands.touch(twin, deed.at)
        self.hands.settle(twin, deed.at)

    def _hear(self, twin: Twin, deed: did.Hear) -> None:
        id = new_id_as_text()
        twin.add(
            Signal,
            {
                "id": id,
                "name": deed.signal,
                "at": deed.at,
                "received_at": self.rows.now,
                "payload": as_json(deed.payload),
                "lead": twin.id,
                "person": None,
            },
        )
        told = {"signal": id, "name": deed.signal, "payload": deed.payload}
        self.hands.cause(twin, "signal_received", deed.at, told)
        twin.heard.append(Received(deed.signal, deed.at, deed.payload))
        self.hands.touch(twin, deed.at)
        self.hands.settle(twin, deed.at)

    def _tick(self, twin: Twin, deed: did.Tick) -> None:
        if any(one.stage == twin.stage and one.goal == deed.goal for one in twin.ticks):
            return
        stage = twin.stage_id
        by = self.ids[deed.by] if deed.by else None
        twin.add(
            GoalTick,
            {
                "id": new_id_as_text(),
                "lead": twin.id,
                "stage": stage,
                "goal": deed.goal,
                "by": by,
                "at": deed.at,
            },
        )
        self.hands.cause(twin, "goal_ticked", deed.at, {"stage": stage, "goal": deed.goal})
        twin.ticks.append(Ticked(twin.stage, deed.goal, deed.at))
        self.hands.touch(twin, deed.at)
        self.hands.settle(twin, deed.at)

    def _change(self, twin: Twin, deed: did.Change) -> None:
        changes = dict(deed.changes)
        if "value" in changes:
            changes["value"] = Decimal(str(changes["value"])).quantize(CENT)
            changes["currency"] = CURRENCY
        told = {
            name: [twin.fields[name], value]
            for name, value in changes.items()
            if twin.fields[name] != value
        }
        if not told:
            return
        self.hands.cause(twin, "lead_changed", deed.at, {"changes": told})
        twin.fields.update(changes)
        for name in changes.keys() - {"currency"}:
            setattr(twin, name, changes[name])
        self.hands.settle(twin, deed.at)

    def _bring(self, twin: Twin, deed: did.Bring) -> None:
        person = self._person(deed.contact, self.firms[deed.contact.firm], deed.at)
        self.rows.begin(self.ids[deed.by] if deed.by else None)
        self._part(twin, person, deed.role, first=False)
        self.hands.cause(twin, "lead_person_set", deed.at, {"person": person, "role": deed.role})
        twin.fields.setdefault(f"people.{deed.role}", deed.contact.name)
        self.hands.settle(twin, deed.at)

    def _part(self, twin: Twin, person: str, role: str, *, first: bool) -> None:
        part = {
            "id": new_id_as_text(),
            "lead": twin.id,
            "person": person,
            "role": role,
            "is_first": first,
        }
        twin.add(LeadPerson, part)

    def _choose(self, twin: Twin, deed: did.Choose) -> None:
        told = []
        for line in deed.lines:
            row = {
                "product": self.company.products[line.product].id,
                "quantity": line.quantity,
                "price": line.price,
            }
            told.append(row)
            twin.add(LeadProduct, {"id": new_id_as_text(), "lead": twin.id, **row})
        self.hands.cause(twin, "lead_products_set", deed.at, {"products": told})
        total = sum((line.quantity * line.price for line in deed.lines), Decimal(0))
        before, twin.value = twin.value, total.quantize(CENT)
        changes = {"value": [before, twin.value]}
        self.hands.record(twin, "lead_changed", deed.at, {"changes": changes})
        twin.fields |= {
            "value": twin.value,
            "currency": CURRENCY,
            "product": [line.product for line in deed.lines],
        }
        self.hands.settle(twin, deed.at)

    def _give(self, twin: Twin, deed: did.Give) -> None:
        self.hands.give(twin, self.ids[deed.to], deed.at, "{}")
        self.hands.settle(twin, deed.at)

    def _move(self, twin: Twin, deed: did.Move) -> None:
        design = twin.process.design
        here, there = design.stage(twin.stage), design.stage(deed.stage)
        standing = decide.progress(here, twin.facts())
        because = {"rule": "by_hand", "stage": here.key, "version": twin.process.number}
        told = {
            "from": here.key,
            "to": there.key,
            "unmet": standing.unmet,
            "reason": deed.reason,
        }
        self.hands.cause(twin, "lead_moved", deed.at, told)
        jumped = design.position(there.key) - design.position(here.key) > 1
        met = standing.met or not here.goals
        leaving = decide.leave(here, "moved", met, because)
        self.hands.carry_out(twin, leaving, deed.at, reason=deed.reason)
        entering = decide.enter(there, because)
        self.hands.carry_out(twin, entering, deed.at, reason=deed.reason, jumped=jumped)
        self.hands.settle(twin, deed.at)

    def _win(self, twin: Twin, deed: did.Win) -> None:
        self._leave_for_good(twin, "won", deed.at)
        won = twin.process.design.won
        if won:
            self.hands.carry_out(twin, decide.enter(won, {"rule": "by_hand"}), deed.at)

    def _lose(self, twin: Twin, deed: did.Lose) -> None:
        twin.reason = self.company.reasons[deed.reason].id if deed.reason else None
        self._leave_for_good(twin, "lost", deed.at)
        self.hands.close(twin, "lost", deed.at, "{}")

    def _leave_for_good(self, twin: Twin, how: str, at: datetime) -> None:
        here = twin.process.design.stage(twin.stage)
        met = decide.progress(here, twin.facts()).met or not here.goals
        self.hands.carry_out(twin, decide.leave(here, how, met, {"rule": "by_hand"}), at)

    def _add(self, twin: Twin, deed: did.Add) -> None:
        task = TwinTask(
            id=new_id_as_text(),
            stay=None,
            key="",
            name=deed.name,
            names={},
            kind=deed.kind,
            required=False,
            assignee=self.ids[deed.by] if deed.by else None,
            due_at=deed.due_at,
            made_at=deed.at,
        )
        twin.tasks.append(task)
        told = told_task(task) | {"due_at": task.due_at, "assignee": task.assignee}
        self.hands.record(twin, "task_added", deed.at, told)

    def _route(self, deed: did.Open) -> tuple[str, Mapping[str, Any]]:
        for name, condition, key in self.routing:
            weighed = weigh(condition, {"source": deed.source})
            if weighed.holds:
                return key, {"rule": name, "seen": weighed.seen}
        return self.default, {"rule": "default"}


HANDS: dict[type[Deed], Any] = {
    did.Log: InBulk._log,
    did.Plan: InBulk._plan,
    did.Do: InBulk._do,
    did.Hear: InBulk._hear,
    did.Tick: InBulk._tick,
    did.Change: InBulk._change,
    did.Bring: InBulk._bring,
    did.Choose: InBulk._choose,
    did.Give: InBulk._give,
    did.Move: InBulk._move,
    did.Win: InBulk._win,
    did.Lose: InBulk._lose,
    did.Add: InBulk._add,
}
