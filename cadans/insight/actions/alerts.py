"""Notice drops, once each, and see when they are over."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cadans.events.act import Act, Subject
from cadans.insight.alerts import Watched, Weeks, monday_of, shares_by_week, worst_place
from cadans.insight.drops import (
    BASELINE,
    LEAST_DECIDED,
    WEEKS,
    WINDOWS,
    Drop,
    drop_in,
    is_over,
    total,
)
from cadans.insight.models import Alert, AlertMail
from cadans.team.models import User


def look_for_drops(today: date) -> list[Alert]:
    """Look at the last complete weeks; the drops that were found and not known yet.

    Nothing is found twice: while a drop lasts there is one alert of it, and looking at the same
    weeks again finds the same. A drop that lasts half a year is what has become usual: then it
    is over too.
    """
    week = monday_of(today) - timedelta(weeks=1)
    weeks = shares_by_week(week)
    lasting = set()
    for alert in Alert.objects.standing():
        watched = Watched(alert.pipeline_id, alert.stage_id)
        if not _end_if_over(alert, weeks, week):
            lasting.add(watched)
    found = []
    for watched, shares in weeks.items():
        if watched in lasting:
            continue
        drop = drop_in(shares, asked=_asked(weeks, watched))
        if drop is not None:
            found.append(_keep(watched, drop, week))
    return [alert for alert in found if alert is not None]


def _asked(weeks: Weeks, watched: Watched) -> int:
    """How much of the same pipeline is asked about at once."""
    month = WINDOWS["month"]
    return sum(
        other.pipeline == watched.pipeline and total(shares[-month:]).of >= LEAST_DECIDED
        for other, shares in weeks.items()
    )


def _end_if_over(alert: Alert, weeks: Weeks, week: date) -> bool:
    shares = weeks.get(Watched(alert.pipeline_id, alert.stage_id), [])
    lasted = (week - alert.week).days // 7
    if lasted == 0:
        return False
    made_up = is_over(shares, before=alert.before.value, now=alert.now.value) if shares else False
    if not made_up and lasted < BASELINE:
        return False
    with Act(None, via="clock") as act:
        alert.over_on = week + timedelta(weeks=1)
        alert.save(update_fields=["over_on"])
        act.record("alert_over", _subject(alert), data={"week": week, "made_up": made_up})
    return True


def _keep(watched: Watched, drop: Drop, week: date) -> Alert | None:
    """Keep a drop and tell of it; None when another worker was first."""
    alert = Alert(
        of=watched.of,
        pipeline_id=watched.pipeline,
        stage_id=watched.stage,
        window=drop.window,
        week=week,
        since=week - timedelta(weeks=min(drop.weeks, WEEKS) - 1),
        before_part=drop.before.part,
        before_of=drop.before.of,
        now_part=drop.now.part,
        now_of=drop.now.of,
        chance=drop.chance,
        most_in=worst_place(watched, week, drop.window),
    )
    with Act(None, via="clock") as act:
        try:
            with transaction.atomic():
                alert.save(force_insert=True)
        except IntegrityError:
            return None
        act.record("drop_found", _subject(alert), data=alert.told())
    return alert


def _subject(alert: Alert) -> Subject:
    return Subject("alert", alert.id, pipeline=alert.pipeline_id)


def tell_once(alert: Alert, user: User) -> AlertMail | None:
    """Whoever is to be told, under lock; None when they were. Call inside a transaction."""
    AlertMail.objects.get_or_create(alert=alert, user=user)
    mail = AlertMail.objects.select_for_update().get(alert=alert, user=user)
    return None if mail.sent_at else mail


def note_as_sent(mail: AlertMail) -> None:
    """Note that the mail left."""
    mail.sent_at = timezone.now()
    mail.save(update_fields=["sent_at"])
