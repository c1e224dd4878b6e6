"""What is wrong, or unwise, in the automations of a stage. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from typing import Literal

from django.utils.translation import gettext as _

from cadans.process.design import StageDesign

Fault = tuple[Literal["error", "warning"], str, str, str]
"""Level, code, message, and the key of the automation."""


def faults_of_automations(stage: StageDesign, users: Collection[uuid.UUID]) -> Iterator[Fault]:
    """Somebody who is gone, and moments that never come."""
    for one in stage.automations:
        words = {"name": one.name, "stage": stage.label()}
        if one.do.user is not None and one.do.user not in users:
            told = _("Automation “%(name)s” of “%(stage)s” is for somebody who is no longer there.")
            yield "error", "automation_user_gone", told % words, one.key
        if one.on == "idle" and not stage.idle_days:
            told = _(
                "Automation “%(name)s” waits for idle leads, but “%(stage)s” has no idle limit."
            )
            yield "warning", "automation_never_idle", told % words, one.key
        if stage.ends_in and one.on != "entered":
            told = _("“%(stage)s” ends the lead, so “%(name)s” only happens on entering it.")
            yield "warning", "automation_at_end", told % words, one.key
        if one.on == "goal" and not stage.goals:
            told = _("Automation “%(name)s” waits for the goals of “%(stage)s”, which has none.")
            yield "warning", "automation_without_goals", told % words, one.key
