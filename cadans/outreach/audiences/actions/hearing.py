"""What a mailing service tells us by itself: somebody came, left, bounced or has another address.

It is told at least once and in any order, so every hand may run twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from cadans.contacts.models import Person
from cadans.events.act import Act, Subject
from cadans.outreach.audiences.provider import MemberTold
from cadans.outreach.audiences.settling import see, settle
from cadans.outreach.models.audiences import Audience, Membership


@dataclass(frozen=True)
class News:
    """What a service told. `old_email` is there when an address changed."""

    kind: str
    email: str
    old_email: str = ""
    is_deleted: bool = False
    reason: str = ""


def hear(audience: Audience, news: News) -> None:
    """Take in what the service told; of people we do not know only that it told something."""
    audience.heard_at = timezone.now()
    audience.save(update_fields=["heard_at"])
    hand = HANDS.get(news.kind)
    if hand is not None and news.email:
        hand(audience, news)


def _came(audience: Audience, news: News) -> None:
    _now_is(audience, news, "subscribed")


def _left(audience: Audience, news: News) -> None:
    _now_is(audience, news, "archived" if news.is_deleted else "unsubscribed")


def _bounced(audience: Audience, news: News) -> None:
    _now_is(audience, news, "cleaned")


def _now_is(audience: Audience, news: News, status: str) -> None:
    with Act(None, via="web") as act:
        one = _membership(audience, news.email)
        if one is None:
            return
        before = one.status
        see(one, MemberTold(one.email, status, one.has_tags), act.at)
        one.detail = news.reason[:300]
        one.save()
        if before != status and one.person_id:
            act.record(
                f"audience_{TOLD[status]}",
                Subject("person", one.person_id),
                data={"audience": audience.name, "email": one.email},
            )


TOLD = {
    "subscribed": "joined",
    "archived": "left",
    "unsubscribed": "left",
    "cleaned": "bounced",
}


def _moved(audience: Audience, news: News) -> None:
    """Their membership goes along to the new address; what a colleague typed stays."""
    now = timezone.now()
    with Act(None, via="web"):
        one = _membership(audience, news.old_email)
        if one is None:
            return
        there = Membership.objects.select_for_update().filter(audience=audience, email=news.email)
        for other in there.exclude(id=one.id):
            one.opted_out_at = one.opted_out_at or other.opted_out_at
            other.delete()
        if one.email != news.email:
            one.moved_from, one.email = one.email, news.email
        settle(one, now)
        one.save()


def _membership(audience: Audience, email: str) -> Membership | None:
    """The membership with that address, made when the address is of somebody we know."""
    found = Membership.objects.select_for_update().filter(audience=audience, email=email).first()
    if found is not None:
        return found
    person = Person.objects.present().filter(email=email).first()
    if person is None:
        return None
    return Membership(audience=audience, email=email, person=person, state=Membership.State.DONE)


HANDS: Mapping[str, Callable[[Audience, News], None]] = {
    "subscribe": _came,
    "unsubscribe": _left,
    "cleaned": _bounced,
    "upemail": _moved,
}
"""Kind of news → the hand that takes it in. `profile` tells nothing that is kept."""
