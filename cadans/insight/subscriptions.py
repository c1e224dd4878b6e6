"""Reports by mail: what each period's mail is about, and when it is due."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.core import signing
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.insight.filters import CHOICES, Filters, read_filters
from cadans.insight.models import Subscription
from cadans.insight.reports import AHEAD, METRICS, report, span_of
from cadans.team.models import User
from cadans.team.queries import organisation

HOUR = 7
"""Mails go out from this hour on the first day after the period, on the organisation's clocks."""

KEPT = ("by", *CHOICES, "currency")
"""What of a page's address a subscription keeps."""

SALT = "cadans.insight.subscription"


@dataclass(frozen=True)
class Issue:
    """One mail to be: the period it is about."""

    since: date
    until: date


def last_ended(every: str, day: date) -> Issue:
    """The last week (Monday to Sunday) or month that ended before a day."""
    if every == Subscription.Every.MONTH:
        first = day.replace(day=1)
        return Issue(first - relativedelta(months=1), first)
    monday = day - timedelta(days=day.weekday())
    return Issue(monday - timedelta(days=7), monday)


def due_issue(subscription: Subscription, now: datetime) -> Issue | None:
    """What should have been sent by now and may not have been; None before the hour, and for
    periods that ended before anybody subscribed. After an outage only the last one is due."""
    here = now.astimezone(ZoneInfo(organisation().time_zone))
    issue = last_ended(subscription.every, here.date())
    made = subscription.made_at.astimezone(here.tzinfo).date()
    if made >= issue.until or (here.date() == issue.until and here.hour < HOUR):
        return None
    return issue


def asked_of(query: Mapping[str, Any]) -> dict[str, str]:
    """What a subscription keeps of an address. Raises Invalid for filters that are none."""
    asked = {name: str(query[name]) for name in KEPT if query.get(name)}
    read_filters(asked)
    return asked


def own_subscription(user: User, id: uuid.UUID) -> Subscription:
    """One of a person's own. Raises NotFound for another's too."""
    found = Subscription.objects.of(user).filter(id=id).first()
    if found is None:
        raise NotFound(_("This subscription is no longer there."))
    return found


def answers(
    subscription: Subscription, issue: Issue
) -> tuple[Filters, dict[str, Any], dict[str, Any] | None]:
    """The filters, the figures and those of the period before, as the subscriber may see them.

    A report that looks ahead is about what lies ahead now, and has nothing before it. Raises
    Invalid when a filter points at something that is no longer there.
    """
    metric, user = subscription.metric, subscription.user
    filters = read_filters(subscription.asked, span=span_of(metric))
    if metric in AHEAD:
        return filters, report(metric, filters, user), None
    filters = replace(filters, since=issue.since, until=issue.until)
    before = filters.period_before()
    return (
        filters,
        report(metric, filters, user),
        None if before is None else report(metric, before, user),
    )


def can_be_sent(metric: str) -> bool:
    """Whether there is a report of this name."""
    return metric in METRICS


def stop_token(subscription: Subscription) -> str:
    """What an unsubscribe link proves: that it came from a mail of this subscription."""
    return signing.dumps(str(subscription.id), salt=SALT)


def by_token(token: str) -> Subscription | None:
    """The subscription of a link; None when it is stopped already. Raises NotFound for a link that
    is not ours."""
    try:
        id = uuid.UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(_("This link is damaged. Open it from the mail again.")) from error
    return Subscription.objects.select_related("user").filter(id=id).first()
