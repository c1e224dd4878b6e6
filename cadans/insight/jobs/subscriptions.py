"""Send subscribed reports when their week or month is over."""

from __future__ import annotations

import logging
import uuid
from datetime import date

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from cadans.ground.errors import Invalid
from cadans.insight.actions.subscriptions import claim_issue, stop_because
from cadans.insight.alert_mail import can_send
from cadans.insight.models import SentReport, Subscription
from cadans.insight.subscription_mail import mail_of
from cadans.insight.subscriptions import due_issue

log = logging.getLogger(__name__)


@app.periodic(cron="5 * * * *", periodic_id="reports")
@app.task(
    name="cadans.insight.jobs.send_due_reports", queueing_lock="cadans.send_due_reports", retry=3
)
def send_due_reports(timestamp: int) -> None:
    """Defer a job for each report that is due and was not sent: each hour, so that one that was
    missed goes out later, and only the last of several."""
    if not can_send():
        return
    now = timezone.now()
    for subscription in Subscription.objects.running().order_by("id"):
        issue = due_issue(subscription, now)
        if issue is None or SentReport.objects.filter(subscription=subscription, since=issue.since):
            continue
        send_report.configure(lock=f"report:{subscription.id}").defer(
            subscription=str(subscription.id), since=issue.since.isoformat()
        )


@app.task(name="cadans.insight.jobs.send_report", retry=8)
def send_report(*, subscription: str, since: str) -> None:
    """Send one report, once. It is noted in the transaction that sends it: when sending fails it
    is not noted, and tried again."""
    found = Subscription.objects.running().filter(id=uuid.UUID(subscription))
    one = found.select_related("user").first()
    if one is None or not can_send():
        return
    issue = due_issue(one, timezone.now())
    if issue is None or issue.since != date.fromisoformat(since):
        return
    with transaction.atomic():
        if claim_issue(one, issue.since) is None:
            return
        try:
            mail = mail_of(one, issue)
        except Invalid as error:
            # A team or product it was about is gone: it says so on the subscriber's list.
            log.warning("A report can no longer be made: %s", error)
            stop_because(one, str(error))
            return
        mail.send()
