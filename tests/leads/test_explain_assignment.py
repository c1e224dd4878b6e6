"""Why a lead went to somebody, in words a manager would use."""

from typing import Any

import pytest
from django.utils import translation

from cadans.leads.explain_assignment import assigned_by_rule, nobody_could

LIKELY = {
    "rule": "Inbound",
    "strategy": "likeliest_to_win",
    "among": 5,
    "way": "chance",
    "alike": {"source": "Website"},
    "chance": 0.421,
    "low": 0.31,
    "high": 0.544,
    "team_wins": 70,
    "team_closed": 200,
    "closed": 1234,
}


def told(**because: Any) -> str:
    with translation.override("en"):
        return assigned_by_rule({**LIKELY, **because}, "Sanne")


def test_the_chance_the_interval_and_the_team() -> None:
    assert told() == (
        "Assignment rule “Inbound” gave this lead to Sanne (likeliest to win, out of 5 who could"
        " take it). Sanne wins 42 % of such leads (31 to 54 %), the team 35 %."
        " They have in common: Website."
    )


@pytest.mark.parametrize(
    ("way", "part"),
    [
        ("learning", "Everybody keeps a share of the leads to learn from"),
        ("alike", "The results of 1,234 closed leads do not say surely enough"),
        ("too_little", "which is too few"),
    ],
)
def test_what_else_it_can_go_by(way: str, part: str) -> None:
    assert part in told(way=way)


def test_the_only_one_needs_no_reason() -> None:
    assert told(way="only_one", among=1).endswith("the only one who could take it).")


def test_the_band_the_fallback_and_who_was_passed() -> None:
    assert "from 10,000 up" in told(way=None, strategy="tier", at_least="10000")
    passed = [{"rule": "Binnen", "absent": 1, "full": 2}, {"rule": "Avond", "off": True}]
    assert "“Binnen”: 1 is away, 2 have enough." in told(passed=passed)
    assert "“Avond”: outside working hours." in told(passed=passed)
    assert told(fallback=True).startswith("Nobody of rule “Inbound” could take this lead")


def test_nobody_could() -> None:
    with translation.override("en"):
        sentence = nobody_could({"nobody": [{"rule": "Binnen", "absent": 0, "full": 0}]})
    assert sentence == (
        "Nobody could take this lead, so its owner did not change. “Binnen”: there is nobody in it."
    )
