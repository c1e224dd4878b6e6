"""A file's text after its design was changed elsewhere: comments, order and quotes stay. Pure.

The text is cut along the values that it says. What means the same as before is copied letter for
letter; what changed is written anew (writing.py) in its place; what is new comes where the
playbook's fields have their order, stages, goals, tasks and rules where they stand in the design.
Those are recognised by their `key`, so that they take their comments along when they move.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from cadans.playbooks import writing
from cadans.playbooks.reading import Group, Node, Row, Scalar, Written

Full = Any
"""A value as a design dumps it, every field written out."""
Short = Any
"""The same without what is the default."""
Piece = tuple[str, str]
"""What leads to a field or an item, and itself."""
COMMENT = re.compile(r"[ \t]+#[^\n]*")


class CannotMend(Exception):
    """The text says it in a way that cannot be changed in place (an anchor, for one)."""


def mended(written: Written, old: Full, new: Full, short: Short) -> str:
    """The text so that it says `new` instead of `old`.

    Whoever calls checks that it does: a part may be written in ways that this does not foresee.
    Raises CannotMend.
    """
    root = written.root
    if not isinstance(root, Group) or not root.entries:
        raise CannotMend
    mender = _Mender(written.text)
    body = mender.group(root, old, new, short)
    begins = mender.above(root.start)
    if begins == root.start:
        body = body.lstrip("\n")
    return written.text[:begins] + body + written.text[root.end :]


class _Mender:
    """Writes the text of a value anew, copying what means the same."""

    def __init__(self, text: str) -> None:
        self.text = text

    def value(self, node: Node, old: Full, new: Full, short: Short) -> str | None:
        """The text of a changed group or list; None when it is to be written anew."""
        if isinstance(node, Group) and isinstance(old, dict) and isinstance(new, dict):
            return self.group(node, old, new, short) if node.entries and short else None
        if isinstance(node, Row) and isinstance(old, list) and isinstance(new, list):
            return self.row(node, old, new, short) if node.items and short else None
        return None

    def group(self, node: Group, old: Full, new: Full, short: Short) -> str:
        """The text of a group from its first name on; below each other, also what leads to it."""
        kept = {
            key.value: (key, value)
            for key, value in node.entries
            if key.value in new
            and (key.value in short or _same(old.get(key.value), new[key.value]))
        }
        wanted = [name for name in short if name in kept or not _same(old.get(name), new[name])]
        names = _with_new(list(kept), wanted)
        if node.is_flow:
            parts = [
                self._flow_entry(*kept[name], old.get(name), new[name], short.get(name))
                if name in kept
                else f"{writing.scalar(name)}: {writing.flow(short[name])}"
                for name in names
            ]
            return "{" + ", ".join(parts) + "}"
        indent = self._column(node.entries[0][0].start)
        leads = self._leads(node.start, [(key.start, value) for key, value in node.entries])
        lead_of = {key.value: lead for (key, _value), lead in zip(node.entries, leads, strict=True)}
        pieces: list[Piece] = []
        for name in names:
            if name in kept:
                body = self._entry(*kept[name], old.get(name), new[name], short.get(name), indent)
                pieces.append((lead_of[name], body))
            else:
                pieces.append(("", writing.entry(name, short[name], indent)))
        return self._joined(pieces, leads[0], indent)

    def row(self, node: Row, old: Full, new: Full, short: Short) -> str:
        """The text of a list from its first item on."""
        pairs = _pairs(old, new)
        if node.is_flow:
            parts = []
            for place, was in enumerate(pairs):
                if was is not None and _same(old[was], new[place]):
                    parts.append(self._slice(node.items[was]))
                else:
                    parts.append(writing.flow(short[place]))
            return "[" + ", ".join(parts) + "]"
        dashes = self._dashes(node)
        indent = self._column(dashes[0])
        leads = self._leads(
            node.start, [(dash, one) for dash, one in zip(dashes, node.items, strict=True)]
        )
        # Where an empty line stands between the items, one stands before a new item too.
        is_parted = any(re.match(r"\n[ \t]*\n", lead) for lead in leads[1:])
        pieces: list[Piece] = []
        for place, was in enumerate(pairs):
            if was is None:
                lead = f"\n\n{' ' * indent}" if is_parted and place else ""
                pieces.append((lead, writing.item(short[place], indent)))
                continue
            node_was = node.items[was]
            body = self._item(dashes[was], node_was, old[was], new[place], short[place], indent)
            lead = leads[was]
            if is_parted and (was == 0) != (place == 0):
                lead = ("\n" if place else "") + re.sub(r"^\n(?:[ \t]*\n)+", "\n", lead)
            pieces.append((lead, body))
        return self._joined(pieces, leads[0], indent)

    def _entry(
        self, key: Scalar, value: Node, old: Full, new: Full, short: Short, indent: int
    ) -> str:
        if _same(old, new):
            return self.text[key.start : self._end(value)]
        inner = self.value(value, old, new, short)
        if inner is None:
            name = self.text[key.start : key.end]
            column = indent + len(name) + 1
            return f"{name}:{self._with_comment(writing.behind(short, indent, column), value)}"
        if isinstance(value, Group | Row) and not value.is_flow and inner.startswith("\n"):
            return self.text[key.start : self._line_end(key.end, value.start)] + inner
        return self.text[key.start : value.start] + inner + self._comment(value)

    def _item(self, dash: int, value: Node, old: Full, new: Full, short: Short, indent: int) -> str:
        if _same(old, new):
            return self.text[dash : self._end(value)]
        inner = self.value(value, old, new, short)
        if inner is None:
            return f"{writing.item(short, indent)}{self._comment(value)}"
        return self.text[dash : value.start] + inner.lstrip("\n ") + self._comment(value)

    def _flow_entry(self, key: Scalar, value: Node, old: Full, new: Full, short: Short) -> str:
        if _same(old, new):
            return self.text[key.start : value.end]
        return f"{self.text[key.start : key.end]}: {writing.flow(short)}"

    def _joined(self, pieces: Sequence[Piece], first: str, indent: int) -> str:
        """Each piece behind what leads to it: line ends, comments and the indent.

        `first` is what led to the first piece; nothing, when it stands on the line of its dash.
        """
        usual = f"\n{' ' * indent}"
        text = ""
        for place, (lead, body) in enumerate(pieces):
            text += (lead or usual) if place or first else (lead or "")
            text += body
        return text

    def _leads(self, start: int, parts: Sequence[tuple[int, Node]]) -> list[str]:
        """What stands before each part and belongs to it: lines of its own above it."""
        leads = []
        before = self.above(start)
        for begins, value in parts:
            leads.append(self.text[before:begins])
            before = self._end(value)
        return leads

    def above(self, start: int) -> int:
        """Where the lines above a block begin: at the end of the line that holds its name.

        A block that begins on the line of its name or dash has nothing above it.
        """
        line = self.text.rfind("\n", 0, start) + 1
        if self.text[line:start].strip():
            return start
        place = line
        while place > 0:
            above = self.text.rfind("\n", 0, place - 1) + 1
            words = self.text[above : place - 1].strip()
            if words and not words.startswith("#"):
                return place - 1
            place = above
        return start

    def _end(self, value: Node) -> int:
        """The end of a value, with the comment that stands behind it on its line."""
        found = COMMENT.match(self.text, value.end)
        return found.end() if found else value.end

    def _comment(self, value: Node) -> str:
        return self.text[value.end : self._end(value)]

    def _with_comment(self, text: str, value: Node) -> str:
        """A value written anew, the comment that stood behind it kept on its first line."""
        first, newline, rest = text.partition("\n")
        return first + self._comment(value) + newline + rest

    def _dashes(self, node: Row) -> list[int]:
        if self.text[node.start] != "-":
            raise CannotMend
        column = self._column(node.start)
        sign = re.compile(rf"^ {{{column}}}-(?=\s)", re.MULTILINE)
        dashes = [node.start]
        for before, item in zip(node.items, node.items[1:], strict=False):
            found = sign.search(self.text, before.end, item.start)
            if found is None:
                raise CannotMend
            dashes.append(found.end() - 1)
        return dashes

    def _column(self, offset: int) -> int:
        return offset - self.text.rfind("\n", 0, offset) - 1

    def _line_end(self, offset: int, limit: int) -> int:
        found = self.text.find("\n", offset, limit)
        return found if found >= 0 else limit

    def _slice(self, node: Node) -> str:
        return self.text[node.start : node.end]


def _same(one: Full, other: Full) -> bool:
    """Whether two values mean the same; 1 is not yes."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _with_new(kept: list[str], wanted: list[str]) -> list[str]:
    """The kept names in their order, each new wanted one behind the one that precedes it."""
    names = list(kept)
    place = 0
    for name in wanted:
        if name in names:
            place = names.index(name) + 1
        else:
            names.insert(place, name)
            place += 1
    return names


def _pairs(old: Sequence[Full], new: Sequence[Full]) -> list[int | None]:
    """For each new item the place of the old one that it was, if it was there."""
    pairs = _matched(old, new, _identity)
    if len(old) == len(new):
        free = set(range(len(old))) - {one for one in pairs if one is not None}
        for place, was in enumerate(pairs):
            if was is None and place in free and not _has_key(new[place]):
                pairs[place] = place
    return pairs


def _matched(
    old: Sequence[Full], new: Sequence[Full], identity: Callable[[Full], str]
) -> list[int | None]:
    free: dict[str, list[int]] = {}
    for place, one in enumerate(old):
        free.setdefault(identity(one), []).append(place)
    return [places.pop(0) if (places := free.get(identity(one))) else None for one in new]


def _identity(one: Full) -> str:
    return f"key {one['key']}" if _has_key(one) else json.dumps(one, sort_keys=True)


def _has_key(one: Full) -> bool:
    return isinstance(one, dict) and "key" in one
