"""What people are told: by whom, once, in the way each chose, about leads they may see."""

import uuid

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from cadans.events.models import Event
from cadans.ground.errors import Invalid
from cadans.leads import actions
from cadans.leads.models import Lead
from cadans.notifications.actions import choose_how, mark_all_read, mark_read, notify
from cadans.notifications.jobs import mail_notification, tell_of_assignment, tell_of_task
from cadans.notifications.kinds import KINDS
from cadans.notifications.models import Notification
from cadans.notifications.queries import choices_of, notifications_of, unread_count
from cadans.reactions import react
from cadans.team.models import Organisation
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(world: World) -> Event:
    """The manager gave the lead "Bakkerij Zon" to Anna."""
    lead = world.lead("Bakkerij Zon", owner=world.bram)
    actions.assign_lead(world.manager, lead, owner=world.anna)
    return Event.objects.filter(kind="lead_assigned", lead=lead.id).latest("id")


def tell(event: Event) -> None:
    tell_of_assignment(event=str(event.id), subject=str(event.subject))


def test_who_gets_a_lead_is_told_once_by_whom(world: World, given: Event) -> None:
    for _time in range(2):
        tell(given)
    one = Notification.objects.get()
    assert one.user == world.anna
    assert one.href == f"/leads/{given.lead}/"
    assert one.data == {"lead": "Bakkerij Zon", "by": "Marit Visser"}
    assert "Bakkerij Zon" in KINDS[one.kind].sentence(one.data)
    assert not mail.outbox


def test_the_job_follows_from_the_event(world: World, given: Event) -> None:
    react(act=str(given.act))
    jobs = ProcrastinateJob.objects.filter(task_name="cadans.notifications.jobs.tell_of_assignment")
    assert [job.args["event"] for job in jobs] == [str(given.id)]


def test_who_takes_a_lead_knows_it(world: World) -> None:
    lead = world.lead("Bakkerij Zon", owner=world.bram)
    actions.assign_lead(world.anna, lead, owner=world.anna)
    tell(Event.objects.filter(kind="lead_assigned", lead=lead.id).latest("id"))
    assert not Notification.objects.exists()


def test_who_is_given_a_task_by_another_is_told(world: World) -> None:
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    actions.add_task(world.manager, lead, name="Taart brengen", assignee=world.bram)
    event = Event.objects.get(kind="task_added")
    tell_of_task(event=str(event.id), subject=str(event.subject))
    one = Notification.objects.get()
    assert one.user == world.bram
    assert KINDS["task"].sentence(one.data).count("Taart brengen") == 1


@pytest.mark.parametrize(
    ("how", "in_app", "mails"), [("app", 1, 0), ("both", 1, 1), ("mail", 0, 1), ("off", 0, 0)]
)
def test_each_is_told_as_they_chose(
    world: World, given: Event, how: str, in_app: int, mails: int
) -> None:
    choose_how(world.anna, {"assigned": how})
    tell(given)
    asked = Event.objects.filter(kind="notification_to_mail")
    for event in [*asked, *asked]:
        mail_notification(event=str(event.id), subject=str(event.subject))
    assert unread_count(world.anna) == in_app
    assert len(mail.outbox) == mails
    if mails:
        assert mail.outbox[0].to == ["anna@brouwer.example"]
        assert mail.outbox[0].subject == "Je hebt de lead “Bakkerij Zon” gekregen van Marit Visser."
        assert f"http://testserver/leads/{given.lead}/" in mail.outbox[0].body


def test_without_a_mail_server_nothing_pretends_to_be_sent(
    world: World, given: Event, settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    choose_how(world.anna, {"assigned": "mail"})
    tell(given)
    event = Event.objects.get(kind="notification_to_mail")
    mail_notification(event=str(event.id), subject=str(event.subject))
    assert Notification.objects.get().mailed_at is None


def test_a_mail_that_fails_is_tried_again(world: World, given: Event, monkeypatch) -> None:
    choose_how(world.anna, {"assigned": "mail"})
    tell(given)
    event = Event.objects.get(kind="notification_to_mail")
    again = {"event": str(event.id), "subject": str(event.subject)}

    def refuses(_mail: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuses)
        with pytest.raises(ConnectionRefusedError):
            mail_notification(**again)
    mail_notification(**again)
    assert len(mail.outbox) == 1


def test_who_left_is_told_nothing(world: World, given: Event) -> None:
    world.anna.is_active = False
    world.anna.save()
    tell(given)
    assert not Notification.objects.exists()


def test_a_lead_that_somebody_may_no_longer_see_is_not_named_to_them(
    world: World, given: Event
) -> None:
    tell(given)
    assert unread_count(world.anna) == 1
    Organisation.objects.update(leads_seen_by_reps="own")
    actions.assign_lead(world.manager, Lead.objects.get(id=given.lead), owner=world.bram)
    assert unread_count(world.anna) == 0


def test_read_and_unread(world: World, given: Event) -> None:
    tell(given)
    (one,) = notifications_of(world.anna)
    mark_read(world.bram, one)
    assert unread_count(world.anna) == 1
    mark_read(world.anna, one)
    assert unread_count(world.anna) == 0
    mark_read(world.anna, one, read=False)
    assert unread_count(world.anna) == 1
    assert mark_all_read(world.anna) == 1
    assert unread_count(world.anna) == 0


def test_choices(world: World) -> None:
    assert set(choices_of(world.anna).values()) == {"app"}
    choose_how(world.anna, {"task": "mail"})
    assert choices_of(world.anna)["task"] == "mail"
    assert choices_of(world.bram)["task"] == "app"
    with pytest.raises(Invalid):
        choose_how(world.anna, {"task": "by pigeon"})


def test_several_are_told_of_one_event(world: World) -> None:
    told = notify(
        [world.anna.id, world.bram.id, world.anna.id],
        "task",
        event=uuid.uuid4(),
        href="/",
        data={"lead": "Zon", "task": "Bellen"},
    )
    assert {one.user for one in told} == {world.anna, world.bram}
