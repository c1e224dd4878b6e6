"""The JSON Schema: it fits what is written, refuses what is wrong, and explains every field."""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from pydantic_core import PydanticCustomError

import cadans
from cadans.playbooks.complaints import MESSAGES
from cadans.playbooks.filing import file_of
from cadans.playbooks.playbook import Playbook
from cadans.playbooks.reading import read
from cadans.playbooks.schema import fields_at, schema_of
from tests.playbooks.designs import ROLL, playbooks
from tests.playbooks.test_filing import SLOWLY, TEXTS, WRITTEN

PACKAGE = Path(cadans.__file__).parent
SCHEMA = schema_of(Playbook)
CHECK = jsonschema_rs.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.split("key: ")[1].split()[0])
def test_the_templates_fit(text):
    assert not list(CHECK.iter_errors(read(text).root.data))


@SLOWLY
@given(playbooks())
def test_whatever_is_exported_fits(playbook):
    written = read(file_of(playbook, ROLL)).root.data
    assert [str(one) for one in CHECK.iter_errors(written)] == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("idle_days: 3", "idle_days: many"),
        ("idle_days: 3", "idle_dayz: 3"),
        ("kind: box, ", ""),
        ("kind: box", "kind: luck"),
        ("name: {en: Seen}", "name: {de: Seen}"),
        ("field: value", "fields: value"),
        ("ends_in: won", "ends_in: glory"),
        ("key:   ours", "key: Ours!"),
        ("team: noord", "team: [noord]"),
    ],
)
def test_what_is_wrong_does_not_fit(right, wrong):
    assert CHECK.is_valid(read(WRITTEN.replace("1_000", "1000")).root.data)
    assert right in WRITTEN
    assert not CHECK.is_valid(
        read(WRITTEN.replace("1_000", "1000").replace(right, wrong)).root.data
    )


def test_every_field_is_explained():
    shapes = {"Playbook": SCHEMA, **SCHEMA["$defs"]}
    silent = [
        f"{name}.{field}: give it a docstring, or its model"
        for name, shape in shapes.items()
        for field, told in shape.get("properties", {}).items()
        if not told.get("description")
    ]
    assert not silent


def test_every_refusal_has_words():
    """Whoever lets a model refuse something says it in the reader's language too."""
    kinds = {
        kind
        for path in PACKAGE.rglob("*.py")
        for kind in re.findall(
            rf"{PydanticCustomError.__name__}\(\s*\"(\w+)\"", path.read_text("utf-8")
        )
    }
    assert len(kinds) > 10
    assert not kinds - MESSAGES.keys()


def test_it_says_which_fields_may_stand_at_a_place():
    document = {"stages": [{"goals": [{"kind": "box"}], "rules": [{"to": {"hours": {}}}]}]}
    assert fields_at(Playbook, "", document)[-1] == "stages"
    assert fields_at(Playbook, "/stages/0/goals/0", document) == ["key", "name", "kind"]
    assert fields_at(Playbook, "/stages/0/rules/0/to/hours", document) == ["days", "starts", "ends"]
    assert fields_at(Playbook, "/stages/0/name", document) == ["nl", "en"]
    assert fields_at(Playbook, "/nowhere/0", document) == []


def test_it_is_plain_json():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
