"""A fact as it was found, before anybody decides what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

SURE = 80
"""From this confidence on a fact fills a field that is blank; below it, it is a suggestion."""

LONGEST = 500
"""Longer values are no facts but texts; a description is cut, anything else is left out."""

IN_WORDS = frozenset({"description", "name", "legal_name", "address", "city", "region"})


@dataclass(frozen=True)
class Found:
    """A fact: which field, its value, where it was read, and how sure that is (0 to 100)."""

    field: str
    value: str
    source: str
    url: str
    confidence: int


def agreed(found: Iterable[Found]) -> list[Found]:
    """One fact a field: the surest. Where equally sure ones contradict each other, none.

    What two sources say alike is as sure as the surer of them.
    """
    by_field: dict[str, dict[str, Found]] = {}
    for one in found:
        values = by_field.setdefault(one.field, {})
        same = one.value.casefold()
        if same not in values or values[same].confidence < one.confidence:
            values[same] = one
    facts = []
    for values in by_field.values():
        surest = max(one.confidence for one in values.values())
        best = [one for one in values.values() if one.confidence == surest]
        if len(best) == 1:
            facts.append(best[0])
    return facts


def no_surer_than(most: int, found: Iterable[Found]) -> list[Found]:
    """The same facts, none of them surer than that."""
    return [replace(one, confidence=min(one.confidence, most)) for one in found]


def tidy(raw: object, longest: int = LONGEST) -> str:
    """A text on one line, without control characters; empty when it is markup, a placeholder or
    too long."""
    if not isinstance(raw, str):
        return ""
    if len(raw) > 20 * longest:
        return ""
    text = " ".join(
        re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]", " ", raw).split()
    )
    if re.search(r"<\s*/?\s*[a-zA-Z!]|\{\{|javascript:", text) or len(text) > longest:
        return ""
    return text
