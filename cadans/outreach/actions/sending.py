"""How far a mail is on its way out. Each step is one transaction, taken at most once.

    queued → sending → handing_over → sent
               ↓             ↓
      queued or failed    unclear (whoever sent it is gone, or the connection broke)

Whoever sends a mail claims it for `LEASE`. A claim that ran out is taken back: before the text
went to the server the mail is queued again, and after that nobody knows, so it is unclear. A slow
sender whose claim was taken back finds so before it hands anything over.
"""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict
from cadans.ground.ids import new_id
from cadans.ground.rows import locked
from cadans.leads.actions import log_activity
from cadans.outreach.actions.suppression import suppress
from cadans.outreach.actions.writing import told_of
from cadans.outreach.models import Message, Suppression
from cadans.outreach.queries.suppression import suppressed_among
from cadans.outreach.trouble import Trouble
from cadans.team.models import User

State = Message.State

LEASE = timedelta(minutes=5)
"""How long whoever sends a mail may take; longer than its server may be silent in any one step."""

WAITS = (1, 5, 15, 60, 240, 720, 1440)
"""Minutes before each further try; then it has failed."""

UNKNOWN_MAILBOX = ("5.1.1", "5.1.2", "5.1.6", "5.1.10")
"""Enhanced status codes (RFC 3463) that say: nobody has this address."""


def claim(id: uuid.UUID) -> Message | None:
    """Take a queued mail to send it; None when it is not to be sent now, or another has it."""
    with Act(None, via="mail") as act:
        now = timezone.now()
        found = (
            Message.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("lead", "mailbox", "mailbox__owner")
            .filter(Q(next_try_at=None) | Q(next_try_at__lte=now), id=id, state=State.QUEUED)
            .first()
        )
        if found is None:
            return None
        box = found.mailbox
        if box is None or not box.is_active or not box.can_send:
            _end(act, found, State.HELD, "mail_held")
            return None
        by_hand = found.by_id is not None and found.cause is None
        if suppressed_among(found.receivers, by_hand=by_hand):
            found.problem = "suppressed"
            _end(act, found, State.FAILED, "mail_failed")
            return None
        found.state, found.claim, found.claimed_until = State.SENDING, new_id(), now + LEASE
        found.tries += 1
        found.save(update_fields=["state", "claim", "claimed_until", "tries"])
    return found


def begin_handing_over(message: Message) -> bool:
    """Write down that the text goes to the server now; False when the claim was taken back."""
    held = Message.objects.filter(id=message.id, claim=message.claim, state=State.SENDING)
    return bool(held.update(state=State.HANDING_OVER, claimed_until=timezone.now() + LEASE))


def note_sent(message: Message, answer: str) -> None:
    """The server took it. What a person wrote counts as an e-mail activity on the lead."""
    with Act(None, via="mail") as act:
        found = _held(message, State.HANDING_OVER, State.UNCLEAR)
        if found is None:
            return
        found.sent_at = act.at
        found.problem, found.problem_told = "", answer
        _sent(act, found)


def note_refused(message: Message, trouble: Trouble) -> None:
    """The server did not take it: try again later, or never when that is no use."""
    with Act(None, via="mail") as act:
        found = _held(message, State.SENDING, State.HANDING_OVER)
        if found is None:
            return
        found.problem, found.problem_told = trouble.kind, trouble.told
        if not trouble.lasting and found.tries <= len(WAITS):
            minutes = WAITS[found.tries - 1] * random.uniform(0.9, 1.2)  # noqa: S311
            found.state, found.claim, found.claimed_until = State.QUEUED, None, None
            found.next_try_at = timezone.now() + timedelta(minutes=minutes)
            found.save()
            return
        _end(act, found, State.FAILED, "mail_failed", told=trouble.told, why=trouble.kind)
        unknown = trouble.kind == "recipient_refused" and any(
            code in trouble.told.split() for code in UNKNOWN_MAILBOX
        )
        if unknown and len(found.receivers) == 1:
            suppress(
                None,
                found.receivers[0],
                reason=Suppression.Reason.BOUNCED,
                source=Suppression.Source.MAIL,
                note=trouble.told,
                via="mail",
            )


def note_unclear(message: Message, told: str = "") -> None:
    """Nobody knows whether the server took it; a person looks, and it is not sent again."""
    with Act(None, via="mail") as act:
        found = _held(message, State.HANDING_OVER)
        if found is not None:
            found.problem, found.problem_told = "unclear", told[:300]
            _end(act, found, State.UNCLEAR, "mail_unclear")


def take_back() -> int:
    """Take back the claims that ran out, of processes that are gone; how many there were."""
    late = Message.objects.filter(claimed_until__lt=timezone.now())
    back = late.filter(state=State.SENDING).update(
        state=State.QUEUED, claim=None, claimed_until=None, next_try_at=None
    )
    lost = list(late.filter(state=State.HANDING_OVER).order_by("id"))
    for message in lost:
        note_unclear(message)
    return back + len(lost)


def send_again(actor: User, message: Message, *, via: str = "web") -> Message:
    """Put a mail that was held, failed or is unclear on its way again, as a person asks."""
    with Act(actor, via=via) as act:
        found = _of_outbox(actor, message, State.HELD, State.FAILED, State.UNCLEAR)
        if found.mailbox is None or not found.mailbox.can_send or not found.mailbox.is_active:
            raise Conflict(
                _("This mail has no mailbox to be sent from: set one up first."), code="no_mailbox"
            )
        found.tries, found.next_try_at = 0, None
        _end(act, found, State.QUEUED, "mail_queued")
    return found


def say_it_was_sent(actor: User, message: Message, *, via: str = "web") -> Message:
    """A person saw that an unclear mail was sent, or sent a held one another way."""
    with Act(actor, via=via) as act:
        found = _of_outbox(actor, message, State.UNCLEAR, State.HELD)
        found.sent_at, found.problem = act.at, ""
        _sent(act, found)
    return found


def drop_mail(actor: User, message: Message, *, via: str = "web") -> Message:
    """Never send a mail that has not gone out."""
    with Act(actor, via=via) as act:
        found = _of_outbox(actor, message, State.QUEUED, State.HELD, State.FAILED, State.UNCLEAR)
        _end(act, found, State.DROPPED, "mail_dropped")
    return found


def _sent(act: Act, found: Message) -> None:
    data = {}
    if found.by is not None and found.cause is None and found.lead_id is not None:
        people = [found.person] if found.person else []
        held = log_activity(
            found.by, found.lead_id, kind="email", at=act.at, people=people, via="mail"
        )
        data["activity"] = held.id
    _end(act, found, State.SENT, "mail_sent", **data)


def _held(message: Message, *states: str) -> Message | None:
    """The mail with its row locked, if this claim on it still stands."""
    return (
        Message.objects.select_for_update(of=("self",))
        .select_related("lead", "by", "person")
        .filter(id=message.id, claim=message.claim, state__in=states)
        .first()
    )


def _of_outbox(actor: User, message: Message, *states: str) -> Message:
    seen = Message.objects.visible_to(actor).select_related("lead", "by", "person", "mailbox")
    found = locked(seen, message.id)
    if found.state not in states:
        raise Conflict(
            _("That is not possible any more: %(state)s.")
            % {"state": found.get_state_display().lower()},
            code="mail_is_elsewhere",
        )
    return found


def _end(act: Act, found: Message, state: str, kind: str, **data: object) -> None:
    found.state = state
    if state not in (State.UNCLEAR,):
        found.claim = None
    found.claimed_until = None
    found.save()
    lead = found.lead
    subject = (
        Subject("lead", lead.id, lead.id, lead.pipeline_id) if lead else Subject("mail", found.id)
    )
    act.record(kind, subject, data={**told_of(found), "why": found.problem, **data})
