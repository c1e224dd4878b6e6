"""Fetch what came into a mailbox since it was last read."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from imaplib import Internaldate2tuple
from time import mktime

from django.utils import timezone
from imap_tools import BaseMailBox

from cadans.outreach.actions.mailboxes import note_problem, note_well
from cadans.outreach.actions.receiving import note_fetched, receive
from cadans.outreach.imap import opened
from cadans.outreach.models import Mailbox
from cadans.outreach.reading import read
from cadans.outreach.trouble import Trouble

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Mails that are read in one go; the rest follows a minute later."""

LARGEST = 30 * 2**20
"""Bytes of a mail that is read; a larger one is left in the mailbox."""

AFTER_RENUMBERING = timedelta(days=14)
"""How far back a folder is read again when its server numbered its mails anew."""


def fetch(mailbox: Mailbox) -> int:
    """Read what is new; how many mails were kept. A mailbox that is read for the first time begins
    now: what came in before it was set up stays unread."""
    try:
        with opened(mailbox) as server:
            kept = _fetched(mailbox, server)
    except Trouble as trouble:
        note_problem(mailbox, trouble.kind, trouble.told)
        return 0
    note_well(mailbox)
    return kept


def _fetched(mailbox: Mailbox, server: BaseMailBox) -> int:
    folder = mailbox.imap_folder or "INBOX"
    status = server.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
    validity, last = status["UIDVALIDITY"], status["UIDNEXT"] - 1
    if mailbox.seen_validity is None:
        note_fetched(mailbox, validity, last)
        return 0
    wanted = f"UID {mailbox.seen_uid + 1}:*"
    seen = mailbox.seen_uid
    if mailbox.seen_validity != validity:
        since = timezone.now() - AFTER_RENUMBERING
        wanted, seen = f"SINCE {since:%d-%b-%Y}", 0
    kept = 0
    new = sorted(int(uid) for uid in server.uids(wanted) if int(uid) > seen)
    for uid in new[:AT_ONCE]:
        kept += _taken_in(mailbox, server, uid)
        note_fetched(mailbox, validity, uid)
    if not new:
        note_fetched(mailbox, validity, max(seen, last))
    return kept


def _taken_in(mailbox: Mailbox, server: BaseMailBox, uid: int) -> bool:
    _answer, parts = server.client.uid("fetch", str(uid), "(RFC822.SIZE INTERNALDATE)")
    told = b" ".join(one if isinstance(one, bytes) else one[0] for one in parts if one)
    size = re.search(rb"RFC822\.SIZE (\d+)", told)
    if size and int(size[1]) > LARGEST:
        log.warning("A mail of %s bytes is too large to be read.", int(size[1]))
        return False
    _answer, parts = server.client.uid("fetch", str(uid), "(BODY.PEEK[])")
    content = next((one[1] for one in parts if isinstance(one, tuple)), None)
    if content is None:
        return False
    try:
        incoming = read(content)
    except Exception:
        # What nobody can read must not keep the rest from coming in.
        log.exception("A mail could not be read.")
        return False
    return receive(mailbox, incoming, at=_moment(told)) is not None


def _moment(told: bytes) -> datetime | None:
    parts = Internaldate2tuple(told)
    return datetime.fromtimestamp(mktime(parts), tz=UTC) if parts else None
