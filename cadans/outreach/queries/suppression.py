"""Which addresses are left alone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from cadans.outreach.models.suppression import Suppression


def is_suppressed(address: str, *, by_hand: bool = False) -> bool:
    """Whether no mail may go to this address.

    `by_hand`: whether a person writes it to this one reader. That may go to somebody who
    unsubscribed from mailings, and not to who complained or cannot be reached.
    """
    return bool(suppressed_among([address], by_hand=by_hand))


def suppressed_among(addresses: Iterable[str], *, by_hand: bool = False) -> dict[str, Suppression]:
    """Those of the addresses that no mail may go to, in lower case, each with why."""
    rows = Suppression.objects.all()
    if by_hand:
        rows = rows.exclude(reason=Suppression.Reason.UNSUBSCRIBED)
    wanted = {address.strip().lower() for address in addresses}
    return {one.address: one for one in rows.filter(address__in=wanted)}


def suppressions(*, words: str = "", reason: str = "") -> QuerySet[Suppression]:
    """The list, with who put each there; `words` are looked for in addresses and notes."""
    rows = Suppression.objects.select_related("by")
    if reason:
        rows = rows.filter(reason=reason)
    for word in words.split():
        rows = rows.filter(address__contains=word.lower())
    return rows
