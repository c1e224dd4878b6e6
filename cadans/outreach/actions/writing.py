"""Put a mail on its way."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr

from django.utils.translation import gettext as _

from cadans.contacts.actions import clean_email
from cadans.contacts.models import Person
from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid, NotFound
from cadans.ground.ids import new_id
from cadans.leads.actions.locking import lock
from cadans.leads.models import Lead
from cadans.outreach.mime import clean_own, html_of, text_of
from cadans.outreach.models import Mailbox, Message
from cadans.outreach.queries.suppression import suppressed_among
from cadans.team.models import User

LONGEST_SUBJECT = 500
LARGEST = 500_000
"""Characters of a mail's text or HTML."""
MOST_RECEIVERS = 50
MOST_REFERENCES = 20

OWN_HEADERS = re.compile(r"^(List-[A-Za-z-]+|X-[A-Za-z-]+|Auto-Submitted|Precedence|Feedback-ID)$")
"""The headers that a caller may add."""


def send_mail(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    mailbox: Mailbox | None,
    to: str | Sequence[str],
    subject: str,
    html: str = "",
    text: str = "",
    cc: Sequence[str] = (),
    in_reply_to: Message | None = None,
    template: uuid.UUID | None = None,
    cause: uuid.UUID | None = None,
    once: str | None = None,
    headers: Mapping[str, str] | None = None,
    not_before: datetime | None = None,
    via: str = "web",
) -> Message:
    """Write a mail on a lead; a job sends it after the commit, from `not_before` on.

    Give `text` or `html`; the other is made of it. `cause` is the event that led to an automatic
    mail, `once` a key under which it is written at most once, however often this is called: then
    the mail that is there is returned. A mailbox without a server for sending, or none, puts it
    into the outbox, where it is held.

    Raises Invalid, NotFound, and Conflict when an address is suppressed (code
    `address_suppressed`).
    """
    by_hand = actor is not None and cause is None
    draft = Message(
        id=new_id(),
        direction=Message.Direction.OUT,
        state=Message.State.QUEUED,
        mailbox=mailbox,
        by=actor,
        to=_addresses([to] if isinstance(to, str) else to, "to"),
        cc=_addresses(cc, "cc"),
        subject=_one_line(subject),
        template=template,
        cause=cause,
        once=once,
        headers=_headers(headers or {}),
        next_try_at=not_before,
    )
    if not draft.to:
        _refuse("to", _("Say to whom the mail goes."))
    if not draft.subject:
        _refuse("subject", _("Give the mail a subject."))
    draft.html, draft.text = _bodies(html, text)
    with Act(actor, via=via, cause=cause) as act:
        found = lock(actor, lead)
        if once is not None and (there := Message.objects.filter(once=once).first()):
            return there
        if mailbox is not None and actor is not None:
            seen = Mailbox.objects.visible_to(actor).active()
            if not seen.filter(id=mailbox.id).exists():
                raise NotFound(_("There is no such mailbox."), pointer="/mailbox")
        if in_reply_to is not None and in_reply_to.lead_id != found.id:
            raise NotFound(_("There is no such mail on this lead."), pointer="/in_reply_to")
        _refuse_suppressed(draft.receivers, by_hand=by_hand)
        _address(draft, actor, found)
        _thread(draft, in_reply_to)
        draft.at = act.at
        if mailbox is None or not mailbox.can_send:
            draft.state = Message.State.HELD
        act.add(draft)
        kind = "mail_held" if draft.state == Message.State.HELD else "mail_queued"
        act.record(
            kind,
            Subject("lead", found.id, found.id, found.pipeline_id),
            data=told_of(draft),
            because={"rule": "mail", "template": template} if cause else {},
        )
    return draft


def told_of(message: Message) -> dict[str, object]:
    """What an event tells of a mail."""
    return {
        "message": message.id,
        "subject": message.subject,
        "to": ", ".join(message.receivers),
        "from": message.from_address,
        "person": message.person_id,
    }


def _address(draft: Message, actor: User | None, lead: Lead) -> None:
    """Who it is from, as whom, and which person it goes to."""
    box = draft.mailbox
    draft.lead = lead
    draft.from_address = box.address if box else (actor.email if actor else "")
    name = box.sender if box else ""
    if not name and actor is not None and (box is None or not box.is_shared):
        name = actor.name
    if not name and box is not None and box.owner is not None:
        name = box.owner.name
    draft.from_name = name
    domain = draft.from_address.rpartition("@")[2] or "localhost"
    draft.message_id = f"<{draft.id}@{domain}>"
    people = {one.email: one for one in Person.objects.present().filter(email__in=draft.receivers)}
    draft.person = people.get(draft.to[0][0])
    for row in (*draft.to, *draft.cc):
        row[1] = row[1] or (people[row[0]].name if row[0] in people else "")


def _thread(draft: Message, answered: Message | None) -> None:
    """In reply to what, after which mails (RFC 5322, 3.6.4)."""
    draft.in_reply_to = answered
    draft.thread = answered.thread if answered else draft.id
    if answered is not None:
        known = [*answered.references.split(), answered.message_id]
        # The first one and the latest: what a long thread needs to stay one.
        kept = known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]]
        draft.references = " ".join(kept)


def _bodies(html: str, text: str) -> tuple[str, str]:
    if len(html) > LARGEST or len(text) > LARGEST:
        _refuse("text", _("This text is too long for a mail."))
    text = text.replace("\r\n", "\n").replace("\0", "").strip("\n")
    html = clean_own(html.replace("\0", "")) if html.strip() else html_of(text)
    text = text if text.strip() else text_of(html)
    if not text.strip() and "<img" not in html:
        _refuse("text", _("The mail is empty."))
    return html, text


def _addresses(given: Sequence[str], name: str) -> list[list[str]]:
    """Rows of address and name; “Name <address>” is understood, the same address kept once."""
    rows: dict[str, list[str]] = {}
    for one in given:
        if not one.strip():
            continue
        if re.search(r"[\r\n\0]", one):
            _refuse(name, _("Write each address on one line."))
        called, raw = parseaddr(one)
        try:
            address = clean_email(raw or one)
        except Invalid as error:
            raise Invalid(error.message, pointer=f"/{name}", fields={name: error.message}) from None
        if not address.rpartition("@")[0].isascii():
            _refuse(
                name, _("“%(email)s” has letters that not every server takes.") % {"email": one}
            )
        local, _at, domain = address.rpartition("@")
        if not domain.isascii():
            address = f"{local}@{domain.encode('idna').decode()}"
        rows.setdefault(address, [address, " ".join(called.split())])
    if len(rows) > MOST_RECEIVERS:
        _refuse(name, _("At most %(most)s receivers.") % {"most": MOST_RECEIVERS})
    return list(rows.values())


def _one_line(subject: str) -> str:
    text = " ".join(subject.replace("\0", "").split())
    if len(text) > LONGEST_SUBJECT:
        message = _("Too long: at most %(longest)s characters.") % {"longest": LONGEST_SUBJECT}
        _refuse("subject", message)
    return text


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    for name, value in given.items():
        if not OWN_HEADERS.match(name) or re.search(r"[\r\n\0]", value):
            raise Invalid(_("The header “%(name)s” cannot be set.") % {"name": name})
    return dict(given)


def _refuse_suppressed(addresses: Sequence[str], *, by_hand: bool) -> None:
    found = suppressed_among(addresses, by_hand=by_hand)
    if found:
        address, why = next(iter(found.items()))
        raise Conflict(
            _("%(address)s is no longer written to (%(why)s).")
            % {"address": address, "why": why.get_reason_display().lower()},
            pointer="/to",
            code="address_suppressed",
        )


def _refuse(name: str, message: str) -> None:
    raise Invalid(message, pointer=f"/{name}", fields={name: message})
