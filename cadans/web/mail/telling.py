"""Mail in a lead's timeline: its text, and what one can do with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from cadans.events.models import Event
from cadans.outreach.mime import clean, html_of
from cadans.outreach.models import Message
from cadans.outreach.trouble import in_words

LONG = 900
"""Characters above which only the beginning of a mail is shown at first."""

TOLD_ANEW = {"mail_queued", "mail_held"}
"""What is left out once a later event says what became of the mail."""

LOOKS = {
    "mail_queued": {"icon": "send"},
    "mail_held": {"icon": "inbox", "tone": "warn"},
    "mail_sent": {"icon": "send", "tone": "accent"},
    "mail_failed": {"icon": "mail-x", "tone": "bad"},
    "mail_unclear": {"icon": "mail-question-mark", "tone": "warn"},
    "mail_dropped": {"icon": "trash-2"},
    "mail_received": {"icon": "mail", "tone": "info"},
    "mail_bounced": {"icon": "mail-x", "tone": "bad"},
}


@dataclass(frozen=True)
class Letter:
    """A mail as the timeline shows it. `body` is clean HTML."""

    id: uuid.UUID
    state: str
    body: SafeString
    is_long: bool
    attachments: list[str]
    problem: str
    reply_url: str


def letters_of(events: Iterable[Event]) -> dict[str, Letter]:
    """The mails that these events tell of, by id: one query, or none."""
    ids = {event.data.get("message") for event in events if event.kind in LOOKS}
    return (
        {str(one.id): letter_of(one) for one in Message.objects.filter(id__in=ids)} if ids else {}
    )


def letter_of(message: Message) -> Letter:
    """One of them."""
    body = clean(message.html) if message.html else html_of(message.text)
    reply = ""
    if message.lead_id and message.kind == Message.Kind.LETTER and message.state in SETTLED:
        reply = f"{reverse('lead:mail', args=[message.lead_id])}?reply={message.id}"
    return Letter(
        id=message.id,
        state=message.state,
        body=mark_safe(body),  # noqa: S308 - nh3 cleaned it
        is_long=len(message.text) > LONG or message.text.count("\n") > 14,
        attachments=[str(one.get("name") or "–") for one in message.attachments],
        problem=in_words(message.problem, message.problem_told if message.problem else ""),
        reply_url=reply,
    )


SETTLED = {Message.State.SENT, Message.State.RECEIVED}
