"""Tell people of what happened: what follows from events. Each may run twice without harm."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from cadans.events.models import Event
from cadans.leads.models import Lead
from cadans.notifications.actions import claim_mail, notify
from cadans.notifications.mail import can_send, mail_of
from cadans.team.models import User

log = logging.getLogger(__name__)


@app.task(name="cadans.notifications.jobs.tell_of_assignment", retry=5)
def tell_of_assignment(*, event: str, subject: str) -> None:
    """Tell who got a lead, unless they took it themselves."""
    _tell(event, "owner", "assigned", {})


@app.task(name="cadans.notifications.jobs.tell_of_task", retry=5)
def tell_of_task(*, event: str, subject: str) -> None:
    """Tell who was given a task by somebody else."""
    _tell(event, "assignee", "task", {"task": "name"})


@app.task(name="cadans.notifications.jobs.mail_notification", retry=8)
def mail_notification(*, event: str, subject: str) -> None:
    """Send a notification's mail, once: what was sent is noted in the transaction that sends."""
    if not can_send():
        log.warning("A notification was not sent by mail: EMAIL_URL is not set.")
        return
    with transaction.atomic():
        one = claim_mail(uuid.UUID(subject))
        if one is not None:
            mail_of(one).send()


def _tell(event: str, whom: str, kind: str, named: dict[str, str]) -> None:
    """Tell the person whom the event's data names under `whom`; `named` says what else of its data
    the sentence takes along."""
    found = Event.objects.filter(id=uuid.UUID(event)).first()
    receiver = found.data.get(whom) if found else None
    if found is None or not receiver or receiver == str(found.actor):
        return
    lead = Lead.objects.present().filter(id=found.lead).first() if found.lead else None
    if lead is None:
        return
    data: dict[str, Any] = {"lead": lead.title, "by": _name_of(found.actor)}
    data |= {name: found.data.get(source, "") for name, source in named.items()}
    notify(
        [uuid.UUID(receiver)],
        kind,
        event=found.id,
        href=f"/leads/{lead.id}/",
        data=data,
        lead=lead.id,
    )


def _name_of(user: uuid.UUID | None) -> str:
    found = User.objects.filter(id=user).first() if user else None
    return found.name if found else ""
