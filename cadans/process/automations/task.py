"""Deed: make a task."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cadans.process.automations.shape import Deed, Wait
from cadans.process.goals.shape import Text


class MakeTask(Deed):
    """Put a task on the lead; with a role everybody who has it gets one."""

    kind: Literal["task"] = "task"
    name: Text = Field(min_length=1)
    """What it is called, in each language."""
    task: Literal["call", "email", "meeting", "to_do"] = "to_do"
    """What there is to do."""
    due: Wait = Field(default_factory=Wait)
    """When it is due, counted from when it is made."""
