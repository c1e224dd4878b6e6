"""Send one mail: claim it, hand it over, note what became of it."""

from __future__ import annotations

import uuid

from django.utils import timezone

from cadans.outreach.actions.mailboxes import note_problem, note_well
from cadans.outreach.actions.sending import (
    begin_handing_over,
    claim,
    note_refused,
    note_sent,
    note_unclear,
)
from cadans.outreach.mime import as_sent
from cadans.outreach.models import Mailbox
from cadans.outreach.smtp import Envelope, hand_over
from cadans.outreach.trouble import Trouble, Unclear

OF_THE_MAILBOX = frozenset(
    {
        *("host_unknown", "refused", "timed_out", "unreachable", "certificate", "tls"),
        *("no_starttls", "not_a_mail_server", "credentials", "no_login", "secret"),
    }
)
"""What is wrong with the mailbox's set-up rather than with one mail."""


class TakenBack(Exception):
    """The claim on the mail ran out before it was handed over; somebody else has it now."""


def deliver(id: uuid.UUID) -> None:
    """Send a queued mail, if it is to be sent now and nobody else sends it.

    May be called any number of times, by any number of processes, and may be killed at any moment:
    the server gets the mail at most once.
    """
    message = claim(id)
    if message is None:
        return
    mailbox = message.mailbox
    assert mailbox is not None
    content = as_sent(message, at=timezone.now()).as_bytes()
    envelope = Envelope(message.from_address, message.receivers, content)

    def before_text() -> None:
        if not begin_handing_over(message):
            raise TakenBack

    try:
        answer = hand_over(mailbox, envelope, before_text)
    except TakenBack:
        return
    except Unclear as trouble:
        note_unclear(message, trouble.told)
    except Trouble as trouble:
        note_refused(message, trouble)
        _note(mailbox, trouble)
    else:
        note_sent(message, answer)
        note_well(mailbox)


def _note(mailbox: Mailbox, trouble: Trouble) -> None:
    if trouble.kind in OF_THE_MAILBOX:
        note_problem(mailbox, trouble.kind, trouble.told)
