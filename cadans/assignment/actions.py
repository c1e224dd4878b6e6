"""Every change to territories and turns."""

from __future__ import annotations

import uuid

from django.db.models import F

from cadans.assignment.candidates import Rota
from cadans.assignment.models import Turn


def lock_turn(pool: str) -> Rota:
    """Whose turn it was last in a pool; others who deal from it wait until this act ends."""
    turn = Turn.objects.select_for_update().filter(pool=pool).first()
    if turn is None:
        Turn.objects.bulk_create([Turn(pool=pool)], ignore_conflicts=True)
        turn = Turn.objects.select_for_update().get(pool=pool)
    return Rota(last=turn.last)


def take_turn(pool: str, user: uuid.UUID) -> None:
    """Note that somebody had a turn."""
    Turn.objects.filter(pool=pool).update(last=user, dealt=F("dealt") + 1)
