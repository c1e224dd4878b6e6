"""What the job that reconciles writes down: whose turn it is, what was seen, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cadans.outreach.audiences.moves import Move
from cadans.outreach.audiences.provider import MemberTold, Outcome
from cadans.outreach.audiences.settling import see, take_in
from cadans.outreach.models.audiences import Audience, MailingAccount, Membership

CLAIM = timedelta(minutes=3)
"""How long whoever is at an account may be silent. Longer than the longest call."""

SHORTEST, LONGEST = timedelta(seconds=5), timedelta(minutes=15)
"""The pause after one failure, doubled with each that follows, and the longest there is."""

CHANCE = SystemRandom()

FIELDS = [
    "status",
    "has_tags",
    "opted_out_at",
    "state",
    "refusal",
    "detail",
    "tries",
    "retry_at",
    "changed_at",
]


def claim_account(account: MailingAccount) -> bool:
    """Take an account, so that nobody else works at it: ten connections are for all of us."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rested = Q(paused_until=None) | Q(paused_until__lte=now)
    mine = MailingAccount.objects.filter(free, rested, id=account.id)
    return bool(mine.update(claimed_until=now + CLAIM))


def keep_account(account: MailingAccount) -> None:
    """Say that one is still at it."""
    MailingAccount.objects.filter(id=account.id).update(claimed_until=timezone.now() + CLAIM)


def leave_account(account: MailingAccount) -> None:
    """Let go of an account where all went well."""
    MailingAccount.objects.filter(id=account.id).update(
        claimed_until=None, paused_until=None, failures=0, problem=""
    )


def pause_account(account: MailingAccount, problem: str, *, after: float | None) -> datetime:
    """Let go of an account that cannot be reached, for a while; until when.

    The pause doubles with each failure in a row, with chance in it so that not all come back at
    once; never shorter than the service asks for.
    """
    with transaction.atomic():
        row = MailingAccount.objects.select_for_update().get(id=account.id)
        row.failures += 1
        pause = min(SHORTEST * 2 ** min(row.failures - 1, 12), LONGEST) * CHANCE.uniform(0.75, 1.25)
        asked = timedelta(seconds=min(after or 0, 86_400))
        row.paused_until = timezone.now() + max(pause, asked)
        row.claimed_until, row.problem = None, problem[:300]
        row.save(update_fields=["failures", "paused_until", "claimed_until", "problem"])
    return row.paused_until


def stop_account(account: MailingAccount, problem: str) -> None:
    """Let go of an account that refuses us; it is asked again in a quarter of an hour."""
    MailingAccount.objects.filter(id=account.id).update(
        claimed_until=None, paused_until=timezone.now() + LONGEST, problem=problem[:300]
    )


def see_members(audience: Audience, told: Sequence[MemberTold]) -> None:
    """Take in how members are at the service now; those we have nothing to do with are let be."""
    if not told:
        return
    by_email = {one.email: one for one in told}
    now = timezone.now()
    with transaction.atomic():
        rows = list(
            Membership.objects.select_for_update()
            .filter(audience=audience, email__in=by_email)
            .order_by("id")
        )
        for one in rows:
            see(one, by_email[one.email], now)
        Membership.objects.bulk_update(rows, FIELDS, batch_size=1000)


def seen_until(audience: Audience, moment: datetime) -> None:
    """Note up to when (the service's clock) the changes of an audience are known."""
    audience.seen_until = moment
    audience.save(update_fields=["seen_until"])


def mark_gone(audience: Audience) -> None:
    """Note that an audience is no longer there."""
    audience.is_gone = True
    audience.save(update_fields=["is_gone"])


def take_in_outcomes(
    move: Move, rows: Sequence[Membership], outcomes: Mapping[str, Outcome]
) -> None:
    """Take in what became of a move for each of the memberships it was about."""
    revisions = {one.id: one.revision for one in rows}
    now = timezone.now()
    with transaction.atomic():
        fresh = list(Membership.objects.select_for_update().filter(id__in=revisions).order_by("id"))
        for one in fresh:
            outcome = outcomes.get(one.email)
            if outcome is not None:
                same = one.revision == revisions[one.id]
                take_in(one, move, outcome, now, is_same=same)
        Membership.objects.bulk_update(fresh, FIELDS, batch_size=1000)
