"""What should be: wishes about memberships, laid by stages, and tried again by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from cadans.events.act import Act, Actor, Subject
from cadans.outreach.audiences.settling import settle
from cadans.outreach.models.audiences import Audience, Membership
from cadans.outreach.queries.suppression import suppressed_among

Deed = Literal["enrol", "unsubscribe", "archive", "tag_off"]
WANTED: Mapping[Deed, str] = {
    "enrol": "subscribed",
    "unsubscribe": "unsubscribed",
    "archive": "archived",
}
FIELDS = [
    "person",
    "wanted",
    "confirms",
    "tags",
    "state",
    "refusal",
    "detail",
    "tries",
    "retry_at",
    "revision",
    "because",
    "wanted_at",
    "changed_at",
]


@dataclass(frozen=True)
class Wish:
    """What should become of one address and an audience, and why."""

    email: str
    do: Deed
    person: uuid.UUID | None = None
    tags: Sequence[str] = ()
    confirms: bool = False
    because: Mapping[str, Any] = field(default_factory=dict)


def lay_wishes(audience: Audience, wishes: Sequence[Wish]) -> int:
    """Note what should be; a job sees to it. How many memberships have something left to do.

    The last wish about an address counts. The same wish for the same reason, laid twice (a job
    that is tried again), is one.
    """
    wanted = {wish.email.strip().lower(): wish for wish in wishes if wish.email.strip()}
    now = timezone.now()
    with transaction.atomic():
        moved = dict(
            Membership.objects.filter(audience=audience, moved_from__in=wanted).values_list(
                "moved_from", "email"
            )
        )
        wanted = {moved.get(email, email): wish for email, wish in wanted.items()}
        Membership.objects.bulk_create(
            [
                Membership(audience=audience, email=email, state=Membership.State.DONE, revision=0)
                for email in sorted(wanted)
            ],
            ignore_conflicts=True,
            batch_size=1000,
        )
        rows = list(
            Membership.objects.select_for_update()
            .filter(audience=audience, email__in=wanted)
            .order_by("id")
        )
        enrolled = [email for email, wish in wanted.items() if wish.do == "enrol"]
        suppressed = suppressed_among(enrolled)
        changed = [one for one in rows if _wish(one, wanted[one.email])]
        for one in changed:
            settle(one, now)
            one.wanted_at = now
            if one.email in suppressed and one.state == Membership.State.WAITING:
                one.state, one.refusal = Membership.State.REFUSED, "suppressed"
        Membership.objects.bulk_update(changed, FIELDS, batch_size=1000)
    return sum(one.state == Membership.State.WAITING for one in changed)


def _wish(one: Membership, wish: Wish) -> bool:
    """Change what is wanted; whether that is another wish than the last one."""
    event = wish.because.get("event")
    if event and one.because.get("event") == event and one.because == dict(wish.because):
        return False
    if wish.do != "tag_off":
        one.wanted = WANTED[wish.do]
    if wish.do == "enrol":
        one.confirms = wish.confirms
        one.tags = {**one.tags, **dict.fromkeys(wish.tags, True)}
        if one.refusal == "suppressed":
            one.refusal = ""
    else:
        one.tags = {**one.tags, **dict.fromkeys(wish.tags, False)}
    if wish.person is not None:
        one.person_id = wish.person
    one.because = dict(wish.because)
    one.revision += 1
    one.tries, one.retry_at = 0, None
    return True


def retry_memberships(
    actor: Actor | None, audience: Audience, ids: Sequence[uuid.UUID] = (), *, via: str = "web"
) -> int:
    """Try again what was refused (all of it, without ids), except who opted out; how many."""
    rows = Membership.objects.refused().filter(audience=audience, opted_out_at=None)
    if ids:
        rows = rows.filter(id__in=ids)
    now = timezone.now()
    with Act(actor, via=via) as act:
        tried = list(rows.select_for_update().order_by("id"))
        for one in tried:
            one.refusal, one.tries, one.retry_at = "", 0, None
            settle(one, now)
        Membership.objects.bulk_update(tried, FIELDS, batch_size=1000)
        if tried:
            act.record(
                "audience_retried", Subject("audience", audience.id), data={"count": len(tried)}
            )
    return len(tried)
