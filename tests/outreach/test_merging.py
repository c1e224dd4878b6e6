"""Merge fields: filled in, found missing, and nothing else of the engine let in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadans.outreach.letters import letter, shown_missing
from cadans.outreach.merging import (
    BadMerge,
    Merged,
    check,
    fields_used,
    in_markdown,
    merge,
    on_a_line,
)

KNOWN = frozenset({"person.first_name", "company.name", "lead.custom.roof"})
ELS = {"person.first_name": "Els", "company.name": "Bakkerij Zon"}


def filled(text, values=ELS, **how):
    return merge(text, values, known=KNOWN, **how)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {{ person.first_name }},", "Hi Els,"),
        ("{{company.name}}", "Bakkerij Zon"),
        ('{{ lead.custom.roof|default("het dak") }}', "het dak"),
        ('{{ company.name|default("jullie") }}', "Bakkerij Zon"),
        ("{% if lead.custom.roof %}dak{% else %}geen{% endif %}", "geen"),
        ("{% if company.name and not lead.custom.roof %}ja{% endif %}", "ja"),
        ("Zonder velden {een accolade}", "Zonder velden {een accolade}"),
    ],
)
def test_fields_are_filled_in(text, said):
    assert filled(text) == Merged(said)


def test_a_missing_field_is_named_once_and_never_blank():
    merged = filled("Hi {{ person.first_name }}, {{ person.first_name }}", {})
    assert merged.missing == ("person.first_name",)
    assert "Hi ," not in merged.text
    assert shown_missing(merged.text, lambda name: f"[{name}]").startswith(
        "Hi [person.first_name],"
    )


def test_empty_text_counts_as_missing():
    assert filled("{{ company.name }}", {"company.name": ""}).missing == ("company.name",)


def test_a_field_behind_a_condition_is_not_missed():
    text = "{% if company.name %}Bij {{ company.name }}{% endif %}"
    assert filled(text, {}).missing == ()


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("{{ person.frist_name }}", "field", "person.frist_name"),
        ("{{ person }}", "field", "person"),
        ("{{ person.__class__ }}", "field", "person.__class__"),
        ("{{ person.first_name.__class__.__mro__ }}", "field", None),
        ("{{ person['first_name'] }}", "part", "getitem"),
        ("{{ person.first_name.upper() }}", "part", "call"),
        ("{{ person.first_name|upper }}", "part", "upper"),
        ("{{ 9 ** 99 }}", "part", "pow"),
        ("{{ 'a' * 9 }}", "part", "mul"),
        ("{% for a in person %}{% endfor %}", "part", "for"),
        ("{% set a = 1 %}", "part", "assign"),
        ("{% include 'a' %}", "part", "include"),
        ("{% macro a() %}{% endmacro %}", "part", "a"),
        ("{{ person.first_name", "syntax", None),
        ("{% if company.name %}", "syntax", None),
    ],
)
def test_anything_else_is_refused_with_its_place(text, kind, what):
    with pytest.raises(BadMerge) as refused:
        check("regel een\n" + text, KNOWN)
    assert refused.value.kind == kind
    assert refused.value.line == 2
    if what:
        assert refused.value.what == what


def test_the_fields_of_a_text_are_told():
    text = "{{ company.name }} {% if lead.custom.roof %}{{ person.first_name }}{% endif %}"
    assert fields_used(text) == ["company.name", "lead.custom.roof", "person.first_name"]


def test_a_subject_stays_one_line():
    merged = filled(
        "{{ company.name }}", {"company.name": "A\r\nBcc: x@y.example"}, written=on_a_line
    )
    assert merged.text == "A Bcc: x@y.example"


@given(st.text(max_size=80))
def test_no_value_becomes_markup(value):
    """Whatever stands in a field is shown as it is: no emphasis, no links, no tags, no list."""
    if not on_a_line(value):
        return
    written = letter(
        "x", "Dag {{ company.name }}!", {"company.name": value}, known=KNOWN, language="nl"
    )
    assert written.inner.startswith("<p>Dag ")
    assert written.inner.count("<") == 2, written.inner


@pytest.mark.parametrize(
    "value",
    ["[klik](https://evil.example)", "<b>x</b>", "*x*", "# x", "javascript:alert(1)", "`x`"],
)
def test_a_value_keeps_its_letters(value):
    html = letter("x", "{{ company.name }}", {"company.name": value}, known=KNOWN, language="nl")
    assert html.text.strip() == value
    assert "<a" not in html.inner


def test_a_letter_has_its_styles_inside_and_a_text_twin():
    body = (
        "Hi {{ person.first_name }},\n\nKijk [hier](https://x.example/?bij={{ company.name }}):\n\n"
        "- een\n- **twee**\n\n> gezegd\n> en gedaan\n\nGroet,\nAnna"
    )
    written = letter("Voor {{ company.name }}", body, ELS, known=KNOWN, language="nl")
    assert written.subject == "Voor Bakkerij Zon"
    assert '<html lang="nl">' in written.html
    assert "<style" not in written.html
    assert '<p style="margin' in written.html
    assert 'href="https://x.example/?bij=Bakkerij%20Zon"' in written.html
    assert written.text == (
        "Hi Els,\n\nKijk hier (https://x.example/?bij=Bakkerij%20Zon):\n\n- een\n- twee\n\n"
        "> gezegd\n> en gedaan\n\nGroet,\nAnna\n"
    )
    assert written.can_go


@pytest.mark.parametrize(
    "body",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>"],
)
def test_a_letter_holds_nothing_that_acts(body):
    inner = letter("x", body, {}, known=KNOWN, language="en").inner
    assert "<script" not in inner
    assert "href=" not in inner
    assert "<img" not in inner


def test_in_markdown_escapes_punctuation():
    assert in_markdown("a*b\n1. c") == "a\\*b 1\\. c"
