"""Tell people of something, note what they read, keep how they want to be told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject, plain
from cadans.ground.errors import Invalid
from cadans.notifications.kinds import KINDS
from cadans.notifications.models import Notification, NotificationChoice
from cadans.notifications.queries import choices_of, notifications_of
from cadans.team.models import User


def notify(
    users: Iterable[uuid.UUID],
    kind: str,
    *,
    event: uuid.UUID,
    href: str,
    data: Mapping[str, Any],
    lead: uuid.UUID | None = None,
) -> list[Notification]:
    """Tell these people of what an event brought, each in the way they chose; who was told.

    `data` holds what the kind's sentence names. Telling again of the same event tells nobody
    twice. Who left, or wants to hear nothing of this kind, is passed over.
    """
    told = []
    with Act(None, via="clock", cause=event) as act:
        for user in User.objects.active().filter(id__in=set(users)).order_by("id"):
            how = choices_of(user)[kind]
            if how == NotificationChoice.How.OFF:
                continue
            one, is_new = Notification.objects.get_or_create(
                event=event,
                user=user,
                kind=kind,
                defaults={
                    "lead_id": lead,
                    "data": plain(data),
                    "href": href,
                    "in_app": how != NotificationChoice.How.MAIL,
                    "by_mail": how in {NotificationChoice.How.MAIL, NotificationChoice.How.BOTH},
                },
            )
            if not is_new:
                continue
            told.append(one)
            if one.by_mail:
                subject = Subject("notification", one.id)
                act.record("notification_to_mail", subject, data={"user": user.id, "kind": kind})
    return told


def mark_read(user: User, notification: Notification, *, read: bool = True) -> None:
    """Note that somebody looked at one of their own, or (not `read`) that they did not."""
    own = notifications_of(user).filter(id=notification.id)
    own.filter(read_at__isnull=read).update(read_at=timezone.now() if read else None)


def mark_all_read(user: User) -> int:
    """Note that somebody looked at all of theirs; how many were unread."""
    return notifications_of(user).unread().order_by().update(read_at=timezone.now())


def choose_how(user: User, chosen: Mapping[str, str]) -> None:
    """Keep how somebody wants to be told of each kind. Raises Invalid."""
    for kind, how in chosen.items():
        if kind not in KINDS or how not in NotificationChoice.How.values:
            raise Invalid(_("This choice is not there."), pointer=f"/{kind}")
    with Act(user) as act:
        for kind, how in chosen.items():
            NotificationChoice.objects.update_or_create(user=user, kind=kind, defaults={"how": how})
        act.record("notifications_chosen", Subject("user", user.id), data=dict(chosen))


def claim_mail(id: uuid.UUID) -> Notification | None:
    """The notification whose mail is still to leave, locked; None when it left. Call inside the
    transaction that sends it."""
    held = Notification.objects.select_for_update().filter(id=id, by_mail=True, mailed_at=None)
    one = held.first()
    if one is not None:
        one.mailed_at = timezone.now()
        one.save(update_fields=["mailed_at"])
    return one
