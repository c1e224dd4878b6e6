"""Mailboxes and mail, as the API reads and shows them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from cadans.api.schemas.kinds import Key, Ref, UserRef, Wish, ref, user_ref
from cadans.outreach.models import Mailbox, Message

Security = Literal["tls", "starttls", "none"]


class ServerWish(Wish):
    """A mail server. A password that is left out stays as it is."""

    host: str = Field(default="", max_length=253)
    port: int = Field(ge=1, le=65535)
    security: Security
    user: str = Field(default="", max_length=254)
    password: str | None = Field(default=None, max_length=1000)


class NewMailbox(Wish):
    """A mailbox of the token's user, or with `shared` one of a team or of everybody."""

    address: str = Field(max_length=254)
    sender: str = Field(default="", max_length=120)
    shared: bool = False
    team: Key | None = Field(default=None, description="a name or an id; shared ones only")
    smtp: ServerWish | None = None
    imap: ServerWish | None = None
    folder: str = Field(default="INBOX", max_length=200)


class MailboxChanges(Wish):
    """What changes; the rest stays."""

    sender: str | None = Field(default=None, max_length=120)
    is_active: bool | None = None
    smtp: ServerWish | None = None
    imap: ServerWish | None = None
    folder: str | None = Field(default=None, max_length=200)


class ServerShown(BaseModel):
    """A mail server; its password is never shown."""

    host: str
    port: int
    security: Security
    user: str


class MailboxShown(BaseModel):
    """A mailbox. `problem` is what was wrong with a server the last time, or empty."""

    id: uuid.UUID
    address: str
    sender: str
    owner: UserRef | None
    team: Ref | None
    is_active: bool
    smtp: ServerShown | None
    imap: ServerShown | None
    folder: str
    problem: str


class FindingShown(BaseModel):
    """How one server did when it was tried: `problem` is empty when all is well."""

    part: Literal["smtp", "imap"]
    problem: str
    told: str


class NewMail(Wish):
    """A mail on a lead. Give `text` or `html`; the other is made of it."""

    mailbox: str | None = Field(default=None, max_length=254, description="an address or an id")
    to: list[str] = Field(min_length=1, max_length=50)
    cc: list[str] = Field(default_factory=list, max_length=50)
    subject: str = Field(min_length=1, max_length=500)
    text: str = Field(default="", max_length=500_000)
    html: str = Field(default="", max_length=500_000)
    in_reply_to: uuid.UUID | None = None


class MailShown(BaseModel):
    """A mail. `state` tells how far it is; `held` means that there is no mail server for it."""

    id: uuid.UUID
    lead: uuid.UUID | None
    direction: Literal["in", "out"]
    state: str
    kind: Literal["letter", "auto_reply", "bounce"]
    mailbox: str | None
    sender: str
    to: list[str]
    cc: list[str]
    subject: str
    text: str
    message_id: str
    in_reply_to: uuid.UUID | None
    thread: uuid.UUID
    at: datetime
    sent_at: datetime | None
    problem: str


def mailbox_shown(box: Mailbox) -> MailboxShown:
    """A mailbox with its owner and team at hand."""
    return MailboxShown(
        id=box.id,
        address=box.address,
        sender=box.sender,
        owner=user_ref(box.owner),
        team=ref(box.team),
        is_active=box.is_active,
        smtp=_server(box, "smtp"),
        imap=_server(box, "imap"),
        folder=box.imap_folder,
        problem=box.problem,
    )


def _server(box: Mailbox, part: str) -> ServerShown | None:
    if not getattr(box, f"{part}_host"):
        return None
    names = ("host", "port", "security", "user")
    return ServerShown(**{name: getattr(box, f"{part}_{name}") for name in names})


def mail_shown(message: Message) -> MailShown:
    """A mail with its mailbox at hand."""
    return MailShown(
        id=message.id,
        lead=message.lead_id,
        direction=message.direction,
        state=message.state,
        kind=message.kind,
        mailbox=message.mailbox.address if message.mailbox else None,
        sender=message.from_address,
        to=[row[0] for row in message.to],
        cc=[row[0] for row in message.cc],
        subject=message.subject,
        text=message.text,
        message_id=message.message_id,
        in_reply_to=message.in_reply_to_id,
        thread=message.thread,
        at=message.at,
        sent_at=message.sent_at,
        problem=message.problem,
    )


def server_fields(wish: ServerWish | None, part: str) -> dict[str, object]:
    """A server as the fields of a mailbox."""
    if wish is None:
        return {}
    fields: dict[str, object] = {
        f"{part}_{name}": getattr(wish, name) for name in ("host", "port", "security", "user")
    }
    return fields | ({f"{part}_password": wish.password} if wish.password else {})
