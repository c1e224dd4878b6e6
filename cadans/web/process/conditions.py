"""The condition builder: rows of field, comparison and value, and back.

It writes conditions of one level (all of, or any of). What a playbook file nests deeper is shown in
words and kept as it is until the manager replaces it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.http import QueryDict

from cadans.ground.conditions import WITHOUT_OPERAND, Compare, Condition
from cadans.playbooks import vocabulary
from cadans.playbooks.words import COMPARISONS, Lexicon, condition_words

LISTS = {"one_of", "none_of"}


@dataclass(frozen=True)
class Row:
    """One comparison as the builder shows it. `number` makes its ids unique on the page."""

    number: str
    field: str = ""
    is_: str = "equal"
    than: str = ""
    values: Sequence[str] = ()
    input_type: str = "text"

    @property
    def needs_value(self) -> bool:
        """Whether there is something to compare with."""
        return self.is_ not in WITHOUT_OPERAND

    @property
    def takes_several(self) -> bool:
        """Whether the value is a list, with commas between."""
        return self.is_ in LISTS


@dataclass(frozen=True)
class Builder:
    """A condition as the builder shows it. `kept` is one that it cannot show, as JSON."""

    mode: str = "all"
    rows: Sequence[Row] = ()
    kept: str = ""
    told: str = ""
    groups: Sequence[tuple[str, Sequence[vocabulary.Word]]] = field(default_factory=tuple)
    comparisons: Sequence[tuple[str, Any]] = tuple(COMPARISONS.items())
    is_free: bool = False


def builder_of(when: Condition, *, is_free: bool = False) -> Builder:
    """A condition for the builder. With `is_free` its fields are a signal's own, typed freely."""
    words = [] if is_free else vocabulary.words()
    groups = tuple((group, list(row)) for group, row in groupby(words, lambda word: word.group))
    parts = when.all or when.any
    if (when.all and when.any) or any(isinstance(part, Condition) for part in parts):
        told = condition_words(when, Lexicon(fields=vocabulary.labels(words)))
        kept = json.dumps(when.model_dump(mode="json", by_alias=True))
        return Builder(kept=kept, told=told, groups=groups, is_free=is_free)
    rows = [
        row_of(str(number), part.field, part.is_, _shown(part.than), is_free=is_free)
        for number, part in enumerate(parts)
        if isinstance(part, Compare)
    ]
    mode = "any" if when.any else "all"
    return Builder(mode=mode, rows=rows, groups=groups, is_free=is_free)


def row_of(
    number: str, name: str = "", is_: str = "equal", than: str = "", *, is_free: bool = False
) -> Row:
    """A row of the builder, with the values that its field is known to have."""
    kinds = {} if is_free else {word.field: word.kind for word in vocabulary.words()}
    kind = kinds.get(name, "text")
    input_type = {"number": "number", "date": "date"}.get(kind, "text")
    if is_ in LISTS:
        input_type = "text"
    values = [] if is_free else vocabulary.values_of(name)
    return Row(number, name, is_ if is_ in COMPARISONS else "equal", than, values, input_type)


def condition_in(data: QueryDict) -> dict[str, Any]:
    """The condition that the builder's fields say, as a document; rows without a field fall out."""
    if data.get("when_kept"):
        try:
            kept: Any = json.loads(data.get("when_kept", ""))
        except ValueError:
            kept = {}
        return kept if isinstance(kept, dict) else {}
    rows = zip(
        data.getlist("when_field"), data.getlist("when_is"), data.getlist("when_than"), strict=False
    )
    parts = [_compare(name.strip(), is_, than.strip()) for name, is_, than in rows if name.strip()]
    return {"any" if data.get("when_mode") == "any" else "all": parts} if parts else {}


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
    return ", ".join(str(one) for one in than) if isinstance(than, list) else str(than)
