"""Read a mail that came in: who wrote it, in answer to what, and what kind of mail it is. Pure.

Automatic replies are known by RFC 3834 (and by the headers that older programs send instead),
mail that did not arrive by the delivery reports of RFC 3464.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses
from typing import Any, Literal

from cadans.outreach.mime import clean, text_of

Kind = Literal["letter", "auto_reply", "bounce"]

MESSAGE_ID = re.compile(r"<[^<>\s]+>")
LONGEST_TEXT = 200_000
"""Characters of a text that are kept."""

NOT_ABOUT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.4", "5.7")
"""Status codes (RFC 3463) for good that say nothing against the address: a full mailbox, a mail
that is too large, a policy."""


@dataclass(frozen=True)
class Report:
    """What a delivery report tells of one receiver."""

    address: str
    action: str
    status: str
    told: str

    @property
    def is_final(self) -> bool:
        """Whether it was given up, not merely delayed."""
        return self.action == "failed"

    @property
    def is_about_the_address(self) -> bool:
        """Whether nobody is to be written to at that address any more."""
        return (
            self.is_final
            and self.status.startswith("5")
            and not self.status.startswith(NOT_ABOUT_THE_ADDRESS)
        )


@dataclass(frozen=True)
class Incoming:
    """A mail that came in. `known` are the ids of the mails it follows, the nearest first."""

    fingerprint: str
    message_id: str
    known: tuple[str, ...]
    address: str
    name: str
    to: list[list[str]]
    cc: list[list[str]]
    subject: str
    text: str
    html: str
    kind: Kind
    is_from_a_list: bool = False
    reports: tuple[Report, ...] = ()
    reported_id: str = ""
    attachments: list[dict[str, Any]] = field(default_factory=list)


def read(content: bytes) -> Incoming:
    """Read a mail; what is broken in it is read as well as can be."""
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    (name, address), *_more = _people(mail, "From") or [("", "")]
    reports = _reports(mail)
    plain, html = _bodies(mail)
    return Incoming(
        fingerprint=_fingerprint(mail, content),
        message_id=_first_id(_header(mail, "Message-ID")),
        known=_known(mail),
        address=address,
        name=name[:200],
        to=[[one, called] for called, one in _people(mail, "To")],
        cc=[[one, called] for called, one in _people(mail, "Cc")],
        subject=" ".join(_header(mail, "Subject").split())[:500],
        text=plain[:LONGEST_TEXT].replace("\0", ""),
        html=html[:LONGEST_TEXT].replace("\0", ""),
        kind="bounce" if reports else "auto_reply" if _is_automatic(mail) else "letter",
        is_from_a_list=any(mail.get(one) for one in ("List-Id", "List-Unsubscribe"))
        or _header(mail, "Precedence").lower() in {"bulk", "list", "junk"},
        reports=reports,
        reported_id=_reported_id(mail) if reports else "",
        attachments=_attachments(mail),
    )


def _header(mail: Message, name: str) -> str:
    """A header as text; one that cannot be parsed counts as missing."""
    try:
        return str(mail.get(name) or "")
    except (ValueError, IndexError, AttributeError, TypeError):
        return ""


def _people(mail: Message, name: str) -> list[tuple[str, str]]:
    """Names and addresses, in lower case, of those with an address."""
    rows = getaddresses([_header(mail, name)])
    return [(" ".join(called.split())[:200], one.lower()) for called, one in rows if "@" in one]


def _first_id(text: str) -> str:
    found = MESSAGE_ID.search(text)
    return found[0][:998] if found else ""


def _known(mail: Message) -> tuple[str, ...]:
    ids = MESSAGE_ID.findall(_header(mail, "In-Reply-To"))[:1]
    ids += reversed(MESSAGE_ID.findall(_header(mail, "References")))
    return tuple(dict.fromkeys(ids))[:50]


def _fingerprint(mail: Message, content: bytes) -> str:
    """The same for the same mail in two mailboxes: its id, date and sender; else all of it."""
    id = _first_id(_header(mail, "Message-ID"))
    told = f"{id}\n{_header(mail, 'Date')}\n{_header(mail, 'From')}".encode()
    return hashlib.sha256(told if id else content).hexdigest()


def _is_automatic(mail: Message) -> bool:
    """RFC 3834, section 5: anything but `no`; and what was sent before there was that."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if any(mail.get(one) for one in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return True
    return (
        _header(mail, "Precedence").strip().lower() == "auto_reply"
        or _header(mail, "Return-Path").strip() == "<>"
    )


def _bodies(mail: EmailMessage) -> tuple[str, str]:
    plain = _content(mail.get_body(("plain",)))
    html = clean(_content(mail.get_body(("html",))))
    return (plain or text_of(html)).replace("\r\n", "\n").strip(), html


def _content(part: Message | None) -> str:
    """A part's text, whatever it says its letters are."""
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return raw.decode("utf-8", "replace")


def _attachments(mail: EmailMessage) -> list[dict[str, Any]]:
    found = []
    for part in mail.iter_attachments() if mail.is_multipart() else ():
        raw = part.get_payload(decode=True)
        name = part.get_filename() or part.get_content_type()
        size = len(raw) if isinstance(raw, bytes) else 0
        found.append({"name": name[:200], "type": part.get_content_type(), "size": size})
    return found[:50]


def _reports(mail: EmailMessage) -> tuple[Report, ...]:
    """RFC 3464: a part for the whole mail, then one for each receiver."""
    if mail.get_content_type() != "multipart/report":
        return ()
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            if isinstance(blocks, list):
                found = (_report(one) for one in blocks if isinstance(one, Message))
                return tuple(one for one in found if one)
    return ()


def _report(block: Message) -> Report | None:
    whom = _header(block, "Original-Recipient") or _header(block, "Final-Recipient")
    action = _header(block, "Action").strip().lower()
    if not whom or not action:
        return None
    status = re.search(r"\d\.\d{1,3}\.\d{1,3}", _header(block, "Status"))
    told = _header(block, "Diagnostic-Code").partition(";")[2] or _header(block, "Diagnostic-Code")
    return Report(
        address=whom.partition(";")[2].strip().lower() or whom.strip().lower(),
        action=action,
        status=status[0] if status else "",
        told=" ".join(told.split())[:300],
    )


def _reported_id(mail: EmailMessage) -> str:
    """The Message-ID of the mail that the report is about, from the copy that it carries."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, Message):
                return _first_id(_header(inner, "Message-ID"))
        if kind == "text/rfc822-headers":
            found = re.search(r"(?im)^message-id:\s*(<[^<>\s]+>)", _content(part))
            if found:
                return found[1]
    known = _known(mail)
    return known[0] if known else ""
