"""What to do about one membership: from what should be and what is to the next move. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Move = Literal["none", "look", "enrol", "unsubscribe", "archive", "tag", "leave"]
"""`none`: all is as it should be; `look`: find out how it is first; `leave`: it must stay as it
is, though it should be otherwise."""

ON = frozenset({"subscribed", "pending"})
OPTED_OUT = frozenset({"unsubscribed", "cleaned"})
OFF = frozenset({"absent", "archived"})


@dataclass(frozen=True)
class Standing:
    """What should be and what is. `tags` maps tags that should be on or off."""

    wanted: str
    tags: Mapping[str, bool]
    status: str
    has_tags: Sequence[str]
    opted_out: bool = False


def next_move(one: Standing) -> Move:
    """The one thing to do next; asked again when it is done.

    Who opted out is never touched: neither put on again, nor archived, nor tagged.
    """
    if one.opted_out or one.status in OPTED_OUT:
        if one.wanted in {"unsubscribed", "archived"}:
            return "none"
        return "none" if not one.wanted and not _wanted_on(one) else "leave"
    if one.wanted == "subscribed":
        if one.status in ON:
            return "tag" if tags_to_change(one) else "none"
        return "leave" if one.status == "transactional" else "enrol"
    if not one.status:
        return "look"
    if one.wanted in {"unsubscribed", "archived"}:
        if one.status not in ON:
            return "none"
        return "unsubscribe" if one.wanted == "unsubscribed" else "archive"
    if one.status in OFF:
        return "leave" if _wanted_on(one) else "none"
    return "tag" if tags_to_change(one) else "none"


def tags_to_change(one: Standing) -> dict[str, bool]:
    """The tags that are not as they should be, and how they should be."""
    has = {tag.casefold() for tag in one.has_tags}
    return {tag: on for tag, on in one.tags.items() if (tag.casefold() in has) != on}


def _wanted_on(one: Standing) -> bool:
    return any(one.tags.values())
