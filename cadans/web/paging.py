"""Pages of long lists: a window and whether there is more, without counting what nobody reads."""

from __future__ import annotations

from collections.abc import Callable
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


def page_of(
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    whole: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows,
    size: int = SIZE,
) -> Page:
    """The page that `?page=` asks for: its ids, its rows, and a bounded count on the first page.

    Ids come first so that a sort without an index carries nothing but what it sorts by; `whole`
    then adds what a row shows.
    """
    word = request.GET.get("page", "")
    number = min(int(word), LAST_PAGE) if word.isdecimal() and len(word) < 6 else 1
    number = max(number, 1)
    first = (number - 1) * size
    ids = list(rows.values_list("pk", flat=True)[first : first + size + 1])
    is_more = len(ids) > size
    more_url = ""
    if is_more and number < LAST_PAGE:
        asked = request.GET.copy()
        asked["page"] = str(number + 1)
        more_url = f"?{asked.urlencode()}"
    count = first + len(ids[:size])
    if is_more and number == 1:
        count = rows.order_by().values("pk")[: COUNTED + 1].count()
    by_id = whole(rows.model._default_manager.all()).in_bulk(ids[:size])
    found = [by_id[id] for id in ids[:size] if id in by_id]
    return Page(found, number, more_url, min(count, COUNTED), count > COUNTED)
