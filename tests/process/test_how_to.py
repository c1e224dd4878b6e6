"""The goal kind that the how-to adds works as it stands there."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cadans.process.design import StageDesign
from cadans.process.facts import Facts
from cadans.process.needs import needs_of_goals

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-goal-kind.md"


@pytest.fixture
def products_goal(monkeypatch: pytest.MonkeyPatch) -> Any:
    found = re.search(r"```python\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    assert found
    module = ModuleType("products")
    monkeypatch.setitem(sys.modules, "products", module)
    exec(compile(found[1], str(HOW_TO), "exec"), module.__dict__)
    return module.ProductsGoal


def test_the_goal_of_the_how_to_weighs_products(products_goal: Any) -> None:
    goal = products_goal(key="two", times=2)
    base: dict[str, Any] = {
        "status": "open",
        "stage": "new",
        "entered_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    assert not goal.weigh(Facts(**base)).met
    assert not goal.weigh(Facts(**base, fields={"product": ["Pump"]})).met
    weighed = goal.weigh(Facts(**base, fields={"product": ["Pump", "Boiler"]}))
    assert (weighed.met, weighed.seen) == (True, {"product": ["Pump", "Boiler"]})


def test_what_it_looks_at_is_fetched(products_goal: Any) -> None:
    stage = StageDesign(key="new", name={"en": "New"}).model_copy(
        update={"goals": [products_goal(key="two")]}
    )
    needs = needs_of_goals(stage)
    assert needs.about("product")
    assert not needs.about("people")
