"""Two states of a design beside each other."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from cadans.playbooks.side_by_side import StagePair, side_by_side
from cadans.playbooks.words import Lexicon
from cadans.process.design import Design

ASK: dict[str, Any] = {
    "kind": "activity",
    "key": "asked",
    "name": {"en": "Asked"},
    "activity": "ask",
}


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


def design(*stages: dict[str, Any]) -> Design:
    return Design.model_validate({"format": 1, "stages": list(stages)})


def stage(key: str, **parts: Any) -> dict[str, Any]:
    return {"key": key, "name": {"en": key.title()}, **parts}


def pairs(before: Design, after: Design) -> dict[str, StagePair]:
    return {pair.key: pair for pair in side_by_side(before, after, Lexicon())}


def lines(pair: StagePair, title: str) -> list[tuple[str, str, str]]:
    part = next((one for one in pair.parts if one.title == title), None)
    return [(line.before, line.after, line.state) for line in part.lines] if part else []


def test_stages_stand_in_the_new_order_and_removed_ones_where_they_stood() -> None:
    found = side_by_side(
        design(stage("a"), stage("b"), stage("c"), stage("d")),
        design(stage("c"), stage("a"), stage("e")),
        Lexicon(),
    )
    assert [(pair.key, pair.state) for pair in found] == [
        ("c", "same"),
        ("d", "removed"),
        ("a", "same"),
        ("b", "removed"),
        ("e", "added"),
    ]
    assert [(pair.place_before, pair.place) for pair in found] == [
        (3, 1),
        (4, None),
        (1, 2),
        (2, None),
        (None, 3),
    ]


def test_a_removed_first_stage_stands_first() -> None:
    found = side_by_side(design(stage("a"), stage("b")), design(stage("b")), Lexicon())
    assert [pair.key for pair in found] == ["a", "b"]


def test_the_same_design_differs_in_nothing() -> None:
    one = design(stage("a", goals=[ASK], idle_days=3))
    assert [pair.state for pair in side_by_side(one, one, Lexicon())] == ["same"]


def test_each_line_says_what_it_was_and_what_it_is() -> None:
    before = stage(
        "a",
        goals=[ASK, {"kind": "box", "key": "fit", "name": {"en": "Fit"}}],
        tasks=[{"key": "t", "name": {"en": "Call"}, "kind": "call", "due": {"after": 1}}],
        idle_days=3,
        guidance={"en": {"short": "Call."}},
    )
    after = stage(
        "a",
        goals=[{**ASK, "name": {"en": "Asked for it"}}],
        tasks=[
            {"key": "t", "name": {"en": "Call"}, "kind": "call", "due": {"after": 3}},
            {"key": "u", "name": {"en": "Write"}, "kind": "email"},
        ],
        idle_days=7,
        is_ask=True,
        enforcement="block",
        guidance={"en": {"short": "Call today."}, "nl": {"short": "Bel."}},
    )
    pair = pairs(design(before), design(after))["a"]
    assert pair.state == "changed"
    assert lines(pair, "Goals") == [
        ("All of these", "", "removed"),
        ("Asked · Asked for the decision", "Asked for it · Asked for the decision", "changed"),
        ("Fit · Ticked by hand on the lead", "", "removed"),
    ]
    assert lines(pair, "Tasks") == [
        (
            "Call · Call · within 1 working day",
            "Call · Call · within 3 working days",
            "changed",
        ),
        ("", "Write · E-mail · within 1 working day", "added"),
    ]
    assert lines(pair, "Guidance in English") == [("Call.", "Call today.", "changed")]
    assert lines(pair, "Guidance in Dutch") == [("", "Bel.", "added")]
    settings = lines(pair, "Settings")
    assert ("Idle after 3 days", "Idle after 7 days", "changed") in settings
    assert ("", "In this stage the decision is asked for", "added") in settings
    assert settings[0][2] == "changed"


def test_a_new_name_is_a_change() -> None:
    pair = pairs(design(stage("a")), design(stage("a", name={"en": "First"})))["a"]
    assert (pair.name.before, pair.name.after, pair.state) == ("A", "First", "changed")


def test_what_an_end_means_is_told() -> None:
    pair = pairs(design(stage("a")), design(stage("a"), stage("w", ends_in="won")))["w"]
    assert lines(pair, "Settings") == [("", "A lead that comes here is won", "added")]
