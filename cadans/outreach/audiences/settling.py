"""Where a membership stands after a wish, an answer or news from the service. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from cadans.outreach.audiences.moves import OPTED_OUT, Move, Standing, next_move
from cadans.outreach.audiences.provider import MemberTold, Outcome
from cadans.outreach.models.audiences import Membership

FINAL = frozenset({"forgotten", "invalid", "suppressed"})
"""Refusals that another wish does not change: the service would give the same answer."""

MOST_TRIES = 8
"""After so many refusals without a reason that we know, a person has to look."""

FIRST_PAUSE = timedelta(minutes=5)


def standing_of(one: Membership) -> Standing:
    """What should be and what is, as `moves` asks for it."""
    return Standing(one.wanted, one.tags, one.status, one.has_tags, one.opted_out_at is not None)


def move_for(one: Membership) -> Move:
    """The next move for a membership."""
    return next_move(standing_of(one))


def settle(one: Membership, now: datetime) -> None:
    """Set whether it is in order, waits for something to be done, or stays as it is."""
    move = move_for(one)
    one.changed_at = now
    if move == "none":
        one.state, one.refusal, one.detail = Membership.State.DONE, "", ""
    elif move == "leave":
        one.state, one.refusal = Membership.State.REFUSED, _why_left(one)
    elif one.wanted == "subscribed" and one.refusal in FINAL:
        one.state = Membership.State.REFUSED
    else:
        one.state, one.refusal = Membership.State.WAITING, ""


def _why_left(one: Membership) -> str:
    if one.status == "cleaned":
        return "cleaned"
    if one.opted_out_at is not None or one.status == "unsubscribed":
        return "opted_out"
    return "not_there"


def see(one: Membership, told: MemberTold, now: datetime) -> None:
    """Take in how a member is there now."""
    if told.status in OPTED_OUT:
        if one.opted_out_at is None and one.wanted != "unsubscribed":
            one.opted_out_at = now
    elif told.status in {"subscribed", "pending"}:
        one.opted_out_at = None  # nobody but they themselves can have done that
        one.refusal = ""
    one.status, one.has_tags = told.status, list(told.tags)
    settle(one, now)


def take_in(one: Membership, move: Move, outcome: Outcome, now: datetime, *, is_same: bool) -> None:
    """Take in what became of a move. `is_same`: nothing else was wished for meanwhile."""
    if outcome.code == "done":
        _done(one, move, outcome)
    elif outcome.code == "gone":
        one.status = "absent"
    elif outcome.code == "opted_out":
        one.opted_out_at = one.opted_out_at or now
        one.status = one.status if one.status in OPTED_OUT else "unsubscribed"
    if outcome.code in {"done", "gone", "opted_out", "exists"}:
        one.tries, one.retry_at = 0, None
        settle(one, now)
        one.detail = outcome.detail if outcome.code == "opted_out" else ""
        return
    if not is_same:
        settle(one, now)
        return
    one.detail, one.changed_at = outcome.detail, now
    one.tries += 1
    if outcome.code in {"later", "other"} and one.tries < MOST_TRIES:
        one.retry_at = now + FIRST_PAUSE * 2 ** (one.tries - 1)
        return
    one.state, one.refusal = Membership.State.REFUSED, outcome.code


def _done(one: Membership, move: Move, outcome: Outcome) -> None:
    if move == "tag":
        on = {tag.casefold(): tag for tag, wanted in one.tags.items() if wanted}
        off = {tag.casefold() for tag, wanted in one.tags.items() if not wanted}
        has = {tag.casefold(): tag for tag in one.has_tags if tag.casefold() not in off}
        one.has_tags = list((has | on).values())
        return
    if outcome.status in OPTED_OUT and one.wanted != "unsubscribed":
        one.opted_out_at = one.opted_out_at or one.changed_at
    one.status = outcome.status or one.status
    if move == "enrol":
        one.has_tags = sorted({*one.has_tags, *(tag for tag, on in one.tags.items() if on)})
