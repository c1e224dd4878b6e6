"""The writer that sells: every deed goes through the product's own actions."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from cadans.contacts.actions import add_company, add_person
from cadans.contacts.models import Company, Person
from cadans.demo import deeds as did
from cadans.demo.deeds import Deed, OpenTask, Standing
from cadans.demo.firm import VIA, DemoCompany, publish_second
from cadans.events.act import history
from cadans.ground.asking import every
from cadans.leads import actions
from cadans.leads.drafts import LeadDraft, LineDraft, PartDraft
from cadans.leads.models import Lead, Task
from cadans.process.models import published


class ThroughEngine:
    """Carries deeds out by calling the actions, as pages and programs do."""

    def __init__(self, company: DemoCompany) -> None:
        self.company = company
        self.leads: dict[int, uuid.UUID] = {}
        self.firms: dict[int, Company] = {}
        self.people: dict[int, Person] = {}
        self.tasks: dict[int, tuple[Any, dict[str, Task]]] = {}
        self.keys = {user.id: key for key, user in company.users.items()}
        self.pipelines = {row.id: key for key, row in company.pipelines.items()}

    def do(self, deed: Deed) -> Standing:
        with history(deed.at):
            return self._standing(deed.lead, HANDS[type(deed)](self, deed))

    def publish(self, deed: did.Publish) -> None:
        with history(deed.at):
            publish_second(self.company, deed.pipeline)

    def finish(self) -> None:
        """Everything is written already."""

    def _actor(self, deed: Deed) -> Any:
        return self.company.users[deed.by] if deed.by else None

    def _standing(self, n: int, lead: Lead) -> Standing:
        process = published(lead.version_id)
        if not lead.is_open:
            self.leads.pop(n, None)
            self.tasks.pop(n, None)
        else:
            self._look_at_tasks(n, lead)
        _stay, tasks = self.tasks.get(n, (None, {}))
        return Standing(
            pipeline=self.pipelines[lead.pipeline_id],
            version=process.number,
            stage=process.key_of(lead.stage_id),
            status=lead.status,
            owner=self.keys[lead.owner_id] if lead.owner_id else None,
            tasks=[OpenTask(key, task.due_at) for key, task in tasks.items() if task.due_at],
        )

    def _look_at_tasks(self, n: int, lead: Lead) -> None:
        """Fetch a stay's tasks once, when it has begun."""
        stay = (lead.stage_id, lead.stage_entered_at)
        if self.tasks.get(n, (None, {}))[0] != stay:
            tasks = every(
                Task,
                "lead_id = %s AND stage_id = %s AND state = 'open' AND key <> '' ORDER BY id",
                lead.id,
                lead.stage_id,
            )
            self.tasks[n] = (stay, {task.key: task for task in tasks})

    # ── One hand a deed; each returns the lead as it then is ─────────────────────────────────

    def _open(self, deed: did.Open) -> Lead:
        company = self._firm(deed)
        lead = actions.create_lead(
            None,
            LeadDraft(
                title=deed.title,
                value=deed.value,
                currency="EUR" if deed.value is not None else "",
                company=company,
                people=[PartDraft(self._person(deed.contact, company))],
                source=self.company.sources[deed.source],
                territory=self.company.territories[deed.territory],
                custom=deed.custom,
                external_id=deed.external_id,
                opened_at=deed.at,
            ),
            via=VIA,
        )
        self.leads[deed.lead] = lead.id
        return lead

    def _firm(self, deed: did.Open) -> Company:
        firm = deed.firm
        if firm.n not in self.firms:
            fields = asdict(firm)
            vehicles = fields.pop("vehicles")
            del fields["n"]
            self.firms[firm.n] = add_company(
                None, via=VIA, custom={"wagenpark": str(vehicles)}, **fields
            )
        return self.firms[firm.n]

    def _person(self, contact: did.Contact, company: Company) -> Person:
        if contact.n not in self.people:
            self.people[contact.n] = add_person(
                None,
                via=VIA,
                name=contact.name,
                email=contact.email,
                phone=contact.phone,
                job_title=contact.job_title,
                company=company,
            )
        return self.people[contact.n]

    def _log(self, deed: did.Log) -> Lead:
        return actions.log_activity(
            self._actor(deed),
            self.leads[deed.lead],
            kind=deed.kind,
            at=deed.at,
            outcome=deed.outcome,
            note=deed.note,
            via=VIA,
        ).lead

    def _plan(self, deed: did.Plan) -> Lead:
        return actions.log_activity(
            self._actor(deed),
            self.leads[deed.lead],
            kind=deed.kind,
            at=deed.on,
            held=False,
            via=VIA,
        ).lead

    def _do(self, deed: did.Do) -> Lead:
        _stay, tasks = self.tasks[deed.lead]
        task = tasks.pop(deed.task)
        return actions.do_task(self._actor(deed), task, at=deed.at, via=VIA).lead

    def _hear(self, deed: did.Hear) -> Lead:
        id = self.leads[deed.lead]
        actions.receive_signal(
            None, name=deed.signal, lead=id, payload=deed.payload, at=deed.at, via=VIA
        )
        return every(Lead, "id = %s", id)[0]

    def _tick(self, deed: did.Tick) -> Lead:
        return actions.tick_goal(
            self._actor(deed), self.leads[deed.lead], goal=deed.goal, at=deed.at, via=VIA
        )

    def _change(self, deed: did.Change) -> Lead:
        changes = dict(deed.changes)
        if "value" in changes:
            changes["currency"] = "EUR"
        return actions.change_lead(
            self._actor(deed), self.leads[deed.lead], changes=changes, via=VIA
        )

    def _bring(self, deed: did.Bring) -> Lead:
        person = self._person(deed.contact, self.firms[deed.contact.firm])
        return actions.add_person_to_lead(
            self._actor(deed), self.leads[deed.lead], person=person, role=deed.role, via=VIA
        ).lead

    def _choose(self, deed: did.Choose) -> Lead:
        lines = [
            LineDraft(self.company.products[line.product], line.quantity, line.price)
            for line in deed.lines
        ]
        return actions.set_products(
            self._actor(deed), self.leads[deed.lead], lines=lines, sets_value=True, via=VIA
        )

    def _give(self, deed: did.Give) -> Lead:
        return actions.assign_lead(
            self._actor(deed),
            self.leads[deed.lead],
            owner=self.company.users[deed.to],
            via=VIA,
        )

    def _move(self, deed: did.Move) -> Lead:
        stage = published(Lead.objects.get(id=self.leads[deed.lead]).version_id).stage(deed.stage)
        return actions.move_lead(
            self._actor(deed),
            self.leads[deed.lead],
            stage=stage,
            reason=deed.reason,
            at=deed.at,
            via=VIA,
        )

    def _win(self, deed: did.Win) -> Lead:
        return actions.win_lead(self._actor(deed), self.leads[deed.lead], at=deed.at, via=VIA)

    def _lose(self, deed: did.Lose) -> Lead:
        return actions.lose_lead(
            self._actor(deed),
            self.leads[deed.lead],
            reason=self.company.reasons[deed.reason] if deed.reason else None,
            at=deed.at,
            via=VIA,
        )

    def _add(self, deed: did.Add) -> Lead:
        return actions.add_task(
            self._actor(deed),
            self.leads[deed.lead],
            name=deed.name,
            kind=deed.kind,
            due_at=deed.due_at,
            via=VIA,
        ).lead


HANDS: dict[type[Deed], Any] = {
    did.Open: ThroughEngine._open,
    did.Log: ThroughEngine._log,
    did.Plan: ThroughEngine._plan,
    did.Do: ThroughEngine._do,
    did.Hear: ThroughEngine._hear,
    did.Tick: ThroughEngine._tick,
    did.Change: ThroughEngine._change,
    did.Bring: ThroughEngine._bring,
    did.Choose: ThroughEngine._choose,
    did.Give: ThroughEngine._give,
    did.Move: ThroughEngine._move,
    did.Win: ThroughEngine._win,
    did.Lose: ThroughEngine._lose,
    did.Add: ThroughEngine._add,
}
