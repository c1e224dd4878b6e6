"""Reads of territories, and of what was learned of who wins."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from cadans.assignment.models import Territory
from cadans.ground.asking import rows
from cadans.ground.remembered import remembered


def territories() -> QuerySet[Territory]:
    """All territories, with the one each lies in and their pieces of the map."""
    return Territory.objects.select_related("parent").prefetch_related("areas")


@remembered
def learned(pipeline: uuid.UUID) -> Mapping[str, Any]:
    """What was learned of the reps' chances to win in a pipeline; empty when nothing was."""
    found = rows("SELECT document FROM assignment_wintable WHERE pipeline = %s", pipeline)
    document: Mapping[str, Any] = {}
    for (text,) in found:
        document = json.loads(text) if isinstance(text, str) else text
    return document
