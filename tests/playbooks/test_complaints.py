"""A wrong design is told in the reader's language, with a pointer to each fault."""

import pytest
from django.utils.translation import override
from pydantic import ValidationError

from cadans.playbooks.complaints import invalid
from cadans.process.design import Design


def complaints(document):
    with pytest.raises(ValidationError) as caught:
        Design.model_validate(document)
    return invalid(caught.value, document)


def stage(**parts):
    return {"stages": [{"key": "a", "name": {"nl": "A"}, **parts}]}


@pytest.mark.parametrize(
    ("document", "pointer", "words"),
    [
        ({}, "/stages", "ontbreekt"),
        ({"stages": []}, "/stages", "minstens 1"),
        ({"stages": {}}, "/stages", "lijst"),
        ([], "", "groep velden"),
        (stage(key="A b"), "/stages/0/key", "kleine letters"),
        (stage(name={"nl": 1}), "/stages/0/name/nl", "tekst"),
        (stage(name={"de": "x"}), "/stages/0/name/de", "nl, en"),
        (stage(colour="red"), "/stages/0/colour", "colour"),
        (stage(idle_days=0), "/stages/0/idle_days", "minstens 1"),
        (stage(goals=[{"key": "g"}]), "/stages/0/goals/0", "soort"),
        (stage(goals=[{"key": "g", "kind": "luck"}]), "/stages/0/goals/0", "“luck”"),
        (
            stage(goals=[{"key": "g", "kind": "field", "field": ""}]),
            "/stages/0/goals/0/field",
            "Vul dit in",
        ),
        (
            stage(goals=[{"key": "g", "kind": "field", "field": "value", "at_least": "veel"}]),
            "/stages/0/goals/0/at_least",
            "getal of een datum",
        ),
        (
            stage(goals=[{"key": "g", "kind": "task", "task": "gone"}]),
            "/stages/0",
            "“gone”",
        ),
        (
            stage(
                rules=[
                    {
                        "key": "r",
                        "name": "R",
                        "when": {"all": [{"field": "value", "is": "at_least"}]},
                        "to": {"users": ["0190f8a0-0000-7000-8000-000000000000"]},
                    }
                ]
            ),
            "/stages/0/rules/0/when/all/0",
            "waarde",
        ),
        (
            stage(rules=[{"key": "r", "name": "R", "to": {}}]),
            "/stages/0/rules/0/to",
            "niet allebei",
        ),
        (stage(ends_in="won"), "", "eerste fase"),
    ],
)
def test_each_fault_has_a_pointer_and_dutch_words(document, pointer, words):
    with override("nl"):
        error = complaints(document)
    assert error.pointer == pointer
    assert words in error.message, error.message
    assert error.fields[pointer] == error.message
