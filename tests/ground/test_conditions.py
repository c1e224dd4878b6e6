"""Conditions on facts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from cadans.ground.conditions import Compare, Condition, weigh

FACTS: dict[str, Any] = {
    "value": Decimal("1500.00"),
    "source": "Website",
    "tags": ["Duurzaam", "Zuid"],
    "expected_close": date(2026, 5, 1),
    "company.country": "NL",
    "urgent": True,
    "empty": "",
}


@pytest.mark.parametrize(
    ("field", "is_", "than", "holds"),
    [
        ("value", "set", None, True),
        ("unknown", "set", None, False),
        ("empty", "set", None, False),
        ("empty", "not_set", None, True),
        ("source", "equal", "website", True),
        ("source", "not_equal", "Beurs", True),
        ("unknown", "not_equal", "x", True),
        ("value", "equal", "1500", True),
        ("value", "equal", 1500, True),
        ("tags", "equal", "zuid", True),
        ("tags", "contains", "duurzaam", True),
        ("tags", "none_of", ["Noord"], True),
        ("source", "contains", "site", True),
        ("company.country", "one_of", ["BE", "NL"], True),
        ("company.country", "none_of", ["BE", "NL"], False),
        ("value", "at_least", 1500, True),
        ("value", "at_least", "1500.01", False),
        ("value", "at_most", 1499, False),
        ("value", "at_least", "2026-01-01", False),
        ("expected_close", "at_most", "2026-05-01", True),
        ("expected_close", "at_least", "2026-05-02", False),
        ("urgent", "equal", "true", True),
        ("urgent", "equal", False, False),
        ("unknown", "at_least", 0, False),
        ("unknown", "one_of", ["x"], False),
    ],
)
def test_one_comparison(field: str, is_: str, than: Any, holds: bool) -> None:
    compare = Compare.model_validate({"field": field, "is": is_, "than": than})
    assert weigh(compare, FACTS).holds is holds


def test_an_empty_condition_always_holds() -> None:
    assert weigh(Condition(), {}).holds


def test_all_and_any_nest_and_tell_what_they_saw() -> None:
    condition = Condition.model_validate(
        {
            "all": [
                {"field": "value", "is": "at_least", "than": 1000},
                {
                    "any": [
                        {"field": "source", "is": "equal", "than": "Beurs"},
                        {"field": "company.country", "is": "equal", "than": "NL"},
                    ]
                },
            ]
        }
    )
    weighed = weigh(condition, FACTS)
    assert weighed.holds
    assert weighed.seen == {
        "value": Decimal("1500.00"),
        "source": "Website",
        "company.country": "NL",
    }


@pytest.mark.parametrize(
    "raw",
    [
        {"field": "x", "is": "like", "than": 1},
        {"field": "x", "is": "equal"},
        {"field": "x", "is": "set", "than": 1},
        {"field": "x", "is": "one_of", "than": "NL"},
        {"field": "x", "is": "at_least", "than": "much"},
        {"field": "", "is": "set"},
    ],
)
def test_what_is_no_comparison_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Compare.model_validate(raw)
