"""From what happened to a lead to what should be on mailing lists: the stage's steps, asked."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cadans.events.models import Event
from cadans.leads.models import LeadPerson, StageVisit
from cadans.outreach.audiences.actions.wishes import Wish, lay_wishes
from cadans.outreach.models.audiences import Audience
from cadans.process.design import AudienceStep, StageDesign
from cadans.process.models import Published, published


def lay_for(event: Event) -> set[uuid.UUID]:
    """Lay the wishes that follow from an event on a lead; the accounts with something to do."""
    wishes: dict[str, list[Wish]] = defaultdict(list)
    people: list[tuple[uuid.UUID, str, str]] | None = None
    for process, stage, step in _steps(event):
        if people is None:
            people = list(_people(event))
        wishes[step.audience] += [
            Wish(
                email=email,
                do=step.do,
                person=person,
                tags=step.tags,
                confirms=step.confirm,
                because=_because(event, process, stage, step),
            )
            for person, role, email in people
            if step.concerns(role)
        ]
    waiting: set[uuid.UUID] = set()
    for audience in Audience.objects.filter(key__in=wishes):
        for part in _one_each(wishes[audience.key]):
            if lay_wishes(audience, part):
                waiting.add(audience.account_id)
    return waiting


def _one_each(wishes: Iterable[Wish]) -> Iterator[list[Wish]]:
    """The wishes in order, in rows in which each address occurs once."""
    row: dict[str, Wish] = {}
    for wish in wishes:
        if wish.email in row:
            yield list(row.values())
            row = {}
        row[wish.email] = wish
    if row:
        yield list(row.values())


def _steps(event: Event) -> Iterator[tuple[Published, StageDesign, AudienceStep]]:
    place = _place(event)
    if place is None:
        return
    process, key = place
    stage = process.design.stage(key)
    moments = _moments(event, stage)
    for step in stage.audiences:
        if step.when in moments:
            yield process, stage, step


def _place(event: Event) -> tuple[Published, str] | None:
    """The version and the stage that an event is about."""
    visits = StageVisit.objects.all()
    if event.kind == "lead_person_set":
        visit = visits.filter(lead=event.lead, left_at=None).first()
    else:
        visit = visits.filter(id=event.data.get("visit")).first()
    if visit is None:
        return None  # taken back meanwhile
    process = published(visit.version_id)
    key = next((key for key, one in process.stages.items() if one.id == visit.stage_id), None)
    return None if key is None else (process, key)


def _moments(event: Event, stage: StageDesign) -> set[str]:
    """What an event is in the words of steps. Who joins a lead enters the stage it lies in."""
    if event.kind in {"stage_entered", "lead_person_set"}:
        return {"entering"}
    if stage.ends_in:
        return {stage.ends_in}  # such a stage is entered and left in one
    return {"leaving", str(event.data.get("how", ""))}


def _people(event: Event) -> Iterator[tuple[uuid.UUID, str, str]]:
    """The people with an address whom it is about: id, buying role, address."""
    rows = LeadPerson.objects.filter(lead=event.lead, person__deleted_at=None)
    if event.kind == "lead_person_set":
        rows = rows.filter(person=event.data["person"])
    yield from (
        rows.exclude(person__email="")
        .values_list("person_id", "role", "person__email")
        .order_by("id")
    )


def _because(
    event: Event, process: Published, stage: StageDesign, step: AudienceStep
) -> Mapping[str, Any]:
    return {
        "rule": "stage_audience",
        "pipeline": str(process.pipeline),
        "version": process.number,
        "stage": stage.key,
        "step": step.key,
        "when": step.when,
        "do": step.do,
        "lead": str(event.lead),
        "event": str(event.id),
    }
