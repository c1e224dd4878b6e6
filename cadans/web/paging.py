"""Pages of long lists: a window and whether there is more, without counting what nobody reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

SIZE = 50
COUNTED = 1000
"""Rows that are counted at most; beyond that a list says "more than"."""

LAST_PAGE = 200


@dataclass(frozen=True)
class Page:
    """One window on a list. `count` is exact up to COUNTED, `many` says that there are more."""

    rows: list[Any]
    number: int
    more_url: str
    count: int
    many: bool


def page_of(request: HttpRequest, rows: QuerySet[Any], *, size: int = SIZE) -> Page:
    """The page that `?page=` asks for: one query for its rows, one bounded count on the first."""
    word = request.GET.get("page", "")
    number = min(int(word), LAST_PAGE) if word.isdecimal() and len(word) < 6 else 1
    number = max(number, 1)
    first = (number - 1) * size
    found = list(rows[first : first + size + 1])
    is_more = len(found) > size
    more_url = ""
    if is_more and number < LAST_PAGE:
        asked = request.GET.copy()
        asked["page"] = str(number + 1)
        more_url = f"?{asked.urlencode()}"
    count = first + len(found[:size])
    if is_more and number == 1:
        count = rows.order_by().values("pk")[: COUNTED + 1].count()
    return Page(found[:size], number, more_url, min(count, COUNTED), count > COUNTED)
