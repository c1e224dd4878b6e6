"""Carry out what an automation began, once, and say so on the lead's timeline."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from pydantic import TypeAdapter

from cadans.automations import notifying, tasks
from cadans.events.act import Act, Subject
from cadans.events.models import Event
from cadans.leads.models import Lead, StageVisit
from cadans.process.automations import STAYING, AnyDeed, Deed
from cadans.team.models import User
from cadans.team.queries import team_manager_of

HANDS: dict[str, Callable[..., dict[str, Any]]] = {"notify": notifying.tell, "task": tasks.make}
"""The kind of deed → the hand that does it, and says what it did."""

DEED: TypeAdapter[Deed] = TypeAdapter(AnyDeed)
ENDS = ("automation_done", "automation_dropped")


def carry_out_automation(begun: Event) -> Event | None:
    """Do what was begun, or drop it when the lead has moved on since; None when that was decided
    before, or the lead is gone.

    The lead's row is locked meanwhile, and all is written in one transaction: however often a
    worker begins with it, it is done once.
    """
    if begun.lead is None:
        return None
    with Act(None, at=timezone.now(), via="clock", cause=begun.id) as act:
        lead = Lead.objects.select_for_update().filter(id=begun.lead, deleted_at=None).first()
        ended = Event.objects.filter(lead=begun.lead, kind__in=ENDS, cause=begun.id)
        if lead is None or ended.exists():
            return None
        data: dict[str, Any] = {"automation": begun.data["automation"], "name": begun.data["name"]}
        why = _moved_on(lead, begun)
        kind = "automation_dropped" if why else "automation_done"
        if why:
            data["why"] = why
        else:
            do = DEED.validate_python(begun.data["do"])
            people = people_meant(lead, do)
            data |= {"do": begun.data["do"]["kind"], **_done(act, lead, begun, do, people)}
            lead.revision += 1
            lead.save(update_fields=["revision"])
        subject = Subject("lead", lead.id, lead.id, lead.pipeline_id)
        event = act.record(kind, subject, data=data, because=begun.because)
        event.cause = begun.id
        return event


def people_meant(lead: Lead, do: Deed) -> list[uuid.UUID]:
    """Who a deed is for, as the lead is now. Without an owner there is nobody in their place."""
    match do.to:
        case "user":
            named = [do.user]
        case "role":
            found = User.objects.active().filter(role=do.role).order_by("id")
            named = list(found.values_list("id", flat=True))
        case "manager":
            owner = lead.owner_id
            named = [(team_manager_of(owner) or owner) if owner else None]
        case _:
            named = [lead.owner_id]
    return [one for one in named if one is not None]


def _done(act: Act, lead: Lead, begun: Event, do: Deed, people: list[uuid.UUID]) -> dict[str, Any]:
    return HANDS[begun.data["do"]["kind"]](act, lead, begun, do, people)


def _moved_on(lead: Lead, begun: Event) -> str:
    """Why it is no longer to be done, or nothing. At once it always is."""
    if not begun.data.get("due_at"):
        return ""
    on = begun.data["on"]
    if on in {"won", "lost"} and lead.status != on:
        return "reopened"
    if on in STAYING and lead.is_open:
        stay = StageVisit.objects.filter(id=begun.data["visit"], left_at=None)
        return "" if stay.exists() else "left"
    return "left" if on in STAYING and not _is_end(begun) else ""


def _is_end(begun: Event) -> bool:
    """Whether the stage that was entered ends the lead: nobody stays in such a one."""
    stays = StageVisit.objects.filter(id=begun.data["visit"])
    return stays.exclude(stage__ends_in="").exists()
