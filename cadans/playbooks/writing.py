"""Plain values as YAML, in one form only. Pure.

What fits on a line stands on a line (in braces or brackets), texts of several lines stand as
blocks, everything else one line a field. Groups with a `key` (stages, goals, tasks, rules) always
take lines of their own, so that a comparison of two files reads well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cadans.playbooks.reading import FLOAT, INTEGER, WORDS

WIDEST = 100
STEP = 2

BEGINS = re.compile(r"[^\W_]")
"""A text that begins otherwise is put between quotes: who reads need not know YAML's signs."""
BREAKS = re.compile(r": |:$| #| $|[\n\[\]{},]")
LOOKS_ELSE = re.compile(r"(?i:y|n|yes|no|on|off)|[-+.]?[0-9][0-9_.,:eE+-]*|0[xob].*|[0-9]{4}-.*")
"""What other readers of YAML (1.1) take for yes, no, numbers and dates."""
LETTERS = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]*")
UNSAFE = re.compile(r"[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def document(fields: Mapping[str, Any]) -> str:
    """A whole document; the items of lists at its top are parted by an empty line."""
    lines = []
    for name, value in fields.items():
        if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            items = (item(one, STEP) for one in value)
            lines.append(f"{scalar(name)}:\n{' ' * STEP}" + f"\n\n{' ' * STEP}".join(items))
        else:
            lines.append(entry(name, value, 0))
    return "\n".join(lines) + "\n"


def entry(name: str, value: Any, indent: int) -> str:
    """A field whose name stands at `indent`, the indent itself not written."""
    name = scalar(name)
    return f"{name}:{behind(value, indent, indent + len(name) + 1)}"


def item(value: Any, indent: int) -> str:
    """An item of a list whose dash stands at `indent`, the indent itself not written."""
    if isinstance(value, Mapping) and value and not _on_a_line(value, indent + STEP):
        return f"- {group(value, indent + STEP)}"
    if isinstance(value, list) and value and not _on_a_line(value, indent + STEP):
        return f"- {row(value, indent + STEP)}"
    return f"-{behind(value, indent, indent + 1)}"


def group(value: Mapping[str, Any], indent: int) -> str:
    """Fields, one below the other at `indent`."""
    return f"\n{' ' * indent}".join(entry(name, one, indent) for name, one in value.items())


def row(value: Sequence[Any], indent: int) -> str:
    """Items, one below the other at `indent`."""
    return f"\n{' ' * indent}".join(item(one, indent) for one in value)


def behind(value: Any, indent: int, column: int) -> str:
    """What stands behind a colon or a dash at `column`, of something that begins at `indent`."""
    inner = indent + STEP
    if isinstance(value, str) and _is_block(value):
        mark = "|" if value.endswith("\n") else "|-"
        lines = (f"{' ' * inner}{line}" if line else "" for line in value.rstrip("\n").split("\n"))
        return f" {mark}\n" + "\n".join(lines)
    if not isinstance(value, Mapping | list) or not value or _on_a_line(value, column + 1):
        return f" {flow(value)}"
    below = group(value, inner) if isinstance(value, Mapping) else row(value, inner)
    return f"\n{' ' * inner}{below}"


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(name)}: {flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A text, number, yes or no, or nothing, on one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    if _is_plain(value):
        return value
    if ('"' in value or "\\" in value) and LETTERS.fullmatch(value) and "\n" not in value:
        return "'" + value.replace("'", "''") + "'"
    quoted = json.dumps(value, ensure_ascii=False)
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _is_plain(text: str) -> bool:
    return (
        BEGINS.match(text) is not None
        and BREAKS.search(text) is None
        and LETTERS.fullmatch(text) is not None
        and text not in WORDS
        and not any(one.fullmatch(text) for one in (INTEGER, FLOAT, LOOKS_ELSE))
    )


def _is_block(text: str) -> bool:
    """Whether a text of several lines reads the same as a block."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and text.strip() != ""
        and not text.startswith((" ", "\n"))
        and not text.endswith("\n\n")
        and not any(line.isspace() for line in lines)
        and LETTERS.fullmatch(text) is not None
    )


def _on_a_line(value: Any, column: int) -> bool:
    if not _is_short(value):
        return False
    return column + len(flow(value)) <= WIDEST


def _is_short(value: Any) -> bool:
    """Whether it may stand on a line at all: nothing in it has a key, or several lines."""
    if isinstance(value, Mapping):
        return "key" not in value and all(_is_short(one) for one in value.values())
    if isinstance(value, list):
        return all(_is_short(one) for one in value)
    return not (isinstance(value, str) and "\n" in value)
