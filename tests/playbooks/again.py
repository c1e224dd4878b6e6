"""Do again what the log tells: the same deeds through the product's own actions, on other leads.

For tests of trying a design: publish it as another pipeline, do everything again there, and see
whether the leads went where the try said.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from cadans.assignment.models import Territory
from cadans.contacts.models import Company, Person
from cadans.events.act import history
from cadans.events.models import Event
from cadans.ground.errors import CadansError
from cadans.leads import actions
from cadans.leads.drafts import LeadDraft, LineDraft, PartDraft
from cadans.leads.models import Lead, LeadPerson, Product, Source, Task
from cadans.process.models import Pipeline, Stage, published
from cadans.team.models import User


class Again:
    """Does the deeds of one pipeline's leads again in another pipeline."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = Pipeline.objects.get(id=pipeline.id)
        assert self.pipeline.version_id is not None
        self.process = published(self.pipeline.version_id)
        self.leads: dict[uuid.UUID, uuid.UUID] = {}
        self.fields: dict[uuid.UUID, Any] = {}
        self.keys = {str(one.id): one.key for one in Stage.objects.all()}
        self.users = {one.id: one for one in User.objects.all()}
        self.task_stages = {
            str(id): key for id, key in Task.objects.exclude(key="").values_list("id", "stage__key")
        }
        self.added: dict[uuid.UUID, set[str]] = defaultdict(set)

    def do(self, events: list[Event]) -> dict[uuid.UUID, uuid.UUID]:
        """Do them in the order in which they were written down. The new leads by the old ones."""
        for event in events:
            if event.kind == "lead_person_set" and event.lead:
                self.added[event.lead].add(event.data["person"])
        for event in events:
            hand = getattr(self, f"_{event.kind}", None)
            if hand is None or event.lead is None:
                continue
            with history(event.at):
                try:
                    with transaction.atomic():
                        hand(event)
                except CadansError:
                    pass  # it has no ground under this design
        return self.leads

    def _actor(self, event: Event) -> Any:
        return self.users.get(event.actor) if event.actor else None

    def _lead(self, event: Event) -> Lead:
        assert event.lead is not None
        return Lead.objects.get(id=self.leads[event.lead])

    def _stage_of(self, event: Event) -> str:
        return self.process.key_of(self._lead(event).stage_id)

    def _lead_created(self, event: Event) -> None:
        assert event.lead is not None
        self.fields[event.lead] = event.data["fields"]

    def _stage_entered(self, event: Event) -> None:
        if event.because.get("rule") != "created" or event.lead is None:
            return
        told, old = self.fields[event.lead], Lead.objects.get(id=event.lead)
        people = [
            PartDraft(part.person, "" if str(part.person_id) in self.added[old.id] else part.role)
            for part in LeadPerson.objects.filter(lead=old).select_related("person")
            if part.is_first or str(part.person_id) not in self.added[old.id]
        ]
        lead = actions.create_lead(
            self._actor(event),
            LeadDraft(
                title=told["title"],
                pipeline=self.pipeline,
                value=None if told["value"] is None else Decimal(told["value"]),
                currency=told["currency"],
                company=_row(Company, told["company"]),
                people=people,
                source=_row(Source, told["source"]),
                territory=_row(Territory, told["territory"]),
                owner=_row(User, told["owner"]),
                competitor=told["competitor"],
                custom=told["custom"],
                opened_at=event.at,
                expected_close=_day(told["expected_close"]),
            ),
        )
        self.leads[event.lead] = lead.id

    def _activity_logged(self, event: Event) -> None:
        data = event.data
        actions.log_activity(
            self._actor(event),
            self._lead(event),
            kind=data["kind"],
            at=datetime.fromisoformat(data["at"]),
            held=data["held"],
            outcome=data["outcome"],
        )

    def _signal_received(self, event: Event) -> None:
        actions.receive_signal(
            None,
            name=event.data["name"],
            lead=self._lead(event).id,
            payload=event.data["payload"],
            at=event.at,
        )

    def _goal_ticked(self, event: Event) -> None:
        if self.keys[event.data["stage"]] == self._stage_of(event):
            actions.tick_goal(
                self._actor(event),
                self._lead(event),
                goal=event.data["goal"],
                on=event.kind == "goal_ticked",
                at=event.at,
            )

    _goal_unticked = _goal_ticked

    def _task_done(self, event: Event) -> None:
        if event.because or not event.data["key"]:
            return
        task = Task.objects.filter(
            lead=self._lead(event),
            key=event.data["key"],
            stage__key=self.task_stages[event.data["task"]],
            state="open",
        ).first()
        if task is not None:
            deed = actions.do_task if event.kind == "task_done" else actions.skip_task
            deed(self._actor(event), task, at=event.at)

    _task_skipped = _task_done

    def _lead_changed(self, event: Event) -> None:
        changes: dict[str, Any] = {}
        for name, (_before, after) in event.data["changes"].items():
            match name:
                case "value":
                    changes["value"] = None if after is None else Decimal(after)
                case "expected_close":
                    changes[name] = _day(after)
                case "source":
                    changes[name] = _row(Source, after)
                case "currency" | "competitor" | "title" | "tags" | "custom":
                    changes[name] = after
        actions.change_lead(self._actor(event), self._lead(event), changes=changes)

    def _lead_assigned(self, event: Event) -> None:
        if not event.because:
            owner = _row(User, event.data["owner"])
            actions.assign_lead(self._actor(event), self._lead(event), owner=owner)

    def _lead_person_set(self, event: Event) -> None:
        person = Person.objects.get(id=event.data["person"])
        actions.add_person_to_lead(
            self._actor(event), self._lead(event), person=person, role=event.data["role"]
        )

    def _lead_products_set(self, event: Event) -> None:
        lines = [
            LineDraft(
                Product.objects.get(id=line["product"]),
                Decimal(line["quantity"]),
                Decimal(line["price"]),
            )
            for line in event.data["products"]
        ]
        actions.set_products(self._actor(event), self._lead(event), lines=lines)

    def _lead_moved(self, event: Event) -> None:
        """As somebody would: not to where it lies already, nor back when it was forward."""
        places = {stage.key: n for n, stage in enumerate(self.process.design.stages)}
        start, to, here = event.data["from"], event.data["to"], self._stage_of(event)
        if to not in places or (start in places and not _same_way(places, start, to, here)):
            return
        stage = self.process.design.stage(here)
        reason = event.data["reason"]
        if stage.enforcement == "reason" and not reason:
            reason = "asked for"
        actions.move_lead(
            self._actor(event), self._lead(event), stage=to, reason=reason, at=event.at
        )

    def _lead_won(self, event: Event) -> None:
        if event.because.get("rule", "by_hand") == "by_hand":
            actions.win_lead(self._actor(event), self._lead(event), at=event.at)

    def _lead_lost(self, event: Event) -> None:
        if event.because.get("rule", "by_hand") == "by_hand":
            actions.lose_lead(self._actor(event), self._lead(event), at=event.at)

    def _lead_cancelled(self, event: Event) -> None:
        actions.cancel_lead(self._actor(event), self._lead(event), at=event.at)

    def _lead_reopened(self, event: Event) -> None:
        actions.reopen_lead(self._actor(event), self._lead(event), at=event.at)


def _same_way(places: dict[str, int], start: str, to: str, here: str) -> bool:
    return (places[to] > places[start]) == (places[to] > places[here])


def _row(model: Any, id: str | None) -> Any:
    return model.objects.get(id=id) if id else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
