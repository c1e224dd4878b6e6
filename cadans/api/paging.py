"""Lists: `{"items": […], "next": CURSOR | null}`, walked by key and not by number.

A cursor holds the place after the last row that was shown, so that rows which come or go in the
meantime neither repeat nor hide others. It is opaque to callers.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import BaseModel, Field, SerializeAsAny

from cadans.api.answers import answer
from cadans.ground.errors import Invalid

USUAL = 50
MOST = 200

Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row", bound=Model)


class Page(BaseModel, Generic[Item]):
    """A part of a list. `next` is the `cursor` for the part after it, null at the end."""

    items: list[Item]
    next: str | None


class Rows(BaseModel):
    """A page as it is written out, whatever its items are."""

    items: list[SerializeAsAny[BaseModel]]
    next: str | None


class Paging(BaseModel):
    """How much of a list, and from where."""

    limit: int = Field(default=USUAL, ge=1, le=MOST)
    cursor: str | None = Field(default=None, max_length=500)


Part = Annotated[Paging, Query()]


def page(
    rows: QuerySet[Row, Any],
    paging: Paging,
    *,
    each: Callable[[Row], BaseModel] | None = None,
    together: Callable[[Sequence[Row]], Sequence[BaseModel]] | None = None,
    by: Sequence[str] = ("id",),
) -> HttpResponse:
    """One part of the rows, in the order of the fields `by` (all rising, or all falling with `-`).

    The last field must make the order total. Rows are shaped one by one (`each`) or all at once
    (`together`). Raises Invalid for a cursor of another list.
    """
    falling = by[0].startswith("-")
    names = [name.removeprefix("-") for name in by]
    if paging.cursor is not None:
        rows = rows.filter(_beyond(names, _place(paging.cursor, len(names)), falling))
    try:
        found = list(rows.order_by(*by)[: paging.limit + 1])
    except (ValueError, TypeError):
        raise _no_cursor() from None
    more = len(found) > paging.limit
    found = found[: paging.limit]
    cursor = _cursor([getattr(found[-1], name) for name in names]) if more else None
    items = together(found) if together else [each(row) for row in found] if each else []
    return answer(Rows.model_construct(items=list(items), next=cursor))


def _beyond(names: Sequence[str], place: Sequence[Any], falling: bool) -> Q:
    """Rows behind a place: a < x, or a = x and b < y (written so that an index serves it)."""
    word = "lt" if falling else "gt"
    name, value = names[0], place[0]
    if len(names) == 1:
        return Q(**{f"{name}__{word}": value})
    rest = _beyond(names[1:], place[1:], falling)
    return Q(**{f"{name}__{word}e": value}) & (Q(**{f"{name}__{word}": value}) | rest)


def _cursor(values: Sequence[Any]) -> str:
    parts = [
        {"t": value.isoformat()}
        if isinstance(value, datetime)
        else {"u": str(value)}
        if isinstance(value, uuid.UUID)
        else {"v": value}
        for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _place(cursor: str, length: int) -> list[Any]:
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = [_value(part) for part in parts]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        raise _no_cursor() from None
    if len(place) != length:
        raise _no_cursor()
    return place


def _value(part: dict[str, Any]) -> Any:
    if "t" in part:
        return datetime.fromisoformat(part["t"])
    if "u" in part:
        return uuid.UUID(part["u"])
    if not isinstance(part["v"], str | int) or "\x00" in str(part["v"]):
        raise ValueError
    return part["v"]


def _no_cursor() -> Invalid:
    return Invalid(_("This is not a cursor of this list."), pointer="?cursor", code="cursor")
