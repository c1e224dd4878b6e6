"""The condition builder: rows of field, comparison and value, in groups, and back.

It writes conditions of two levels: all of (or any of) comparisons and groups, each group any of
(or all of) comparisons. What a playbook file nests deeper is shown in words and kept as it is
until the manager replaces it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Literal

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import ValidationError

from cadans.ground.conditions import WITHOUT_OPERAND, Compare, Condition
from cadans.playbooks import vocabulary
from cadans.playbooks.words import Lexicon, comparisons_of, condition_words

LISTS = {"one_of", "none_of"}
OFFERED: dict[str, tuple[str, ...]] = {
    "text": ("equal", "not_equal", "one_of", "none_of", "contains", "set", "not_set"),
    "list": ("equal", "not_equal", "one_of", "none_of", "set", "not_set"),
    "number": ("at_least", "at_most", "equal", "not_equal", "set", "not_set"),
    "date": ("at_least", "at_most", "equal", "set", "not_set"),
    "yes_no": ("equal", "set", "not_set"),
}
"""Comparisons that make sense for each kind of field."""

Mode = Literal["all", "any"]


@dataclass(frozen=True)
class Row:
    """One comparison as the builder shows it. `number` makes its ids unique on the page, `group`
    is the number of the group it stands in, empty for none."""

    number: str
    field: str = ""
    is_: str = "equal"
    than: str = ""
    values: Sequence[tuple[str, str]] = ()
    input_type: str = "text"
    comparisons: Sequence[tuple[str, Any]] = ()
    is_closed: bool = False
    group: str = ""

    @property
    def needs_value(self) -> bool:
        """Whether there is something to compare with."""
        return self.is_ not in WITHOUT_OPERAND

    @property
    def takes_several(self) -> bool:
        """Whether the value is a list, with commas between."""
        return self.is_ in LISTS

    @property
    def is_chosen(self) -> bool:
        """Whether the value is chosen from a list and cannot be anything else."""
        return self.is_closed and not self.takes_several


@dataclass(frozen=True)
class Group:
    """Rows of which one must hold, or all."""

    number: str
    mode: Mode = "any"
    rows: Sequence[Row] = ()


@dataclass(frozen=True)
class Builder:
    """A condition as the builder shows it. `kept` is one that it cannot show, as JSON."""

    mode: Mode = "all"
    parts: Sequence[Row | Group] = ()
    kept: str = ""
    told: str = ""
    groups: Sequence[tuple[str, Sequence[vocabulary.Word]]] = field(default_factory=tuple)
    is_free: bool = False

    @property
    def rows(self) -> list[Row]:
        """The rows that stand in no group."""
        return [part for part in self.parts if isinstance(part, Row)]


def builder_of(when: Condition, *, is_free: bool = False) -> Builder:
    """A condition for the builder. With `is_free` its fields are a signal's own, typed freely."""
    words = [] if is_free else vocabulary.words()
    groups = tuple((group, list(row)) for group, row in groupby(words, lambda word: word.group))
    empty = Builder(groups=groups, is_free=is_free)
    mode: Mode = "any" if when.any and not when.all else "all"
    parts = list(when.any if mode == "any" else when.all)
    if when.all and when.any:  # all of these, and one of those
        parts.append(Condition(any=when.any))
    if any(_is_too_deep(part) for part in parts):
        told = condition_words(when, Lexicon(fields=vocabulary.labels(words)))
        kept = json.dumps(when.model_dump(mode="json", by_alias=True))
        return replace(empty, kept=kept, told=told)
    return replace(empty, mode=mode, parts=_numbered(parts, is_free=is_free))


def builder_in(data: QueryDict, *, is_free: bool = False) -> Builder:
    """The builder as it was filled in, whatever is wrong with it."""
    if data.get("when_kept"):
        try:
            return builder_of(Condition.model_validate(condition_in(data)), is_free=is_free)
        except ValidationError:
            return builder_of(Condition(), is_free=is_free)
    parts: list[Row | Group] = []
    for number, (group, rows) in enumerate(_filled_in(data)):
        shown = [
            row_of(f"{number}-{place}", name, is_, than, is_free=is_free, group=group)
            for place, (name, is_, than) in enumerate(rows)
        ]
        parts += [Group(group, _mode(data, group), shown)] if group else shown
    return replace(builder_of(Condition(), is_free=is_free), mode=_mode(data), parts=parts)


def row_of(
    number: str,
    name: str = "",
    is_: str = "equal",
    than: str = "",
    *,
    is_free: bool = False,
    group: str = "",
) -> Row:
    """A row of the builder, with the comparisons and values that its field is known to have."""
    known = None
    if not is_free and name:
        known = next((word for word in vocabulary.words() if word.field == name), None)
    kind = known.kind if known else "text"
    offered = [*OFFERED[kind]] if known else [*comparisons_of("")]
    if is_ not in comparisons_of("") or (is_ not in offered and not than):
        is_ = offered[0]
    if is_ not in offered:
        offered.append(is_)
    words = comparisons_of(name)
    values = [(value, value) for value in ([] if is_free else vocabulary.values_of(name))]
    if kind == "yes_no":
        values = [("true", _("yes")), ("false", _("no"))]
    is_closed = bool(values) and (kind == "yes_no" or _is_closed(name))
    if is_closed and than and than not in dict(values):
        values.append((than, than))
    return Row(
        number,
        name,
        is_,
        than,
        values,
        "text" if is_ in LISTS else {"number": "number", "date": "date"}.get(kind, "text"),
        [(one, words[one]) for one in offered],
        is_closed,
        group,
    )


def condition_in(data: QueryDict) -> dict[str, Any]:
    """The condition that the builder's fields say, as a document; rows without a field fall out."""
    if data.get("when_kept"):
        try:
            kept: Any = json.loads(data.get("when_kept", ""))
        except ValueError:
            kept = {}
        return kept if isinstance(kept, dict) else {}
    parts: list[Mapping[str, Any]] = []
    for group, rows in _filled_in(data):
        told = [
            _compare(name.strip(), is_, than.strip()) for name, is_, than in rows if name.strip()
        ]
        if group and len(told) > 1:
            parts.append({_mode(data, group): told})
        else:
            parts += told
    return {_mode(data): parts} if parts else {}


def _filled_in(data: QueryDict) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Field, comparison and value of each row, by group: each row that stands in none apart, the
    rows of a group together where its first one stands."""
    columns = [data.getlist(name) for name in ("when_field", "when_is", "when_than")]
    groups = data.getlist("when_group") or [""] * len(columns[0])
    found: list[tuple[str, list[tuple[str, str, str]]]] = []
    for group, *row in zip(groups, *columns, strict=False):
        one = (row[0], row[1], row[2])
        together = next((rows for key, rows in found if group and key == group), None)
        if together is None:
            found.append((group, [one]))
        else:
            together.append(one)
    return found


def _mode(data: QueryDict, group: str = "") -> Mode:
    chosen = data.get(f"when_mode_{group}" if group else "when_mode")
    return "any" if chosen == "any" else "all"


def _numbered(parts: Sequence[Compare | Condition], *, is_free: bool) -> list[Row | Group]:
    found: list[Row | Group] = []
    for number, part in enumerate(parts):
        if isinstance(part, Compare):
            found.append(_row(str(number), part, is_free=is_free))
            continue
        group = f"g{number}"
        rows = [
            _row(f"{number}-{place}", one, is_free=is_free, group=group)
            for place, one in enumerate([*part.all, *part.any])
            if isinstance(one, Compare)
        ]
        found.append(Group(group, "any" if part.any else "all", rows))
    return found


def _row(number: str, one: Compare, *, is_free: bool, group: str = "") -> Row:
    return row_of(number, one.field, one.is_, _shown(one.than), is_free=is_free, group=group)


def _is_too_deep(part: Compare | Condition) -> bool:
    if isinstance(part, Compare):
        return False
    inside = [*part.all, *part.any]
    mixed = bool(part.all and part.any)
    return mixed or not inside or any(isinstance(one, Condition) for one in inside)


def _is_closed(name: str) -> bool:
    return name in {"source", "territory", "product", "product_line"} or name.startswith(
        ("custom.", "company.custom.")
    )


def _compare(name: str, is_: str, than: str) -> Mapping[str, Any]:
    if is_ in WITHOUT_OPERAND:
        return {"field": name, "is": is_}
    if is_ in LISTS:
        values = [value.strip() for value in than.split(",") if value.strip()]
        return {"field": name, "is": is_, "than": values or None}
    return {"field": name, "is": is_, "than": than or None}


def _shown(than: Any) -> str:
    if than is None:
        return ""
    if isinstance(than, bool):
        return "true" if than else "false"
    return ", ".join(str(one) for one in than) if isinstance(than, list) else str(than)
