"""Subscribe to a report, stop it, and note what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid
from cadans.insight.models import SentReport, Subscription
from cadans.insight.subscriptions import asked_of, can_be_sent
from cadans.team.models import User

MOST = 50
"""Subscriptions a person can have."""


def subscribe(actor: User, metric: str, every: str, query: Mapping[str, Any]) -> Subscription:
    """Send the actor a report each week or month from now on.

    Raises Invalid for a report, rhythm or filter that there is none of, Conflict when the actor
    has this one already or has too many.
    """
    if not can_be_sent(metric):
        raise Invalid(_("There is no such report."), pointer="/metric")
    if every not in Subscription.Every.values:
        raise Invalid(_("Choose every week or every month."), pointer="/every")
    asked = asked_of(query)
    with Act(actor) as act:
        own = Subscription.objects.of(actor).select_for_update()
        if len(own) >= MOST:
            raise Conflict(_("That is enough mail: stop one of your subscriptions first."))
        if any((one.metric, one.every, one.asked) == (metric, every, asked) for one in own):
            raise Conflict(_("You get this report already."))
        made = Subscription.objects.create(
            user=actor, metric=metric, every=every, asked=asked, made_at=act.at
        )
        act.record("report_subscribed", Subject("subscription", made.id), data={"metric": metric})
    return made


def unsubscribe(actor: User | None, subscription: Subscription) -> None:
    """Send it no more. `actor` is None for somebody with the link of a mail."""
    with Act(actor) as act:
        gone = Subject("subscription", subscription.id)
        Subscription.objects.filter(id=subscription.id).delete()
        act.record("report_unsubscribed", gone, data={"metric": subscription.metric})


def stop_because(subscription: Subscription, reason: str) -> None:
    """Send it no more because it cannot be made any more; its list says why."""
    Subscription.objects.filter(id=subscription.id).update(stopped_because=reason[:300])


def claim_issue(subscription: Subscription, since: date) -> SentReport | None:
    """Note that a period's report is sent, in the transaction that sends it; None when it was sent
    before, or is being sent at this moment."""
    held = Subscription.objects.select_for_update(skip_locked=True).filter(id=subscription.id)
    if not held.exists():
        return None
    sent, is_new = SentReport.objects.get_or_create(subscription=subscription, since=since)
    return sent if is_new else None
