"""Write down what is forecast, night after night."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from cadans.insight.forecast.snapshots import (
    Nights,
    expected_leads,
    nights_missed,
    snapshots_on,
)
from cadans.insight.models import ExpectedLead, Snapshot

BATCH = 1000


def catch_up(today: date, *, most: int | None = None) -> int:
    """Write down the nights that are missing, the newest first; answers how many it wrote.

    With `most` no more than so many: the next call goes on with the others. A night is written
    whole or not at all, and twice changes nothing.
    """
    return _write(nights_missed(today), most)


def _write(nights: Nights, most: int | None) -> int:
    chosen = sorted(nights, reverse=True)[:most]
    for day in chosen:
        with transaction.atomic():
            Snapshot.objects.bulk_create(
                snapshots_on(day, sorted(nights[day])), batch_size=BATCH, ignore_conflicts=True
            )
            for span in nights[day]:
                if span.since == day:
                    ExpectedLead.objects.bulk_create(
                        expected_leads(span), batch_size=BATCH, ignore_conflicts=True
                    )
    return len(chosen)
