"""Hostile and broken YAML: a clear word, at its place, in little time."""

import time

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadans.playbooks import reading
from cadans.playbooks.check import Known
from cadans.playbooks.lines import WrongFile, decoded
from cadans.playbooks.playbook import complaints_about, read_playbook, template_texts
from tests.playbooks.designs import ROLL

TEMPLATE = next(template_texts())
LONG_ENOUGH = 30
"""Seconds. Each of these takes one or two on an idle machine; without limits, minutes or more."""


def faults(text):
    with override("en"), pytest.raises(reading.Unreadable) as caught:
        reading.read(text)
    return [
        (reading.line_of(text, one.offset), reading.column_of(text, one.offset), one.message)
        for one in caught.value.faults
    ]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "empty"),
        ("# only a comment\n", 1, 1, "empty"),
        ("a: b\n---\nc: d\n", 2, 1, "second document"),
        ("a:\n\t- b\n", 2, 1, "tab"),
        ("a: 1\nb: 'open\n", 2, 4, "quote that opens here"),
        ("a: b: c\n", 1, 5, "does not belong"),
        ("a: [1, 2\nb: 3\n", 2, 2, "closing bracket"),
        ("a: {b: 1 c: 2}\n", 1, 11, "comma"),
        ("a: @home\n", 1, 4, "“@”"),
        ("a: 5%\nb: %5\n", 2, 4, "“%”"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "further left or right"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "first is in line 1"),
        ("a: *b\n", 1, 4, "anchor"),
        ("a: &a [*a]\n", 1, 8, "anchor"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "tags"),
        ("a: !secret x\n", 1, 4, "“!secret”"),
        ("a: {<<: {b: 1}}\n", 1, 5, "merge keys"),
        ("? [a]\n: b\n", 1, 3, "simple word"),
        ('a: "\\0"\n', 1, 4, "characters"),
        ('a: "\\ud800"\n', 1, 4, "characters"),
        ("a: \x07\n", 1, 4, "character"),
        ("a: 1e999\n", 1, 4, "too large"),
        (f"a: {'9' * 5000}\n", 1, 4, "too large"),
        ('a: "\\q"\n', 1, 6, "no such escape"),
        ("a: [\n", 2, 1, "missing before this"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_place(text, line, column, words):
    (found,) = faults(text)
    assert found[:2] == (line, column)
    assert words in found[2]


def test_every_name_that_stands_twice_is_told_at_once():
    assert [one[0] for one in faults("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n")] == [2, 5]


def test_texts_numbers_and_yes_are_told_apart_as_people_expect():
    text = "a: 0612\nb: 12\nc: -1.5e3\nd: yes\ne: 2026-01-01\nf: true\ng: ~\nh: '1'\ni: 1_000\n"
    assert reading.read(text).root.data == {
        "a": "0612",
        "b": 12,
        "c": -1500.0,
        "d": "yes",
        "e": "2026-01-01",
        "f": True,
        "g": None,
        "h": "1",
        "i": "1_000",
    }


def test_an_anchor_stands_for_what_it_was_put_on():
    assert reading.read("a: &x [1]\nb: *x\n").root.data == {"a": [1], "b": [1]}


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="deep brackets"),
        pytest.param("{a: " * 30_000, id="deep braces"),
        pytest.param("\n".join(" " * n + "a:" for n in range(1000)), id="deep indents"),
        pytest.param("- " * 70_000, id="deep dashes"),
        pytest.param(
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n"
                for old, new in zip("abcdefgh", "bcdefghi", strict=True)
            ),
            id="a billion laughs",
        ),
        pytest.param(f'a: &a "{"x" * 100_000}"\nb: [{"*a, " * 30_000}]', id="a long text again"),
        pytest.param("- a\n" * 500_000, id="many items"),
        pytest.param("a: [" + "1," * 74_000 + "]", id="many items on a line"),
        pytest.param("!" * 149_000, id="a long tag"),
        pytest.param("&" + "a" * 149_000 + " *b", id="a long anchor"),
        pytest.param("\n" * 1_999_999, id="empty lines"),
        pytest.param("# x\n" * 499_999, id="comments"),
        pytest.param("%a\n" * 100_000, id="directives"),
        pytest.param("x" * 1_999_999, id="one line"),
        pytest.param("a: |\n" + "  x\n" * 600_000, id="larger than a playbook"),
    ],
)
def test_a_bomb_costs_little(text):
    began = time.perf_counter()
    with pytest.raises(reading.Unreadable):
        reading.read(text)
    assert time.perf_counter() - began < LONG_ENOUGH


def test_a_file_that_is_too_large_or_no_text_is_said_to_be():
    with override("en"):
        with pytest.raises(WrongFile, match="2 MB"):
            decoded(b"a" * 2_000_001)
        with pytest.raises(WrongFile, match="Line 2: This file is not text"):
            decoded("a: b\nc: é".encode("latin-1"))
    assert decoded("\ufeffa: b\r\n".encode()) == "\ufeffa: b\r\n"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_gives_complaints_with_lines_and_never_anything_else(data):
    """Letters put in, taken out and changed at random places of a template."""
    text = TEMPLATE[: data.draw(st.integers(200, 3000))]
    for _time in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 12))
        put = data.draw(st.text("{}[]:,-#&*!|>'\"%@` \t\nab1~é\\", max_size=4))
        text = text[:place] + put + text[place + gone :]
    with override("en"):
        for one in complaints_about(text, ROLL, Known()):
            assert 1 <= one.line <= text.count("\n") + 1
            assert one.message
            assert 0 <= one.mark <= len(one.quoted)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_at_all_is_answered_with_a_complaint(raw):
    with pytest.raises(WrongFile):
        read_playbook(decoded(raw))


WRONG = """\
key: a
name: {nl: A}
stages:
  - key: s
    name: {en: S, de: T}
    idle_days: many
    goalz: []
    goals:
      - kind: luck
        key: l
      - {kind: field, field: value, key: v, at_leest: 1}
    tasks:
      - key: u
        name: {nl: T}
        to: user
        user: ana@zon.example
    rules:
      - key: r
        name: R
        when: {all: [{field: value, is: equals, than: 3}]}
        to: {team: Nord, hours: ofice}
        otherwise:
          - {users: [anna@zon.example], hours: {days: 12345}}
"""


def test_every_fault_of_a_playbook_is_told_by_line_with_what_would_be_right():
    with override("en"):
        found = complaints_about(WRONG, ROLL, Known())
    told = [(one.line, one.column, one.message) for one in found]
    assert told == [
        (5, 19, "This must be one of: nl, en."),
        (6, 16, "This must be a whole number."),
        (7, 5, "There is no field “goalz” here. Did you mean “goals”?"),
        (9, 15, told[3][2]),
        (11, 45, "There is no field “at_leest” here. Did you mean “at_least”?"),
        (16, 15, told[5][2]),
        (20, 41, told[6][2]),
        (21, 20, told[7][2]),
        (21, 33, "This must be one of: office."),
        (23, 55, "This must be text. Put a number between quotes."),
    ]
    assert told[3][2].startswith("There are no goals of the kind “luck”. There are: field, ")
    assert "“ana@zon.example”. Did you mean “anna@zon.example”?" in told[5][2]
    assert "at_least" in told[6][2]
    assert told[7][2] == "There is no team “Nord”. Did you mean “Noord”?"
    assert found[2].quoted == "    goalz: []"
    assert found[2].parts == ("    ", "goalz:", " []")


def test_what_is_unwise_is_told_at_the_line_of_what_it_is_about():
    text = WRONG[: WRONG.index("    idle_days")].replace(", de: T", "") + (
        "    tasks:\n      - {key: t, name: {en: T}}\n      - {key: u, name: {en: U}}\n"
        "    goals:\n      - {kind: task, key: g, task: u}\n"
    )
    with override("en"):
        found = complaints_about(text, ROLL, Known())
    assert {(one.level, one.line) for one in found if "optional" in one.message} == {("warning", 8)}
    assert {one.line for one in found if one.level == "error"} == {9}
