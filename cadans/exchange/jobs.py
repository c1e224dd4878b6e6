"""Imports in the background, and those that a stopped worker left behind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from cadans.exchange.actions import mark_broken, run_import
from cadans.exchange.models import ImportRun
from cadans.ground.errors import CadansError
from cadans.team.queries import organisation

SILENT = timedelta(minutes=2)
"""An import under way that gave no sign of life for so long was left behind."""


@app.task(name="cadans.exchange.jobs.carry_out_import")
def carry_out_import(*, subject: str, event: str = "") -> None:
    """Carry out an import that waits, or go on with one that was interrupted."""
    with only_one(uuid.UUID(subject)) as free:
        run = ImportRun.objects.under_way().filter(id=subject).first() if free else None
        if run is None:
            return
        language = run.started_by.language if run.started_by else organisation().language
        with translation.override(language):
            try:
                run_import(run)
            except CadansError:
                return  # it is marked with the reason, for whoever started it
            except Exception:
                mark_broken(run)
                raise


@app.periodic(cron="* * * * *")
@app.task(name="cadans.exchange.jobs.resume_imports", queueing_lock="cadans.resume_imports")
def resume_imports(timestamp: int) -> None:
    """Go on with imports whose worker was stopped."""
    silent = timezone.now() - SILENT
    left = ImportRun.objects.under_way().filter(alive_at__lt=silent, file__startswith="imports/")
    for id in left.values_list("id", flat=True):
        carry_out_import.configure(lock=f"import:{id}").defer(subject=str(id))


@contextmanager
def only_one(run: uuid.UUID) -> Iterator[bool]:
    """Whether nobody else carries this import out; held until the end, or until the worker dies."""
    key = run.int & 0x7FFF_FFFF_FFFF_FFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
