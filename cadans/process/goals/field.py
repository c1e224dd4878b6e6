"""Goal: a field of the lead is filled, optionally within bounds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field as PydanticField

from cadans.ground.conditions import Compare, is_set, weigh
from cadans.process.facts import Facts
from cadans.process.goals.shape import Goal, Weighing


class FieldGoal(Goal):
    """`field` names a fact (`value`, `expected_close`, `custom.budget`, `people.champion`)."""

    kind: Literal["field"] = "field"
    field: str = PydanticField(min_length=1, max_length=80)
    at_least: Decimal | date | None = None
    at_most: Decimal | date | None = None

    def weigh(self, facts: Facts) -> Weighing:
        value = facts.fields.get(self.field)
        bounds = {"at_least": self.at_least, "at_most": self.at_most}
        within = all(
            weigh(
                Compare.model_validate({"field": self.field, "is": bound, "than": than}),
                facts.fields,
            ).holds
            for bound, than in bounds.items()
            if than is not None
        )
        return Weighing(is_set(value) and within, seen={self.field: value})
