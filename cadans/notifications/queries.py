"""What somebody is told of, how much of it is unread, and how they want to be told."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.notifications.kinds import KINDS
from cadans.notifications.models import Notification, NotificationChoice, NotificationQuerySet
from cadans.team.models import User

USUAL = NotificationChoice.How.APP
"""How somebody is told who chose nothing: mail is for those who ask for it."""

COUNTED = 99
"""Unread ones that are counted; beyond that a bell says "99+"."""


def notifications_of(user: User) -> NotificationQuerySet:
    """A person's own, the newest first."""
    found: NotificationQuerySet = Notification.objects.visible_to(user).order_by("-id")
    return found


def notification_of(user: User, id: uuid.UUID) -> Notification:
    """One of a person's own. Raises NotFound."""
    found = notifications_of(user).filter(id=id).first()
    if found is None:
        raise NotFound(_("This notification is no longer there."))
    return found


def unread_count(user: User) -> int:
    """How many somebody has not looked at, counted to just beyond COUNTED."""
    return notifications_of(user).unread().order_by().values("id")[: COUNTED + 1].count()


def choices_of(user: User) -> dict[str, str]:
    """How a person wants to be told of each kind."""
    chosen = dict(NotificationChoice.objects.filter(user=user).values_list("kind", "how"))
    return {kind: chosen.get(kind, USUAL.value) for kind in KINDS}
