"""Mail: what was written on a lead, what became of it, and what came back."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.contacts.models import Person
from cadans.ground.ids import Row
from cadans.leads.models import Lead
from cadans.outreach.models.mailboxes import Mailbox
from cadans.team.models import User


class MessageQuerySet(models.QuerySet["Message"]):
    """The vocabulary of mail."""

    def visible_to(self, user: User) -> MessageQuerySet:
        """Mail on leads that this user may see, and what came into mailboxes that they read."""
        leads = Lead.objects.visible_to(user).values("id")
        boxes = Mailbox.objects.visible_to(user).values("id")
        return self.filter(Q(lead__in=leads) | Q(lead=None, mailbox__in=boxes))

    def from_unknown(self) -> MessageQuerySet:
        """What came in from somebody who is on no lead, and waits for a person to look."""
        return self.filter(direction=Message.Direction.IN, lead=None, dismissed_at=None)

    def in_outbox(self) -> MessageQuerySet:
        """What was to go out and has not: waiting, held, failed or unclear."""
        return self.filter(direction=Message.Direction.OUT, state__in=OUTBOX)


class Message(Row):
    """One e-mail on a lead.

    Going out, `state` tells how far it is. `handing_over` is written down just before the text
    goes to the server: a process that dies later leaves it open whether the server took it, and
    then it becomes `unclear`, which only a person resolves. `claim` names the process that sends
    it, until `claimed_until`. `once` is the key under which it is sent at most once.
    """

    class Direction(models.TextChoices):
        OUT = "out", _("Sent")
        IN = "in", _("Received")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        HANDING_OVER = "handing_over", _("Being handed over")
        SENT = "sent", _("Sent")
        HELD = "held", _("Not sent: no mail server")
        FAILED = "failed", _("Failed")
        UNCLEAR = "unclear", _("Unclear whether it was sent")
        DROPPED = "dropped", _("Dropped")
        RECEIVED = "received", _("Received")

    class Kind(models.TextChoices):
        LETTER = "letter", _("Mail")
        AUTO_REPLY = "auto_reply", _("Automatic reply")
        BOUNCE = "bounce", _("Not delivered")

    direction = models.CharField(max_length=3, choices=Direction)
    state = models.CharField(max_length=12, choices=State)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LETTER)
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, related_name="messages")
    mailbox = models.ForeignKey(
        Mailbox, models.SET_NULL, null=True, related_name="messages", help_text="out of or into"
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="messages")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    message_id = models.CharField(max_length=998, help_text="with its angle brackets")
    references = models.TextField(blank=True, help_text="message ids with spaces between")
    in_reply_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="answers", db_index=True
    )
    thread = models.UUIDField(default=uuid.uuid4, help_text="the id of the thread’s first mail")
    fingerprint = models.CharField(max_length=64, null=True, help_text="of what came in")
    from_address = models.CharField(max_length=254)
    from_name = models.CharField(max_length=200, blank=True)
    to = models.JSONField(default=list, help_text="rows of address and name")
    cc = models.JSONField(default=list)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True, help_text="clean")
    attachments = models.JSONField(default=list, help_text="names, types and sizes in bytes")
    headers = models.JSONField(default=dict, help_text="beside the usual ones")
    template = models.UUIDField(null=True)
    cause = models.UUIDField(null=True, help_text="the event that led to it")
    once = models.CharField(max_length=200, null=True, unique=True)
    at = models.DateTimeField(default=timezone.now, help_text="when it was written, or came in")
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=40, blank=True, help_text="a word of outreach/trouble.py")
    problem_told = models.CharField(max_length=300, blank=True, help_text="what the server said")

    objects: ClassVar[models.Manager[Message]] = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(fingerprint__isnull=False),
                name="received_once",
            ),
            models.UniqueConstraint(
                fields=["message_id"], condition=Q(direction="out"), name="own_message_id_once"
            ),
            models.CheckConstraint(
                condition=Q(direction="in", state="received")
                | (Q(direction="out") & ~Q(state="received")),
                name="direction_and_state_agree",
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "-id"], name="message_of_lead"),
            models.Index(fields=["message_id"], name="message_by_message_id"),
            models.Index(fields=["thread"], name="message_of_thread"),
            models.Index(
                fields=["next_try_at"], condition=Q(state="queued"), name="message_to_send"
            ),
            models.Index(
                fields=["claimed_until"],
                condition=Q(state__in=["sending", "handing_over"]),
                name="message_being_sent",
            ),
            models.Index(
                fields=["-id"],
                condition=Q(state__in=["queued", "held", "failed", "unclear"]),
                name="message_in_outbox",
            ),
            models.Index(
                fields=["-id"], condition=Q(direction="in", lead=None), name="message_without_lead"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.message_id

    @property
    def is_out(self) -> bool:
        """Whether we wrote it."""
        return self.direction == Message.Direction.OUT

    @property
    def receivers(self) -> list[str]:
        """Every address it goes to."""
        return [row[0] for row in (*self.to, *self.cc)]


OUTBOX = (
    Message.State.QUEUED,
    Message.State.HELD,
    Message.State.FAILED,
    Message.State.UNCLEAR,
)
"""The states of what has not gone out."""
