"""Deed: tell somebody, as they chose to be told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cadans.process.automations.shape import Deed
from cadans.process.goals.shape import Text


class Notify(Deed):
    """Tell somebody of the lead: in Cadans, by mail, or as they chose."""

    kind: Literal["notify"] = "notify"
    text: Text = Field(default_factory=dict)
    """What they are told, in each language; the automation’s name when left out."""
