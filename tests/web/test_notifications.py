"""The bell in the frame, the list of notifications, and how somebody wants to be told."""

import uuid

import pytest

from cadans.notifications.actions import notify
from cadans.notifications.models import Notification
from cadans.notifications.queries import choices_of
from tests.web.reading import HTMX, as_user, texts
from tests.world import World

pytestmark = pytest.mark.django_db
ROW = {**HTMX, "HX-Target": "row"}


@pytest.fixture
def told(world: World) -> Notification:
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    data = {"lead": "Bakkerij Zon", "by": "Marit Visser"}
    href = f"/leads/{lead.id}/"
    (one,) = notify(
        [world.anna.id], "assigned", event=uuid.uuid4(), href=href, data=data, lead=lead.id
    )
    return one


def test_the_bell_counts_what_is_unread_and_answers_only_news(
    world: World, told: Notification
) -> None:
    anna = as_user(world.anna, "en")
    assert "/notifications/bell/?at=side" in anna.get("/").content.decode()
    new = anna.get("/notifications/bell/", {"token": "0", "at": "top"})
    assert (new["X-Live-Token"], "Notifications: 1 unread" in new.content.decode()) == ("1", True)
    assert 'id="bell-top"' in new.content.decode()
    assert anna.get("/notifications/bell/", {"token": "1"}).status_code == 204


def test_the_list_leads_to_what_it_is_about(world: World, told: Notification) -> None:
    anna = as_user(world.anna)
    assert "Je hebt de lead “Bakkerij Zon” gekregen van Marit Visser." in texts(
        anna.get("/notifications/")
    )
    followed = anna.get(f"/notifications/{told.id}/")
    assert followed["Location"] == told.href
    assert "Alles gelezen" in texts(anna.get("/notifications/?show=unread"))


def test_marking(world: World, told: Notification) -> None:
    anna = as_user(world.anna, "en")
    read = anna.post(f"/notifications/{told.id}/mark/", {"read": "yes"}, headers=ROW)
    assert (read["HX-Trigger"], "Unread" in texts(read)) == ("live-now", True)
    anna.post(f"/notifications/{told.id}/mark/", {"read": "no"}, headers=ROW)
    assert Notification.objects.unread().count() == 1
    assert anna.post("/notifications/read/")["Location"] == "/notifications/"
    assert not Notification.objects.unread().exists()


def test_nobody_sees_anothers(world: World, told: Notification) -> None:
    bram = as_user(world.bram, "en")
    assert "No notifications yet" in texts(bram.get("/notifications/"))
    assert bram.get(f"/notifications/{told.id}/").status_code == 404
    assert bram.post(f"/notifications/{told.id}/mark/", {"read": "yes"}).status_code == 404


def test_choosing(world: World) -> None:
    anna = as_user(world.anna, "en")
    assert "Somebody gives you a task" in texts(anna.get("/notifications/choices/"))
    anna.post("/notifications/choices/", {"task": "off", "assigned": "both"})
    assert choices_of(world.anna) == {"task": "off", "assigned": "both", "automation": "app"}


def test_a_long_list_comes_in_parts_with_the_same_number_of_questions(
    world: World, told: Notification, django_assert_max_num_queries
) -> None:
    Notification.objects.bulk_create(
        Notification(
            user=world.anna,
            kind="task",
            event=uuid.uuid4(),
            href="/",
            data={"lead": "Zon", "task": f"Taak {n}"},
        )
        for n in range(120)
    )
    anna = as_user(world.anna, "en")
    with django_assert_max_num_queries(12):
        first = texts(anna.get("/notifications/"))
    assert ("Taak 119" in first, "Taak 3." in first) == (True, False)
    last = anna.get("/notifications/?page=3", headers=HTMX)
    assert "<html" not in last.content.decode()
    assert "Bakkerij Zon" in texts(last)
    bell = anna.get("/notifications/bell/", {"token": "0"})
    assert "99+" in texts(bell)
