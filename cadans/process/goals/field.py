"""Goal: a field of the lead is filled, optionally within bounds or with one of some values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field as PydanticField
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from cadans.ground.conditions import Compare, is_set, weigh
from cadans.process.facts import Facts
from cadans.process.goals.shape import Goal, Weighing


class FieldGoal(Goal):
    """`field` names a fact (`value`, `expected_close`, `custom.budget`, `people.champion`).

    Bounds on `value` are in the organisation's currency: an amount in another one is weighed at
    the rate of the day, and is out of bounds while no rate is known.
    """

    kind: Literal["field"] = "field"
    field: str = PydanticField(min_length=1, max_length=80)
    """The field, such as `value`, `expected_close`, `people.decision_maker` or `custom.region`."""
    at_least: Decimal | date | None = None
    """The least it may be: a number or a date."""
    at_most: Decimal | date | None = None
    """The most it may be."""
    one_of: list[str] = PydanticField(default_factory=list, max_length=50)
    """The values that count; any, when left out."""

    @model_validator(mode="after")
    def _bounds_fit(self) -> FieldGoal:
        low, high = self.at_least, self.at_most
        if low is None or high is None:
            return self
        if isinstance(low, date) != isinstance(high, date) or low > high:  # type: ignore[operator]
            raise PydanticCustomError(
                "bounds_crossed", "'at_least' must not be more than 'at_most', and of its kind"
            )
        return self

    def fields_seen(self) -> tuple[str, ...]:
        return (self.field,)

    def weigh(self, facts: Facts) -> Weighing:
        value = facts.fields.get(self.field)
        seen = {self.field: value}
        weighed = value
        if self.field == "value" and "worth" in facts.fields:
            weighed = seen["worth"] = facts.fields["worth"]
        asked: list[tuple[str, Any]] = [
            ("at_least", self.at_least),
            ("at_most", self.at_most),
            ("one_of", self.one_of or None),
        ]
        within = all(
            weigh(
                Compare.model_validate({"field": self.field, "is": bound, "than": than}),
                {self.field: weighed},
            ).holds
            for bound, than in asked
            if than is not None
        )
        return Weighing(is_set(value) and within, seen=seen)
