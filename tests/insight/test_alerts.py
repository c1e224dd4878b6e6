"""From decisions in the tables to an alert, once, with where most, and a mail to managers."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from cadans.events.models import Event
from cadans.ground.errors import NotAllowed
from cadans.insight.actions.alerts import look_for_drops
from cadans.insight.alerts import Watched, alerts_for, monday_of, shares_by_week, standing_for
from cadans.insight.drops import Share
from cadans.insight.filters import Filters
from cadans.insight.jobs.alerts import tell_of_drop
from cadans.insight.models import Alert, AlertMail
from cadans.insight.reports import leads_behind
from cadans.leads.models import Closing, Lead, StageVisit
from cadans.reactions import REACTIONS
from tests.insight.scene import START

FIRST = date(2026, 1, 5)
"""A Monday; day 4 of the scene."""


def decided(scene, week, *, on=0, lost=0, owner="Anna", source="Web"):
    """So many leads went on from new to demo in a week, or were lost in new."""
    at = (FIRST - START.date()).days + week * 7 + 2
    for _lead in range(on):
        scene.lead([("new", at - 3), ("demo", at)], owner=owner, source=source)
    for _lead in range(lost):
        scene.lead([("new", at - 3)], closed=("lost", at), owner=owner, source=source)


def on_monday_after(week):
    return FIRST + timedelta(weeks=week + 1)


def half_a_year(scene, **more):
    for week in range(26):
        decided(scene, week, on=4, lost=2, **more)


def test_a_lead_counts_in_the_week_in_which_it_was_decided(scene):
    decided(scene, 0, on=3, lost=1)
    decided(scene, 1, on=1)
    scene.lead([("new", 0)])  # not decided yet
    gone = scene.lead([("new", 6)], closed=("lost", 7))
    Lead.objects.filter(id=gone.id).update(deleted_at=scene.now)
    cancelled = scene.lead([("new", 6)], closed=("cancelled", 7))
    assert cancelled.status == "cancelled"
    weeks = shares_by_week(FIRST + timedelta(weeks=1))
    new = Watched(scene.pipeline.id, scene.stages["new"].id)
    assert weeks[new][-2:] == [Share(3, 4), Share(1, 1)]
    assert weeks[Watched(scene.pipeline.id)][-2:] == [Share(0, 1), Share(0, 0)]
    assert Watched(scene.pipeline.id, scene.stages["demo"].id) not in weeks
    assert monday_of(date(2026, 1, 11)) == FIRST


def test_a_drop_is_found_once(scene):
    half_a_year(scene)
    decided(scene, 26, on=8, lost=24)
    assert look_for_drops(on_monday_after(25)) == []
    (alert, won) = look_for_drops(on_monday_after(26)), None
    assert won is None
    (alert,) = [one for one in alert if one.of == Alert.Of.CONVERSION]
    assert (alert.stage, alert.window) == (scene.stages["new"], "week")
    assert (alert.before, alert.now) == (Share(104, 156), Share(8, 32))
    assert alert.week == alert.since == FIRST + timedelta(weeks=26)
    # Again the same night, and the next week while it is as bad.
    assert look_for_drops(on_monday_after(26) + timedelta(days=3)) == []
    decided(scene, 27, on=5, lost=20)
    assert look_for_drops(on_monday_after(27)) == []
    event = Event.objects.get(kind="drop_found")
    assert event.data["now_of"] == 32
    assert event.subject == alert.id


def test_it_is_over_when_it_is_made_up_for_and_may_come_again(scene):
    half_a_year(scene)
    decided(scene, 26, on=8, lost=24)
    (alert,) = look_for_drops(on_monday_after(26))
    for week in range(27, 31):
        decided(scene, week, on=16, lost=8)
    assert look_for_drops(on_monday_after(30)) == []
    alert.refresh_from_db()
    assert alert.over_on == FIRST + timedelta(weeks=31)
    assert Event.objects.get(kind="alert_over").data["made_up"] is True
    decided(scene, 31, on=5, lost=35)
    (again,) = look_for_drops(on_monday_after(31))
    assert again.id != alert.id


def test_after_half_a_year_it_has_become_usual(scene):
    half_a_year(scene)
    decided(scene, 26, on=8, lost=24)
    (alert,) = look_for_drops(on_monday_after(26))
    for week in range(27, 53):
        decided(scene, week, on=1, lost=5)
    look_for_drops(on_monday_after(51))
    alert.refresh_from_db()
    assert alert.over_on is None
    assert look_for_drops(on_monday_after(52)) == []
    alert.refresh_from_db()
    assert alert.over_on is not None


def test_where_most(scene):
    half_a_year(scene, owner="Anna")
    half_a_year(scene, owner="Cato", source="Fair")
    decided(scene, 26, on=2, lost=38, owner="Anna")
    decided(scene, 26, on=14, lost=7, owner="Cato", source="Web")
    (alert,) = look_for_drops(on_monday_after(26))
    assert alert.most_in["by"] == "owner"
    assert alert.most_in["label"] == "Anna"
    assert alert.most_in["now"] == [2, 40]


def test_the_win_rate_is_watched_too(scene):
    for week in range(26):
        day = week * 7 + 6
        for number in range(6):
            ending = "won" if number < 4 else "lost"
            scene.lead([("new", day - 3), ("demo", day - 2)], closed=(ending, day))
    at = 26 * 7 + 6
    for number in range(30):
        scene.lead(
            [("new", at - 3), ("demo", at - 2)], closed=("won" if number < 6 else "lost", at)
        )
    found = look_for_drops(on_monday_after(26))
    assert {alert.of for alert in found} == {Alert.Of.CONVERSION, Alert.Of.WIN_RATE}
    (won,) = [alert for alert in found if alert.of == Alert.Of.WIN_RATE]
    assert (won.stage, won.now) == (None, Share(6, 30))


def test_the_leads_behind_an_alert_are_as_many_as_it_counted(scene):
    half_a_year(scene)
    decided(scene, 26, on=8, lost=24)
    since = FIRST + timedelta(weeks=26)
    filters = Filters(since=since, until=since + timedelta(weeks=1), pipeline=scene.pipeline.id)
    for part, number in (("resolved", 32), ("lost", 24), ("reached_next", 8)):
        assert leads_behind("conversion", filters, "new", part, None).count() == number


# ── who is told ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def alert(scene):
    half_a_year(scene)
    decided(scene, 26, on=8, lost=24)
    (found,) = look_for_drops(on_monday_after(26))
    return found


def test_managers_see_it_and_reps_do_not(scene, alert):
    assert alerts_for(scene.users["Mila"]) == [alert]
    assert standing_for(scene.users["Mila"]) == 1
    assert standing_for(scene.users["Anna"]) == 0
    with pytest.raises(NotAllowed):
        alerts_for(scene.users["Anna"])


def test_managers_are_mailed_once_in_their_language(scene, alert):
    assert tell_of_drop in REACTIONS["drop_found"]
    event = Event.objects.get(kind="drop_found")
    for _time in range(2):
        tell_of_drop(event=str(event.id), subject=str(alert.id))
    (sent,) = mail.outbox
    assert sent.to == ["mila@example.com"]
    assert sent.subject == "Er gaan minder leads door vanuit “New”"
    assert "25% (8 van 32)" in sent.body
    assert "67% (104 van 156)" in sent.body
    assert "42 procentpunt minder" in sent.body
    assert "http://testserver/insight/leads/?" in sent.body
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert "25% (8 van 32)" in html
    assert AlertMail.objects.get().sent_at is not None


def test_when_one_mail_fails_the_others_are_not_sent_twice(scene, alert, monkeypatch):
    type(scene.users["Mila"]).objects.create(email="zoe@example.com", name="Zoë", role="manager")
    event, sends = Event.objects.get(kind="drop_found"), EmailBackend.send_messages

    def refuses_zoe(backend, messages):
        if messages[0].to == ["zoe@example.com"]:
            raise ConnectionRefusedError
        return sends(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuses_zoe)
    with pytest.raises(ConnectionRefusedError):
        tell_of_drop(event=str(event.id), subject=str(alert.id))
    monkeypatch.setattr(EmailBackend, "send_messages", sends)
    tell_of_drop(event=str(event.id), subject=str(alert.id))
    assert [one.to[0] for one in mail.outbox] == ["mila@example.com", "zoe@example.com"]


def test_without_a_mail_server_nothing_pretends_to_be_sent(scene, alert, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    event = Event.objects.get(kind="drop_found")
    tell_of_drop(event=str(event.id), subject=str(alert.id))
    assert not AlertMail.objects.exists()


def test_the_page(scene, alert, client):
    client.force_login(scene.users["Mila"])
    text = client.get("/insight/alerts/").content.decode()
    assert "Er gaan minder leads door vanuit “New”" in text
    assert "25% (8 van 32)" in text
    address = text.split('href="/insight/leads/')[1].split('"')[0].replace("&amp;", "&")
    behind = client.get(f"/insight/leads/{address}").content.decode()
    assert "24" in behind
    assert "/insight/alerts/" in client.get("/insight/").content.decode()
    assert "1 conversie is gedaald" in client.get("/insight/").content.decode()
    client.force_login(scene.users["Anna"])
    assert client.get("/insight/alerts/").status_code == 403
    assert "/insight/alerts/" not in client.get("/insight/").content.decode()


def test_nothing_dropped(scene, client):
    client.force_login(scene.users["Mila"])
    assert look_for_drops(date(2026, 6, 1)) == []
    assert "Niets gedaald" in client.get("/insight/alerts/").content.decode()
    assert not StageVisit.objects.exists()
    assert not Closing.objects.exists()
