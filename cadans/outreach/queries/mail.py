"""Reads of mailboxes and mail that the faces share."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils import timezone

from cadans.leads.models import Lead
from cadans.outreach.models import Mailbox, Message
from cadans.team.models import User


def mailboxes_to_write_from(user: User) -> list[Mailbox]:
    """The user's own first, then the shared ones of their teams and of everybody."""
    rows = Mailbox.objects.visible_to(user).active().distinct()
    return sorted(rows, key=lambda one: (one.is_shared, one.address))


def mailboxes_kept_by(user: User) -> QuerySet[Mailbox]:
    """Those that the user may set up, with whose they are."""
    return Mailbox.objects.kept_by(user).select_related("owner", "team")


def mail_of_lead(lead: Lead) -> QuerySet[Message]:
    """The mail on a lead; who may see the lead may see it."""
    return Message.objects.filter(lead=lead).select_related("mailbox", "by", "person")


def outbox(user: User) -> QuerySet[Message]:
    """What was to go out and has not, the latest first."""
    rows = Message.objects.visible_to(user).in_outbox()
    return rows.select_related("lead", "mailbox", "by").order_by("-id")


def from_unknown(user: User) -> QuerySet[Message]:
    """Mail of senders who are on no lead, the latest first."""
    rows = Message.objects.visible_to(user).from_unknown()
    return rows.select_related("mailbox", "person").order_by("-id")


def due_mail(limit: int, *, lead: uuid.UUID | None = None) -> list[uuid.UUID]:
    """Ids of queued mail (on one lead, when given) whose moment has come, the longest waiting
    first."""
    now = timezone.now()
    rows = Message.objects.filter(state=Message.State.QUEUED)
    if lead is not None:
        rows = rows.filter(lead=lead)
    due = rows.filter(next_try_at=None) | rows.filter(next_try_at__lte=now)
    return list(due.order_by("id").values_list("id", flat=True)[:limit])
