"""Audiences: lists at a mailing service, who should be on them, and who is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.contacts.models import Person
from cadans.ground.ids import Row


class MailingAccount(Row):
    """An account at a mailing service.

    `paused_until` keeps us quiet after it was unreachable or told us to wait; `claimed_until` is
    how long the worker that is at it may be silent before another takes over.
    """

    provider = models.CharField(max_length=20, default="mailchimp")
    name = models.CharField(_("name"), max_length=160)
    key = models.TextField(help_text="sealed (ground/sealed.py)")
    key_ends = models.CharField(max_length=12, help_text="what of the key may be shown")
    made_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="calls that failed in a row")
    paused_until = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[MailingAccount]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="one_account_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Audience(Row):
    """A list of people at a mailing service. Playbooks call it by its `key`.

    `tags` maps the names of its tags to the service's ids. `seen_until` is the service's own
    clock: what changed there before it is known here.
    """

    account = models.ForeignKey(MailingAccount, models.CASCADE, related_name="audiences")
    remote_id = models.CharField(max_length=40)
    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    tags = models.JSONField(default=dict)
    members = models.PositiveIntegerField(default=0, help_text="subscribed there, when last told")
    fetched_at = models.DateTimeField(default=timezone.now)
    is_gone = models.BooleanField(default=False)
    seen_until = models.DateTimeField(null=True)
    hook_secret = models.TextField(help_text="sealed; part of the address the service calls")
    hook_id = models.CharField(max_length=40, blank=True)
    heard_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Audience]] = models.Manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "remote_id"], name="one_audience_an_id")
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """The vocabulary of memberships."""

    def waiting(self) -> MembershipQuerySet:
        """Those of which the service is not yet as it should be."""
        return self.filter(state=Membership.State.WAITING)

    def refused(self) -> MembershipQuerySet:
        """Those that the service refuses, or that we leave as they are on purpose."""
        return self.filter(state=Membership.State.REFUSED)


class Membership(Row):
    """One e-mail address and one audience: what should be, and what is.

    `wanted` is empty when only tags are wanted; `tags` maps tags that should be on or off.
    `status` is empty while it is not known. `revision` goes up with every wish, so that what was
    done for an older wish does not count for a newer one. `because` says where the wish is from:
    `{"pipeline", "version", "stage", "step", "on", "lead", "event"}`.
    """

    class Wanted(models.TextChoices):
        NOTHING = "", _("as it is")
        SUBSCRIBED = "subscribed", _("subscribed")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        ARCHIVED = "archived", _("archived")

    class Status(models.TextChoices):
        UNKNOWN = "", _("not known yet")
        ABSENT = "absent", _("not on it")
        SUBSCRIBED = "subscribed", _("subscribed")
        PENDING = "pending", _("asked to confirm")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        CLEANED = "cleaned", _("bounced")
        ARCHIVED = "archived", _("archived")
        OTHER = "transactional", _("never subscribed")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("In order")
        REFUSED = "refused", _("Refused")

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    email = models.EmailField(max_length=254)
    moved_from = models.EmailField(max_length=254, blank=True, help_text="before they changed it")
    wanted = models.CharField(max_length=12, choices=Wanted, blank=True)
    confirms = models.BooleanField(default=False, help_text="asked to confirm before it counts")
    tags = models.JSONField(default=dict)
    status = models.CharField(max_length=14, choices=Status, blank=True)
    has_tags = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    refusal = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True, help_text="in the service's own words")
    tries = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)
    because = models.JSONField(default=dict)
    opted_out_at = models.DateTimeField(
        null=True, help_text="since when they are off it by their own doing, or by a bounce"
    )
    made_at = models.DateTimeField(default=timezone.now)
    wanted_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Membership]] = MembershipQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["audience", "id"],
                condition=models.Q(state="waiting"),
                name="membership_waiting",
            ),
            models.Index(fields=["audience", "state", "-changed_at"], name="membership_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["audience", "email"], name="one_membership_an_email"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="membership_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.audience}"
