"""Carry out automations: at once, or when their delay is over."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from cadans.automations.actions import carry_out_automation
from cadans.events.models import Event


@app.task(name="cadans.automations.jobs.carry_out", retry=8)
def carry_out(*, event: str, subject: str) -> None:
    """Do what an automation began; when it has to wait, come back then. Twice does no harm."""
    begun = Event.objects.filter(id=uuid.UUID(event)).first()
    if begun is None:
        return
    due = begun.data.get("due_at")
    due_at = datetime.fromisoformat(due) if due else None
    if due_at is not None and due_at > timezone.now():
        later = carry_out.configure(schedule_at=due_at, lock=f"automation:{event}")
        later.defer(event=event, subject=subject)
        return
    carry_out_automation(begun)
