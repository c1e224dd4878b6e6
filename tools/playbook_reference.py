"""The reference of the playbook format, made of the models that read it.

playbook_reference.py          write docs/reference/playbook.schema.json, and the fields in
                               docs/reference/playbook.md between its two marks
playbook_reference.py check    exit 1 when they are not what the models say
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "reference" / "playbook.md"
SCHEMA = PAGE.with_name("playbook.schema.json")
BEGIN, END = "<!-- fields: made by tools/playbook_reference.py -->", "<!-- end of fields -->"

HEADINGS = {
    "Playbook": "The file",
    "StageDesign": "A stage",
    "Guidance": "Guidance",
    "StageTask": "A task",
    "Due": "When a task is due",
    "AssignmentRule": "An assignment rule",
    "Target": "Who gets it",
    "Band": "A band of value",
    "Hours": "Hours of their own",
    "Automation": "An automation",
    "Notify": "Deed: notify",
    "MakeTask": "Deed: task",
    "Wait": "A delay",
    "AudienceStep": "A mailing list step",
    "Condition": "A condition",
    "Compare": "A comparison",
}
"""The shapes in the order of the page; goals follow the stage, what is not named comes last."""

Shape = dict[str, Any]


def fields(schema: Shape) -> str:
    """The part of the page between the marks."""
    shapes = {"Playbook": schema, **schema["$defs"]}
    goals = [name for name, shape in shapes.items() if _goal(shape) and name not in HEADINGS]
    order = [name for name in HEADINGS if name in shapes]
    order[2:2] = sorted(goals)
    order += sorted(shapes.keys() - {*order})
    return "\n".join(line for name in order for line in _section(name, shapes))


def _section(name: str, shapes: dict[str, Shape]) -> Iterator[str]:
    shape = shapes[name]
    kind = _goal(shape) if name not in HEADINGS else ""
    yield f"### {f'Goal: {kind}' if kind else HEADINGS.get(name, name)}\n"
    yield " ".join(shape.get("description", "").split()) + "\n"
    yield "| field | holds | when left out | |\n|---|---|---|---|"
    for field, told in shape["properties"].items():
        about = " ".join(told.get("description", "").split()) if field != "kind" or not kind else ""
        needed = field in shape.get("required", [])
        row = (f"`{field}`", _holds(told, shapes), "**needed**" if needed else _usual(told), about)
        yield "| " + " | ".join(one.replace("|", "\\|") for one in row) + " |"
    yield ""


def _goal(shape: Shape) -> str:
    return str(shape.get("properties", {}).get("kind", {}).get("const", ""))


def _usual(told: Shape) -> str:
    return f"`{json.dumps(told['default'], ensure_ascii=False)}`" if "default" in told else ""


def _holds(told: Shape, shapes: dict[str, Shape]) -> str:
    """What a field may hold, in a few words."""
    if "$ref" in told:
        name = told["$ref"].rpartition("/")[2]
        heading = (
            HEADINGS.get(name) or f"Goal: {_goal(shapes[name])}"
            if _goal(shapes[name])
            else HEADINGS.get(name, name)
        )
        anchor = heading.lower().replace(":", "").replace(" ", "-")
        return f"[{heading.lower()}](#{anchor})"
    if "const" in told:
        return f"`{told['const']}`"
    if "enum" in told:
        return ", ".join(f"`{one}`" if one else "nothing" for one in told["enum"])
    either: list[Shape] = told.get("anyOf") or told.get("oneOf") or []
    options = [one for one in either if one.get("type") != "null"]
    if options:
        held = list(dict.fromkeys(_holds(one, shapes) for one in options))
        return "goals, each of a kind below" if len(held) > 5 else " or ".join(held)
    if told.get("type") == "array":
        return f"list: {_holds(told['items'], shapes)}{_bounds(told, 'Items')}"
    if told.get("type") == "object":
        inner: Shape = next(iter(told.get("properties", {}).values()), {})
        names = ", ".join(f"`{one}`" for one in told["properties"])
        return f"{_holds(inner, shapes)} in each of {names}"
    if "a-z0-9_-" in told.get("pattern", ""):
        return "small letters, digits, - and _"
    if "title" in told:
        return str(told["title"][0].lower() + told["title"][1:])
    words = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "`true` or `false`",
    }
    kind = told.get("format") or words.get(told.get("type", ""), "any value")
    return f"{kind}{_bounds(told, 'Length')}{_bounds(told, 'imum')}"


def _bounds(told: Shape, what: str) -> str:
    low, high = told.get(f"min{what}"), told.get(f"max{what}")
    of = " characters" if what == "Length" else ""
    if low is not None and high is not None:
        return f", {low:g} to {high:g}{of}"
    if high is not None:
        return f", at most {high:g}{of}"
    return f", at least {low:g}{of}" if low is not None else ""


def page(schema: Shape) -> str:
    """The whole page as it should be."""
    text = PAGE.read_text("utf-8")
    before, _mark, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{fields(schema)}\n{END}{rest.partition(END)[2]}"


def wanted() -> dict[Path, str]:
    """What each of the two files should say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from cadans.playbooks.playbook import Playbook
    from cadans.playbooks.schema import schema_of

    schema = schema_of(Playbook)
    return {PAGE: page(schema), SCHEMA: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"}


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    stale = [
        path
        for path, text in wanted().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    if "check" in sys.argv[1:]:
        sys.exit(f"Not up to date: {', '.join(map(str, stale))}" if stale else 0)
    for path, text in wanted().items():
        path.write_text(text, "utf-8")
