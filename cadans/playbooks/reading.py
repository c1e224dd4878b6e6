"""YAML text as plain values, with the place of each in the text. Pure.

A playbook is one YAML 1.2 document of texts, numbers, yes and no, lists and groups of fields. What
else YAML can do (tags, merge keys, keys that are lists) is refused by name, and so is whatever
would cost more time or memory than a playbook can be worth: the parser is followed event by event
and left at the first limit that is passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

LARGEST = 2_000_000
"""Bytes of a file, and characters of all its texts once anchors are followed."""
MOST_VALUES = 50_000
DEEPEST = 40
LONGEST_NUMBER = 18
LONGEST_LINE = 150_000
"""Characters: more than the longest guidance takes on one line with everything escaped."""

# The core schema of YAML 1.2, save that digits behind a leading zero are text: 0612345678 is a
# phone number and 01234 a postcode.
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS: dict[str, bool | None] = {
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
}
KNOWN_TAGS = {None, "!", *(f"tag:yaml.org,2002:{one}" for one in ("str", "map", "seq"))}


@dataclass(frozen=True)
class Fault:
    """What is wrong at an offset of the text."""

    message: str
    offset: int


class Unreadable(Exception):
    """The text is no YAML that a playbook may be; `faults` is never empty."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].message)
        self.faults = list(faults)


@dataclass
class Scalar:
    """A text, number, yes or no, or nothing; `text[start:end]` is how it is written."""

    start: int
    end: int
    value: Any

    @property
    def data(self) -> Any:
        """The value."""
        return self.value


@dataclass
class Group:
    """Named fields, in the order of the text. `is_flow`: written in braces, on a line."""

    start: int
    end: int
    is_flow: bool
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        """The fields as a plain dictionary."""
        return {key.value: value.data for key, value in self.entries}


@dataclass
class Row:
    """A list. `is_flow`: written in brackets, on a line."""

    start: int
    end: int
    is_flow: bool
    items: list[Node] = field(default_factory=list)

    @property
    def data(self) -> list[Any]:
        """The items as a plain list."""
        return [item.data for item in self.items]


@dataclass
class Alias:
    """A `*name` that stands for what was written elsewhere."""

    start: int
    end: int
    target: Node

    @property
    def data(self) -> Any:
        """What it stands for."""
        return self.target.data


Node = Scalar | Group | Row | Alias


@dataclass(frozen=True)
class Written:
    """A text and what it says."""

    text: str
    root: Node

    def offset(self, pointer: str, *, at_key: bool = False) -> int:
        """Where the value that a JSON pointer names stands, or the last thing on the way to it.

        A group or a list stands where its name does, and so does anything with `at_key`.
        """
        node: Node = self.root
        place = node.start
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            node = node.target if isinstance(node, Alias) else node
            if isinstance(node, Group):
                found = next((one for one in node.entries if one[0].value == name), None)
                if found is None:
                    return place
                key, node = found
                is_short = isinstance(node, Scalar) and node.start < node.end
                place = node.start if is_short and not at_key else key.start
            elif isinstance(node, Row) and name.isdigit() and int(name) < len(node.items):
                node = node.items[int(name)]
                place = node.start
            else:
                return place
        return place


def read(text: str) -> Written:
    """What a text says. Raises Unreadable."""
    return Written(text, _Reader(text).root())


class _Reader:
    """Follows the parser's events and builds what they say, within the limits."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.anchors: dict[str, tuple[Node, int, int]] = {}
        self.doubles: list[Fault] = []
        self.values = 0
        self.letters = 0

    def root(self) -> Node:
        """The only document's value."""
        if len(self.text) > LARGEST:
            raise Unreadable([Fault(too_large(), 0)])
        # A tag or a name as long as a file would keep the parser busy for minutes.
        if max(map(len, self.text.split("\n"))) > LONGEST_LINE:
            raise Unreadable([Fault(_("A line of this file is too long."), 0)])
        try:
            events: Iterator[Event] = YAML(typ="safe", pure=True).parse(self.text)
            return self._document(events)
        except YAMLError as error:
            raise Unreadable([*self.doubles, _fault_of(error, self.text)]) from error

    def _document(self, events: Iterator[Event]) -> Node:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                break
        else:
            raise Unreadable([Fault(_("This file is empty."), 0)])
        root = self._node(next(events), events, 0)
        for event in events:
            if isinstance(event, DocumentStartEvent):
                where = event.start_mark.index
                told = _("A second document begins here. A file holds one playbook.")
                raise Unreadable([Fault(told, where)])
        if self.doubles:
            raise Unreadable(self.doubles)
        return root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        start = event.start_mark.index
        self.values += 1
        if self.values > MOST_VALUES:
            told = _("There is too much in this file: a playbook has at most %(most)s values.")
            raise Unreadable([Fault(told % {"most": MOST_VALUES}, start)])
        if depth > DEEPEST:
            told = _("This is nested too deeply: at most %(most)s levels.")
            raise Unreadable([Fault(told % {"most": DEEPEST}, start)])
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if not isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            raise Unreadable([Fault(_("This cannot be read as YAML."), start)])
        if event.tag not in KNOWN_TAGS:
            told = _("A playbook has no tags such as “%(tag)s”. Leave it out.")
            raise Unreadable([Fault(told % {"tag": _short(str(event.tag))}, start)])
        before = (self.values - 1, self.letters)
        node: Node
        if isinstance(event, ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, MappingStartEvent):
            node = self._group(event, events, depth)
        else:
            node = self._row(event, events, depth)
        if event.anchor:
            weight = (self.values - before[0], self.letters - before[1])
            self.anchors[event.anchor] = (node, *weight)
        return node

    def _alias(self, event: AliasEvent) -> Alias:
        start, end = event.start_mark.index, event.end_mark.index
        known = self.anchors.get(event.anchor)
        if known is None:
            told = _("“*%(name)s” refers to an anchor “&%(name)s” that does not come before it.")
            raise Unreadable([Fault(told % {"name": _short(event.anchor)}, start)])
        target, values, letters = known
        self.values += values
        self._count_letters(letters, start)
        if self.values > MOST_VALUES:
            told = _("There is too much in this file: a playbook has at most %(most)s values.")
            raise Unreadable([Fault(told % {"most": MOST_VALUES}, start)])
        return Alias(start, end, target)

    def _group(self, event: MappingStartEvent, events: Iterator[Event], depth: int) -> Group:
        start = event.start_mark.index
        group = Group(start, event.end_mark.index, bool(event.flow_style))
        names: dict[str, int] = {}
        for inner in events:
            if isinstance(inner, MappingEndEvent):
                break
            key = self._key(inner)
            if key.value in names:
                told = _("“%(name)s” stands here twice; the first is in line %(line)s.")
                line = line_of(self.text, names[key.value])
                self.doubles.append(
                    Fault(told % {"name": _short(key.value), "line": line}, key.start)
                )
            names.setdefault(key.value, key.start)
            value = self._node(next(events), events, depth + 1)
            if isinstance(value, Scalar) and value.start == value.end:
                # The parser puts what is not written where the next thing begins.
                colon = self.text.find(":", key.end, value.start)
                value.start = value.end = colon + 1 if colon >= 0 else key.end
            group.entries.append((key, value))
        group.end = self._end(group, inner)
        return group

    def _row(self, event: SequenceStartEvent, events: Iterator[Event], depth: int) -> Row:
        row = Row(event.start_mark.index, event.end_mark.index, bool(event.flow_style))
        for inner in events:
            if isinstance(inner, SequenceEndEvent):
                break
            row.items.append(self._node(inner, events, depth + 1))
        row.end = self._end(row, inner)
        return row

    def _end(self, node: Group | Row, closing: Event) -> int:
        """Behind the bracket; without brackets, behind the last value and the rest of its line."""
        if node.is_flow:
            return int(closing.end_mark.index)
        last = node.entries[-1][1] if isinstance(node, Group) else node.items[-1]
        return end_with_comment(self.text, last.end)

    def _key(self, event: Event) -> Scalar:
        start = event.start_mark.index
        if not isinstance(event, ScalarEvent):
            told = _("The name of a field must be a simple word.")
            raise Unreadable([Fault(told, start)])
        if event.value == "<<" and _is_plain(event):
            told = _("A playbook has no merge keys (“<<”). Write the fields out.")
            raise Unreadable([Fault(told, start)])
        self._check_text(event.value, start)
        return Scalar(start, event.end_mark.index, event.value)

    def _scalar(self, event: ScalarEvent) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        self._check_text(event.value, start)
        if event.style in {"|", ">"}:
            # The blank lines behind a block of text are not a part of it.
            end = start + len(self.text[start:end].rstrip(" \r\n"))
        value = event.value
        if _is_plain(event) and event.tag is None:
            value = self._resolved(value, start)
        return Scalar(start, end, value)

    def _resolved(self, word: str, start: int) -> Any:
        if word in WORDS:
            return WORDS[word]
        if INTEGER.fullmatch(word):
            if len(word) <= LONGEST_NUMBER:
                return int(word)
            raise Unreadable([Fault(_("This number is too large."), start)])
        if FLOAT.fullmatch(word):
            number = float(word)
            if isfinite(number):
                return number
            raise Unreadable([Fault(_("This number is too large."), start)])
        return word

    def _check_text(self, text: str, start: int) -> None:
        self._count_letters(len(text), start)
        if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            told = _("This text holds characters that no text has.")
            raise Unreadable([Fault(told, start)])

    def _count_letters(self, more: int, start: int) -> None:
        self.letters += more
        if self.letters > LARGEST:
            raise Unreadable([Fault(too_large(), start)])


def too_large() -> str:
    """That a file is too large, in the reader's language."""
    return _("This file is too large: a playbook has at most %(most)s MB.") % {
        "most": LARGEST // 1_000_000
    }


def line_of(text: str, offset: int) -> int:
    """The number of the line at an offset, from 1."""
    return text.count("\n", 0, offset) + 1


def column_of(text: str, offset: int) -> int:
    """The column at an offset, from 1."""
    return offset - text.rfind("\n", 0, offset)


def end_with_comment(text: str, offset: int) -> int:
    """The end of the line at `offset` when only blanks or a comment follow there; else `offset`."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    rest = text[offset:end]
    if not rest.strip():
        return offset
    return end if re.match(r"[ \t]+#", rest) else offset


def _is_plain(event: ScalarEvent) -> bool:
    return bool(event.implicit[0])


def _short(word: str) -> str:
    return str(Truncator(word.removeprefix("tag:yaml.org,2002:")).chars(40))


def _fault_of(error: YAMLError, text: str) -> Fault:
    """What the parser says, in words that help somebody who does not know YAML by heart."""
    if isinstance(error, ReaderError):
        return Fault(_("This character cannot stand in a file of text."), int(error.position))
    if not isinstance(error, MarkedYAMLError):
        return Fault(_("This cannot be read as YAML."), 0)
    mark = error.problem_mark or error.context_mark
    offset = min(int(mark.index), len(text)) if mark else 0
    problem, context = str(error.problem or ""), str(error.context or "")
    if "quoted scalar" in context and error.context_mark and "escape" not in problem:
        told = _("The quote that opens here is not closed.")
        return Fault(told, int(error.context_mark.index))
    letter = text[offset : offset + 1]
    if "cannot start any token" in problem and letter != "\t":
        told = _("A text cannot begin with “%(letter)s”. Put it between quotes.")
        return Fault(told % {"letter": letter}, offset)
    told = next((str(words) for part, words in PROBLEMS if part in problem), "")
    return Fault(told or _("This cannot be read as YAML."), offset)


PROBLEMS = (
    ("cannot start any token", gettext_lazy("A tab stands here. Indent with spaces.")),
    (
        "mapping values are not allowed",
        gettext_lazy(
            "There is a “:” that does not belong here. Put a text that holds one between quotes;"
            " or the line above misses its “:”."
        ),
    ),
    (
        "could not find expected ':'",
        gettext_lazy("A “:” is missing: behind the name of a field comes a colon and a space."),
    ),
    (
        "expected <block end>",
        gettext_lazy("This line stands further left or right than the lines it belongs with."),
    ),
    (
        "expected ',' or",
        gettext_lazy("A comma or a closing bracket is missing before this."),
    ),
    (
        "expected the node content",
        gettext_lazy("A value or a closing bracket is missing before this."),
    ),
    (
        "unknown escape character",
        gettext_lazy("There is no such escape. Write “\\\\” for a backslash."),
    ),
)
"""Part of what the parser says → what we say."""
