"""Goal: a form on a site was sent in.

A form comes in as the signal `form_sent`. Its payload names the form under `form`; everything else
in it is what was filled in.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from cadans.ground.conditions import Condition, weigh
from cadans.process.facts import Facts
from cadans.process.goals.shape import Goal, Since, Weighing, nth

SIGNAL = "form_sent"


class FormGoal(Goal, Since):
    """The form named `form` (any, when empty) was sent in at least `times`, filled in so that it
    meets `where`."""

    looks_at: ClassVar[str] = "signal"

    kind: Literal["form"] = "form"
    form: str = Field(default="", max_length=80)
    """The form’s name; any form, when left out."""
    where: Condition = Field(default_factory=Condition)
    """What must be filled in; the form’s fields are the fields."""
    times: int = Field(default=1, ge=1, le=100)
    """How many times it must be sent in."""

    def weigh(self, facts: Facts) -> Weighing:
        moments = [
            one.at
            for one in facts.signals
            if one.name == SIGNAL
            and self.counts(one.at, facts)
            and self.form.casefold() in {"", str(one.payload.get("form") or "").casefold()}
            and weigh(self.where, one.payload).holds
        ]
        at = nth(moments, self.times)
        return Weighing(at is not None, at, {self.form or SIGNAL: len(moments)})
