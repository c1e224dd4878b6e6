"""Reads of territories."""

from __future__ import annotations

from django.db.models import QuerySet

from cadans.assignment.models import Territory


def territories() -> QuerySet[Territory]:
    """All territories, with the one each lies in and their pieces of the map."""
    return Territory.objects.select_related("parent").prefetch_related("areas")
