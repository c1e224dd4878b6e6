"""Look for drops every night, and tell managers of those that were found."""

from __future__ import annotations

import logging
import uuid

from django.db import transaction
from procrastinate.contrib.django import app

from cadans.insight.actions.alerts import look_for_drops, note_as_sent, tell_once
from cadans.insight.alert_mail import can_send, mail_about
from cadans.insight.alerts import watchers
from cadans.insight.models import Alert
from cadans.team.queries import today

log = logging.getLogger(__name__)


@app.periodic(cron="20 4 * * *", periodic_id="drops")
@app.task(
    name="cadans.insight.jobs.look_for_drops",
    queueing_lock="cadans.look_for_drops",
    lock="cadans.look_for_drops",
    retry=3,
)
def look_for_drops_every_night(timestamp: int) -> None:
    """Look at the last complete weeks: new on Mondays, and the same again if a night was missed."""
    look_for_drops(today())


@app.task(name="cadans.insight.jobs.tell_of_drop", retry=8)
def tell_of_drop(*, event: str, subject: str) -> None:
    """Mail each manager about a drop, once each. What was sent stays sent when one fails."""
    alert = Alert.objects.with_names().filter(id=uuid.UUID(subject)).first()
    if alert is None:
        return
    if not can_send():
        log.warning("No mail about a drop was sent: EMAIL_URL is not set.")
        return
    for user in watchers():
        with transaction.atomic():
            mail = tell_once(alert, user)
            if mail is not None:
                mail_about(alert, user).send()
                note_as_sent(mail)
