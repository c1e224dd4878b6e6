"""Reads of mailing lists: how each stands, who is on which, and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from cadans.outreach.models.audiences import Audience, MailingAccount, Membership


def accounts() -> QuerySet[MailingAccount]:
    """The accounts, by name."""
    return MailingAccount.objects.order_by("name", "id")


def audiences() -> QuerySet[Audience]:
    """The lists with how many memberships are in order, waiting and refused."""
    states = Membership.State
    return Audience.objects.select_related("account").annotate(
        in_order=Count("memberships", filter=Q(memberships__state=states.DONE)),
        waiting=Count("memberships", filter=Q(memberships__state=states.WAITING)),
        refused=Count("memberships", filter=Q(memberships__state=states.REFUSED)),
    )


def accounts_with_work() -> Iterable[uuid.UUID]:
    """The accounts of which something is due that nobody is at and that need not rest."""
    now = timezone.now()
    rested = Q(paused_until=None) | Q(paused_until__lte=now)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    waiting = Membership.objects.waiting().filter(due, audience__is_gone=False)
    return (
        MailingAccount.objects.filter(rested, free)
        .filter(id__in=waiting.values("audience__account_id"))
        .values_list("id", flat=True)
    )


def memberships_of_person(person: uuid.UUID) -> QuerySet[Membership]:
    """Somebody's memberships, with their lists."""
    return (
        Membership.objects.filter(person=person)
        .select_related("audience")
        .order_by("audience__name", "id")
    )


def memberships_in(audience: Audience, *, state: str = "") -> QuerySet[Membership]:
    """The memberships of a list, the last changed first."""
    rows = Membership.objects.filter(audience=audience).select_related("person")
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("-changed_at", "-id")
