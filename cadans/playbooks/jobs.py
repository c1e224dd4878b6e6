"""Tries in the background, and those that a stopped worker left behind."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation
from procrastinate.contrib.django import app

from cadans.playbooks.models import RoutingTry, Try
from cadans.playbooks.trying.actions import carry_out_try, mark_try_broken
from cadans.playbooks.trying.routing.actions import carry_out_routing_try
from cadans.team.queries import organisation

SILENT = timedelta(minutes=2)
"""A try under way that gave no sign of life for so long was left behind."""


@app.task(name="cadans.playbooks.jobs.try_out")
def try_out(*, subject: str, event: str = "") -> None:
    """Carry out a try that waits, or begin anew one that was interrupted."""
    trial = Try.objects.under_way().filter(id=uuid.UUID(subject)).first()
    if trial is not None:
        _carry_out(trial, lambda: carry_out_try(trial))


@app.task(name="cadans.playbooks.jobs.try_routing_out")
def try_routing_out(*, subject: str, event: str = "") -> None:
    """The same for a try of routing rules."""
    trial = RoutingTry.objects.under_way().filter(id=uuid.UUID(subject)).first()
    if trial is not None:
        _carry_out(trial, lambda: carry_out_routing_try(trial))


def _carry_out(trial: Try | RoutingTry, deed: Callable[[], Any]) -> None:
    language = trial.asked_by.language if trial.asked_by else organisation().language
    with translation.override(language):
        try:
            deed()
        except Exception:
            mark_try_broken(trial)
            raise


@app.periodic(cron="* * * * *")
@app.task(name="cadans.playbooks.jobs.resume_tries", queueing_lock="cadans.resume_tries")
def resume_tries(timestamp: int) -> None:
    """Begin anew tries whose worker was stopped."""
    silent = timezone.now() - SILENT
    for model, job in ((Try, try_out), (RoutingTry, try_routing_out)):
        left = model.objects.under_way().filter(alive_at__lt=silent)
        for id in left.values_list("id", flat=True):
            job.configure(lock=f"try:{id}").defer(subject=str(id))
