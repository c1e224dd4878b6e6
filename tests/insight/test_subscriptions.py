"""Reports by mail: once for each period, as the subscriber may see them, stopped by one link."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from cadans.ground.errors import Conflict, Invalid, NotFound
from cadans.insight.actions.subscriptions import subscribe, unsubscribe
from cadans.insight.jobs.subscriptions import send_due_reports, send_report
from cadans.insight.models import SentReport, Subscription
from cadans.insight.subscriptions import (
    Issue,
    by_token,
    due_issue,
    last_ended,
    own_subscription,
    stop_token,
)
from cadans.team.models import User
from tests.insight.scene import Scene, day

pytestmark = pytest.mark.django_db

SMTP = override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")


@pytest.fixture
def scene() -> Iterator[Scene]:
    with SMTP:
        yield Scene()


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Monday 19 January 2026, eight in the morning in Amsterdam: the week before has ended."""
    now = datetime(2026, 1, 19, 7, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


def subscribed(
    user: User, metric: str = "win-rate", every: str = "week", **asked: Any
) -> Subscription:
    made = subscribe(user, metric, every, asked)
    Subscription.objects.filter(id=made.id).update(made_at=day(0))
    made.refresh_from_db()
    return made


def send(one: Subscription, since: str = "2026-01-12") -> None:
    send_report(subscription=str(one.id), since=since)


def test_a_week_runs_from_monday_and_a_month_from_its_first() -> None:
    assert last_ended("week", date(2026, 1, 19)) == Issue(date(2026, 1, 12), date(2026, 1, 19))
    assert last_ended("week", date(2026, 1, 25)) == Issue(date(2026, 1, 12), date(2026, 1, 19))
    assert last_ended("month", date(2026, 3, 1)) == Issue(date(2026, 2, 1), date(2026, 3, 1))


def test_a_report_is_due_from_seven_on_the_day_after(scene: Scene) -> None:
    one = subscribed(scene.users["Mila"])
    six = datetime(2026, 1, 19, 5, 59, tzinfo=UTC)
    assert due_issue(one, six) is None
    found = due_issue(one, six + timedelta(minutes=1))
    assert found == Issue(date(2026, 1, 12), date(2026, 1, 19))


def test_nothing_is_due_that_ended_before_one_subscribed(scene: Scene) -> None:
    one = subscribed(scene.users["Mila"])
    one.made_at = datetime(2026, 1, 19, 8, 0, tzinfo=UTC)
    assert due_issue(one, datetime(2026, 1, 21, 8, 0, tzinfo=UTC)) is None
    assert due_issue(one, datetime(2026, 1, 26, 8, 0, tzinfo=UTC)) is not None


def test_the_mail_tells_the_figures_and_their_change(scene: Scene, monday: datetime) -> None:
    """Days 11 to 17 are the week: 3 of 4 won, and 1 of 4 in the week before."""
    for at, won in ((5, 1), (12, 3)):
        for place in range(4):
            scene.lead(closed=("won" if place < won else "lost", at))
    mila = scene.users["Mila"]
    User.objects.filter(id=mila.id).update(language="en")
    send(subscribed(mila, by="owner"))
    (sent,) = mail.outbox
    assert sent.to == [mila.email]
    assert sent.subject == "Win rate: 12 Jan – 18 Jan 2026"
    assert "Win rate: 75% (3 of 4), +50.0 pts" in sent.body
    assert "/insight/win-rate/?by=owner&period=own&from=2026-01-12&through=2026-01-18" in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    name, content, _kind = sent.attachments[0]
    assert name == "win-rate-2026-01-12-2026-01-18.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["A2"].value == "Anna"
    assert sheet["B2"].value == 0.75


def test_the_mail_speaks_the_receivers_language(scene: Scene, monday: datetime) -> None:
    scene.lead(closed=("won", 12))
    User.objects.filter(id=scene.users["Mila"].id).update(language="nl")
    send(subscribed(scene.users["Mila"]))
    assert mail.outbox[0].subject == "Winstpercentage: 12 jan – 18 jan 2026"
    assert "Win rate" not in mail.outbox[0].body


def test_it_is_sent_once_however_often_the_job_runs(scene: Scene, monday: datetime) -> None:
    one = subscribed(scene.users["Mila"])
    send(one)
    send(one)
    assert len(mail.outbox) == 1
    assert SentReport.objects.count() == 1


def test_a_mail_that_fails_is_tried_again(
    scene: Scene, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = subscribed(scene.users["Mila"])

    def refuse(self: Any) -> int:
        raise OSError("the server is away")

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        with pytest.raises(OSError, match="away"):
            send(one)
    assert not SentReport.objects.exists()
    send(one)
    assert len(mail.outbox) == 1


def test_each_sees_what_each_may_see(scene: Scene, monday: datetime) -> None:
    """Reps see their own leads here."""
    scene.lead(closed=("won", 12), owner="Anna")
    scene.lead(closed=("lost", 12), owner="Bram")
    User.objects.update(language="en")
    for name in ("Anna", "Mila"):
        scene.users[name].refresh_from_db()
        send(subscribed(scene.users[name]))
    assert "100% (1 of 1)" in mail.outbox[0].body
    assert "50% (1 of 2)" in mail.outbox[1].body


def test_after_weeks_away_only_the_last_report_is_deferred(
    scene: Scene, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(scene.users["Mila"])
    deferred: list[Any] = []
    monkeypatch.setattr(
        "procrastinate.jobs.JobDeferrer.defer", lambda self, **given: deferred.append(given)
    )
    send_due_reports(0)
    assert [one["since"] for one in deferred] == ["2026-01-12"]
    # A job that waited past its week is left to the next one.
    send(Subscription.objects.get(), "2026-01-05")
    assert not mail.outbox


def test_without_a_mail_server_nothing_is_sent_or_noted(scene: Scene, monday: datetime) -> None:
    one = subscribed(scene.users["Mila"])
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend"):
        send_due_reports(0)
        send(one)
    assert not mail.outbox
    assert not SentReport.objects.exists()


def test_somebody_who_left_gets_nothing(scene: Scene, monday: datetime) -> None:
    one = subscribed(scene.users["Mila"])
    User.objects.update(is_active=False)
    send(one)
    assert not mail.outbox


def test_a_report_about_a_team_that_is_gone_says_so(scene: Scene, monday: datetime) -> None:
    one = subscribed(scene.users["Mila"], team=str(scene.teams["North"].id))
    scene.teams["North"].delete()
    send(one)
    assert not mail.outbox
    one.refresh_from_db()
    assert one.stopped_because


def test_the_same_twice_and_what_there_is_not_is_refused(scene: Scene) -> None:
    mila = scene.users["Mila"]
    subscribed(mila, by="owner")
    with pytest.raises(Conflict):
        subscribe(mila, "win-rate", "week", {"by": "owner"})
    subscribe(mila, "win-rate", "month", {"by": "owner"})
    for metric, every, asked in (
        ("weather", "week", {}),
        ("win-rate", "hour", {}),
        ("win-rate", "week", {"team": "Nobody"}),
    ):
        with pytest.raises(Invalid):
            subscribe(mila, metric, every, asked)


def test_nobody_stops_what_is_another_ones(scene: Scene) -> None:
    one = subscribed(scene.users["Mila"])
    with pytest.raises(NotFound):
        own_subscription(scene.users["Anna"], one.id)
    unsubscribe(scene.users["Mila"], one)
    assert not Subscription.objects.exists()


def test_a_link_of_a_mail_stops_it_without_logging_in(scene: Scene) -> None:
    one = subscribed(scene.users["Mila"])
    path = f"/insight/subscriptions/stop/{stop_token(one)}/"
    browser = Client(enforce_csrf_checks=True)
    assert browser.get(path).status_code == 200
    assert Subscription.objects.exists(), "a look at the link stops nothing"
    assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()
    assert browser.post(path).status_code == 200, "stopping twice is stopping"
    with pytest.raises(NotFound):
        by_token("forged:token")
    assert browser.get("/insight/subscriptions/stop/forged/").status_code == 404


def test_a_person_subscribes_from_a_page_and_stops_there(scene: Scene) -> None:
    browser = Client()
    browser.force_login(scene.users["Mila"])
    page = browser.get("/insight/win-rate/?by=source").content.decode()
    assert "/insight/subscriptions/?by=source&amp;metric=win-rate" in page
    offer = browser.get("/insight/subscriptions/?by=source&metric=win-rate").content.decode()
    assert 'name="by" value="source"' in offer
    browser.post(
        "/insight/subscriptions/add/", {"metric": "win-rate", "every": "month", "by": "source"}
    )
    made = Subscription.objects.get()
    assert (made.user, made.every, made.asked) == (scene.users["Mila"], "month", {"by": "source"})
    browser.post(f"/insight/subscriptions/{made.id}/stop/")
    assert not Subscription.objects.exists()


def test_the_page_says_when_no_mail_can_be_sent(scene: Scene) -> None:
    browser = Client()
    browser.force_login(scene.users["Mila"])
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend"):
        assert "EMAIL_URL" in browser.get("/insight/subscriptions/").content.decode()
    assert "EMAIL_URL" not in browser.get("/insight/subscriptions/").content.decode()
