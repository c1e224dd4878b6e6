"""Conditions: `all` or `any` of simple comparisons, weighed on plain facts. Pure.

A condition is written in a playbook as

    all:
      - {field: value, is: at_least, than: 10000}
      - any:
          - {field: company.country, is: one_of, than: [NL, BE]}
          - {field: source, is: set}

and weighed against a flat mapping of facts (`{"value": Decimal("12000"), …}`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Comparison = Literal[
    "set", "not_set", "equal", "not_equal", "one_of", "none_of", "contains", "at_least", "at_most"
]
WITHOUT_OPERAND = {"set", "not_set"}


class Compare(BaseModel):
    """One comparison of one fact."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, use_attribute_docstrings=True)

    field: str = Field(min_length=1, max_length=80)
    """The field that is looked at, such as `value`, `company.country` or `custom.region`."""
    is_: Comparison = Field(alias="is")
    """How it is compared."""
    than: Any = None
    """What it is compared with: a value, or a list for `one_of` and `none_of`."""

    @model_validator(mode="after")
    def _operand_fits(self) -> Compare:
        if self.is_ in WITHOUT_OPERAND and self.than is not None:
            raise PydanticCustomError("takes_no_value", "'{is}' takes no value", {"is": self.is_})
        if self.is_ not in WITHOUT_OPERAND and self.than is None:
            raise PydanticCustomError("needs_value", "'{is}' needs a value", {"is": self.is_})
        if self.is_ in {"one_of", "none_of"} and not isinstance(self.than, list):
            raise PydanticCustomError("needs_list", "'{is}' needs a list", {"is": self.is_})
        if self.is_ in {"at_least", "at_most"} and _comparable(self.than) is None:
            raise PydanticCustomError(
                "needs_number_or_date", "'{is}' needs a number or a date", {"is": self.is_}
            )
        return self


class Condition(BaseModel):
    """All of, or any of, comparisons and further conditions. Empty means: always."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    all: list[Compare | Condition] = Field(default_factory=list)
    """Each of these must hold."""
    any: list[Compare | Condition] = Field(default_factory=list)
    """At least one of these must hold."""


@dataclass(frozen=True)
class Weighed:
    """Whether a condition holds, and the values it saw (fact name → value)."""

    holds: bool
    seen: dict[str, Any] = field(default_factory=dict)


def weigh(condition: Compare | Condition, facts: Mapping[str, Any]) -> Weighed:
    """Weigh a condition on facts. A fact that is absent counts as not set."""
    if isinstance(condition, Compare):
        value = facts.get(condition.field)
        return Weighed(_compare(condition, value), {condition.field: value})
    seen: dict[str, Any] = {}
    every = [weigh(part, facts) for part in condition.all]
    some = [weigh(part, facts) for part in condition.any]
    for part in (*every, *some):
        seen |= part.seen
    holds = all(part.holds for part in every) and (not some or any(part.holds for part in some))
    return Weighed(holds, seen)


def is_set(value: Any) -> bool:
    """Whether a fact is known: not None, not empty text, not an empty list."""
    return value is not None and value != "" and value != [] and value != ()


def _compare(compare: Compare, value: Any) -> bool:
    match compare.is_:
        case "set":
            return is_set(value)
        case "not_set":
            return not is_set(value)
        case "not_equal":
            return not _same(value, compare.than)
        case "none_of":
            return not any(_same(value, one) for one in compare.than)
    if not is_set(value):
        return False
    match compare.is_:
        case "equal":
            return _same(value, compare.than)
        case "one_of":
            return any(_same(value, one) for one in compare.than)
        case "contains":
            return _contains(value, compare.than)
        case bound:
            return _bounded(value, bound, compare.than)


def _same(value: Any, other: Any) -> bool:
    if isinstance(value, list | tuple | set):
        return any(_same(one, other) for one in value)
    if isinstance(value, bool) or isinstance(other, bool):
        return _truth(value) == _truth(other)
    left, right = _number(value), _number(other)
    if left is not None and right is not None:
        return left == right
    return str(value).casefold() == str(other).casefold()


def _contains(value: Any, part: Any) -> bool:
    if isinstance(value, list | tuple | set):
        return any(_same(one, part) for one in value)
    return str(part).casefold() in str(value).casefold()


def _bounded(value: Any, bound: str, than: Any) -> bool:
    left, right = _comparable(value), _comparable(than)
    if left is None or right is None or type(left) is not type(right):
        return False
    if isinstance(left, str):
        return left >= str(right) if bound == "at_least" else left <= str(right)
    return left >= right if bound == "at_least" else left <= right  # type: ignore[operator]


def _comparable(value: Any) -> Decimal | str | None:
    """A number as a Decimal, a date or time as ISO text; anything else cannot be ordered."""
    number = _number(value)
    if number is not None:
        return number
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text if text[:4].isdigit() and text[4:5] == "-" else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    return _number_in(str(value))


@lru_cache(maxsize=4096)
def _number_in(text: str) -> Decimal | None:
    """Remembered, for rules compare the same few words with every lead."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    return {"true": True, "1": True, "false": False, "0": False}.get(word)
