"""Make the service as it should be: what changed there is read first, then what differs is done.

Reading first is what makes an outage harmless. A call whose answer got lost, or whose worker was
killed after it, shows in what changed, and is not made again.

Calls run side by side, as many as the provider allows; what they bring is written down by one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils import timezone

from cadans.contacts.models import Person
from cadans.outreach.audiences.actions import work
from cadans.outreach.audiences.moves import Move, tags_to_change
from cadans.outreach.audiences.provider import (
    AudienceError,
    MemberTold,
    Newcomer,
    Outcome,
    Provider,
    Unavailable,
)
from cadans.outreach.audiences.settling import move_for, standing_of
from cadans.outreach.models.audiences import Audience, MailingAccount, Membership

AT_ONCE = 5000
"""Memberships that are looked at in one go."""

AT_A_TIME = 100
"""Results of calls about one member each that are written down together."""

OVERLAP = timedelta(seconds=5)
"""Read anew before where reading ended: its clock ticks in whole seconds."""

Result = tuple[Move, Sequence[Membership], Mapping[str, Outcome] | MemberTold]


def reconcile(account: MailingAccount, provider: Provider) -> datetime | None:
    """See to all audiences of an account that was claimed; then let go of it.

    Returns until when to wait when the service could not be reached, else None.
    """
    try:
        for audience in account.audiences.filter(is_gone=False):
            if due(audience).exists():
                _see_to(account, audience, provider)
    except Unavailable as problem:
        return work.pause_account(account, problem.message, after=problem.after)
    except AudienceError as problem:
        work.stop_account(account, problem.message)
        return None
    work.leave_account(account)
    return None


def due(audience: Audience) -> QuerySet[Membership]:
    """The memberships of which something is to be done now."""
    rested = Q(retry_at=None) | Q(retry_at__lte=timezone.now())
    return Membership.objects.waiting().filter(rested, audience=audience).order_by("id")


def _see_to(account: MailingAccount, audience: Audience, provider: Provider) -> None:
    try:
        catch_up(account, audience, provider)
        unsure: set[object] = set()
        while rows := list(due(audience)[:AT_ONCE]):
            work.keep_account(account)
            unsure = _push(account, audience, provider, rows, unsure)
    except AudienceError as problem:
        if problem.code != "gone":
            raise
        work.mark_gone(audience)


def catch_up(account: MailingAccount, audience: Audience, provider: Provider) -> None:
    """Read what changed there since the last time; the first time, remember where to begin."""
    since = audience.seen_until
    if since is None:
        provider.account_name()
        began = provider.clock() or timezone.now()
    else:
        began = None
        for page in provider.changed(audience.remote_id, since):
            began = began or provider.clock()
            work.see_members(audience, page)
            work.keep_account(account)
    work.seen_until(audience, max((began or timezone.now()) - OVERLAP, since or _LONG_AGO))


_LONG_AGO = datetime.min.replace(tzinfo=timezone.get_fixed_timezone(0))


@dataclass
class _Calls:
    """The calls of one go, each a function that gives its result."""

    most: int
    row: list[Callable[[], Result]] = field(default_factory=list)

    def each(self, rows: Sequence[Membership], call: Callable[[Membership], Result]) -> None:
        self.row += [lambda one=one: call(one) for one in rows]  # type: ignore[misc]

    def parts(
        self, rows: Sequence[Membership], call: Callable[[Sequence[Membership]], Result]
    ) -> None:
        for part in _parts(rows, self.most):
            self.row.append(lambda part=part: call(part))  # type: ignore[misc]


def _push(
    account: MailingAccount,
    audience: Audience,
    provider: Provider,
    rows: Sequence[Membership],
    unsure: set[object],
) -> set[object]:
    """Do the next move of each; those that turned out to be there already are looked at next."""
    calls = _calls(audience, provider, rows, unsure)
    there: set[object] = set()
    single: list[Result] = []
    try:
        for move, about, came in _carried_out(provider, calls):
            if isinstance(came, MemberTold) or len(about) == 1:
                single.append((move, about, came))
                if len(single) >= AT_A_TIME:
                    _write_down(audience, single)
                    work.keep_account(account)
                continue
            work.take_in_outcomes(move, about, came)
            work.keep_account(account)
            there |= _there(about, came)
    finally:
        for _move, about, came in single:
            there |= _there(about, came)
        _write_down(audience, single)
    return there


def _there(about: Sequence[Membership], came: Mapping[str, Outcome] | MemberTold) -> set[object]:
    if isinstance(came, MemberTold):
        return set()
    return {one.id for one in about if came[one.email].code == "exists"}


def _write_down(audience: Audience, single: list[Result]) -> None:
    """Write down what calls about one member each brought, many at a time."""
    work.see_members(audience, [came for _m, _a, came in single if isinstance(came, MemberTold)])
    by_move: dict[Move, list[tuple[Membership, Mapping[str, Outcome]]]] = {}
    for move, about, came in single:
        if not isinstance(came, MemberTold):
            by_move.setdefault(move, []).append((about[0], came))
    for move, row in by_move.items():
        outcomes = {email: one for _about, came in row for email, one in came.items()}
        work.take_in_outcomes(move, [one for one, _came in row], outcomes)
    single.clear()


def _calls(
    audience: Audience, provider: Provider, rows: Sequence[Membership], unsure: set[object]
) -> list[Callable[[], Result]]:
    by_move: dict[Move, list[Membership]] = {}
    for one in rows:
        by_move.setdefault("look" if one.id in unsure else move_for(one), []).append(one)
    calls = _Calls(provider.most)
    calls.each(by_move.get("look", []), lambda one: _look(audience, provider, one))
    calls.parts(
        by_move.get("unsubscribe", []),
        lambda part: (
            "unsubscribe",
            part,
            provider.unsubscribe(audience.remote_id, [one.email for one in part]),
        ),
    )
    calls.each(
        by_move.get("archive", []),
        lambda one: (
            "archive",
            [one],
            {one.email: provider.archive(audience.remote_id, one.email)},
        ),
    )
    newcomers = _newcomers(by_move.get("enrol", []))
    calls.parts(
        by_move.get("enrol", []),
        lambda part: (
            "enrol",
            part,
            provider.enrol(audience.remote_id, [newcomers[one.email] for one in part]),
        ),
    )
    calls.parts(by_move.get("tag", []), lambda part: _tag(audience, provider, part))
    # `none` and `leave` need no call: what was read meanwhile says so.
    idle = [*by_move.get("none", []), *by_move.get("leave", [])]
    if idle:
        calls.row.append(lambda: ("none", idle, {one.email: Outcome() for one in idle}))
    return calls.row


def _look(audience: Audience, provider: Provider, one: Membership) -> Result:
    told = provider.member(audience.remote_id, one.email)
    return "look", [one], MemberTold(one.email, told.status, told.tags)


def _tag(audience: Audience, provider: Provider, part: Sequence[Membership]) -> Result:
    """Each tag that differs for anybody is one call."""
    on: dict[str, list[str]] = {}
    off: dict[str, list[str]] = {}
    for one in part:
        for tag, wanted in tags_to_change(standing_of(one)).items():
            (on if wanted else off).setdefault(tag, []).append(one.email)
    ids = {name.casefold(): id for name, id in audience.tags.items()}
    outcomes = {one.email: Outcome() for one in part}
    for tag in sorted({*on, *off}):
        told = provider.tag(
            audience.remote_id,
            tag,
            ids.get(tag.casefold(), ""),
            on=on.get(tag, []),
            off=off.get(tag, []),
        )
        outcomes |= {email: one for email, one in told.items() if one.code != "done"}
    return "tag", part, outcomes


def _newcomers(rows: Sequence[Membership]) -> dict[str, Newcomer]:
    people = Person.objects.in_bulk([one.person_id for one in rows if one.person_id])
    return {one.email: _newcomer(one, people.get(one.person_id)) for one in rows}


def _newcomer(one: Membership, person: Person | None) -> Newcomer:
    first, _space, last = (person.name if person else "").strip().partition(" ")
    return Newcomer(
        one.email,
        first_name=first,
        last_name=last,
        language=person.language if person else "",
        tags=[tag for tag, on in one.tags.items() if on],
        confirms=one.confirms,
    )


def _carried_out(provider: Provider, calls: Sequence[Callable[[], Result]]) -> Iterator[Result]:
    """The results of calls made side by side, as they come.

    When one fails, those under way are waited for and no others are begun; then it raises.
    """
    failure: AudienceError | None = None
    waiting = iter(calls)
    with ThreadPoolExecutor(provider.connections) as pool:
        running: set[Future[Result]] = {
            pool.submit(call) for call in islice(waiting, provider.connections)
        }
        while running:
            ended = next(as_completed(running))
            running.remove(ended)
            try:
                yield ended.result()
            except AudienceError as error:
                failure = failure or error
            if failure is None:
                with contextlib.suppress(StopIteration):
                    running.add(pool.submit(next(waiting)))
    if failure is not None:
        raise failure


def _parts(rows: Sequence[Membership], most: int) -> Iterator[Sequence[Membership]]:
    for start in range(0, len(rows), most):
        yield rows[start : start + most]
