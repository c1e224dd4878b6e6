"""Addresses that are left alone: who unsubscribed, complained or cannot be reached."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.team.models import User


class Suppression(Row):
    """An address that no automatic mail goes to, why, since when, and where that came from."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Bounced")
        COMPLAINED = "complained", _("Complained")
        BY_HAND = "by_hand", _("By hand")

    class Source(models.TextChoices):
        ONE_CLICK = "one_click", _("Unsubscribe button of their mail program")
        PREFERENCES = "preferences", _("Preference page")
        MAIL = "mail", _("A mail that came in")
        SERVICE = "service", _("Mailing service")
        COLLEAGUE = "colleague", _("A colleague")
        IMPORT = "import", _("Import")
        API = "api", _("API")

    address = models.EmailField(max_length=254, unique=True)
    reason = models.CharField(max_length=12, choices=Reason)
    source = models.CharField(max_length=12, choices=Source)
    note = models.CharField(max_length=300, blank=True, help_text="what the server or person said")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[models.Manager[Suppression]] = models.Manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(address=Lower("address")), name="suppressed_in_lower_case"
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="suppression_by_time")]

    def __str__(self) -> str:
        return self.address

    @property
    def is_their_wish(self) -> bool:
        """Whether the person behind the address asked for it, so that only they may undo it."""
        return self.reason in THEIR_WISH


THEIR_WISH = frozenset({Suppression.Reason.UNSUBSCRIBED, Suppression.Reason.COMPLAINED})
"""What somebody asked for themselves."""
