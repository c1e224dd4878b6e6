"""Merge fields: `Hi {{ person.first_name }}` filled in for one reader.

Pure. The engine is Jinja's sandbox, and of its language only this much is let in:

    {{ company.name }}                                   a field
    {{ person.first_name|default("there") }}             or these words where it is not known
    {% if company.name %}…{% else %}…{% endif %}         with `not`, `and`, `or`

A field that is not known for a reader is found and named (`Merged.missing`), never left blank. So
whoever sends asks `missing` first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Getattr,
    nodes.Name,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Const,
    nodes.Filter,
)
"""The parts of the language that texts may use: none of them repeats, calls or reaches out."""

OPENS, CLOSES = "\ue000", "\ue001"
"""Around the name of a missing field in a text that is only shown, not sent."""

MARKED = re.compile(f"{OPENS}([^{CLOSES}]*){CLOSES}")
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class BadMerge(Exception):
    """A text that cannot be filled in: `kind` says why, `what` names the culprit, `line` where.

    `kind` is "field" (there is no such field), "part" (more of the language than is let in) or
    "syntax" (a brace too few).
    """

    def __init__(self, kind: str, what: str, line: int) -> None:
        super().__init__(f"{kind}: {what} (line {line})")
        self.kind, self.what, self.line = kind, what, line


@dataclass(frozen=True)
class Merged:
    """A text filled in, and the fields it wanted that are not known, in order."""

    text: str
    missing: tuple[str, ...] = ()


class _Missing(Undefined):
    """A field that is not known: false in a condition, and named where it would be written."""


class _Fields:
    """The fields of one thing by name. The sandbox finds them as attributes."""

    def __init__(self, of: Mapping[str, Any]) -> None:
        self.__dict__.update(of)


def fields_used(text: str) -> list[str]:
    """The fields that a text names, each once, in order. Raises BadMerge."""
    return list(dict.fromkeys(path for path, _line in _paths(_parsed(text))))


def check(text: str, known: Mapping[str, Any] | frozenset[str]) -> None:
    """Raise BadMerge unless the text can be filled in with the fields that are known."""
    for path, line in _paths(_parsed(text)):
        if path not in known:
            raise BadMerge("field", path, line)


def merge(
    text: str,
    values: Mapping[str, str],
    *,
    known: frozenset[str],
    written: Callable[[str], str] = str,
) -> Merged:
    """The text with its fields filled in.

    `values` holds what is known for this reader (empty text counts as unknown), `known` the names
    of all fields there are, `written` how a value is put into such a text (`in_markdown`,
    `on_a_line`). Raises BadMerge.
    """
    check(text, known)
    missing: dict[str, None] = {}

    def put(value: Any) -> str:
        if isinstance(value, Undefined):
            path = str(value._undefined_name)
            missing[path] = None
            return f"{OPENS}{path}{CLOSES}"
        return written(str(value))

    environment = ImmutableSandboxedEnvironment(
        undefined=_Missing, finalize=put, keep_trailing_newline=True, cache_size=0
    )
    filled = environment.from_string(text).render(_tree(values, known))
    return Merged(filled, tuple(missing))


def in_markdown(value: str) -> str:
    """A value inside Markdown: its own asterisks and brackets stay what they are."""
    return PUNCTUATION.sub(r"\\\1", on_a_line(value))


def on_a_line(value: str) -> str:
    """A value inside one line, such as a subject."""
    return " ".join(value.replace(OPENS, "").replace(CLOSES, "").split())


def _tree(values: Mapping[str, str], known: frozenset[str]) -> dict[str, Any]:
    """`{"person.first_name": "Els"}` as nested fields, with the missing ones as such."""
    tree: dict[str, Any] = {}
    for path in known:
        *above, last = path.split(".")
        branch = tree
        for name in above:
            branch = branch.setdefault(name, {})
        branch[last] = values.get(path) or _Missing(name=path)
    return {name: _branch(part) for name, part in tree.items()}


def _branch(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return _Fields({name: _branch(one) for name, one in part.items()})


@lru_cache(maxsize=512)
def _parsed(text: str) -> nodes.Template:
    try:
        return ImmutableSandboxedEnvironment(cache_size=0).parse(text)
    except TemplateSyntaxError as error:
        raise BadMerge("syntax", error.message or "", error.lineno) from None
    except RecursionError:
        raise BadMerge("syntax", "…", 1) from None


def _paths(parsed: nodes.Node) -> Iterator[tuple[str, int]]:
    """Every field of the text with its line. Raises BadMerge for other parts of the language."""
    if isinstance(parsed, nodes.Getattr | nodes.Name):
        yield _path(parsed), parsed.lineno
        return
    if not isinstance(parsed, ALLOWED) or not _is_plain(parsed):
        raise BadMerge("part", _called(parsed), parsed.lineno)
    for part in parsed.iter_child_nodes():
        yield from _paths(part)


def _is_plain(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name in {"default", "d"} and len(node.args) == 1 and not node.kwargs
    if isinstance(node, nodes.Const):
        return isinstance(node.value, str | bool)
    return True


def _called(node: nodes.Node) -> str:
    name = getattr(node, "name", None)
    return name if isinstance(name, str) else type(node).__name__.lower()


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Name):
        return node.name
    raise BadMerge("part", _called(node), node.lineno)
