"""Mailboxes: a rep's own, and those that a team or everybody shares."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.team.models import Team, User

SEALED_FOR = "mailbox"
"""What the passwords of mailboxes are sealed for (ground/sealed.py)."""


class Security(models.TextChoices):
    """How the connection to a mail server is protected."""

    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None")


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """The vocabulary of mailboxes."""

    def active(self) -> MailboxQuerySet:
        """Those that are in use, of people who are still here."""
        return self.filter(Q(owner=None) | Q(owner__is_active=True), is_active=True)

    def visible_to(self, user: User) -> MailboxQuerySet:
        """Those whose mail this user may read and write: their own, those of their teams and of
        everybody. Nobody reads another's own mailbox, whatever their role."""
        own = Q(owner=user)
        shared = Q(owner=None, team=None)
        of_team = Q(owner=None, team__in=user.teams.values("id")) | Q(
            owner=None, team__manager=user
        )
        return self.filter(own | shared | of_team)

    def kept_by(self, user: User) -> MailboxQuerySet:
        """Those that this user may set up: their own, and as manager or administrator the shared
        ones."""
        own = Q(owner=user)
        return self.filter(own if user.role == User.Role.REP else own | Q(owner=None))

    def receiving(self) -> MailboxQuerySet:
        """Those whose mail is fetched."""
        return self.active().exclude(imap_host="")


class Mailbox(Row):
    """An address that mail is sent from (SMTP) and read at (IMAP); either may be left out.

    It is `owner`'s own, or without an owner shared: by a team, or without one by everybody.
    Passwords are sealed. `seen_validity` and `seen_uid` say how far its folder was read.
    """

    address = models.EmailField(_("e-mail address"), max_length=254)
    sender = models.CharField(_("sender’s name"), max_length=120, blank=True)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="mailboxes")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="mailboxes")
    is_active = models.BooleanField(default=True)
    smtp_host = models.CharField(max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    smtp_user = models.CharField(max_length=254, blank=True)
    smtp_password = models.TextField(blank=True, help_text="sealed")
    imap_host = models.CharField(max_length=253, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    imap_user = models.CharField(max_length=254, blank=True)
    imap_password = models.TextField(blank=True, help_text="sealed")
    imap_folder = models.CharField(max_length=200, blank=True, default="INBOX")
    seen_validity = models.BigIntegerField(null=True, blank=True)
    seen_uid = models.BigIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(
        max_length=40, blank=True, help_text="what was wrong the last time, as a word of `Trouble`"
    )
    problem_told = models.CharField(
        max_length=300, blank=True, help_text="what the server said about it"
    )
    problem_since = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Mailbox]] = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "mailboxes"
        ordering = ["address"]
        constraints = [
            models.UniqueConstraint(Lower("address"), name="one_mailbox_an_address"),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(team=None), name="own_mailbox_has_no_team"
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def can_send(self) -> bool:
        """Whether it has a server to send through."""
        return bool(self.smtp_host)

    @property
    def can_receive(self) -> bool:
        """Whether it has a server to read at."""
        return bool(self.imap_host)

    @property
    def is_shared(self) -> bool:
        """Whether it is nobody's own."""
        return self.owner_id is None
