"""Today: whose tasks in which order, what is going cold, and for a manager what nobody has."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cadans.leads import actions
from cadans.leads.models import Activity, Lead
from cadans.leads.today import day_token
from tests.web.reading import as_user, texts


def task(world, lead, name, *, days, **more):
    due = timezone.now() + timedelta(days=days, minutes=1)
    return actions.add_task(world.anna, lead, name=name, due_at=due, **more)


@pytest.fixture
def lead(world):
    return world.lead("Bakkerij Zon", owner=world.anna, opened_at=timezone.now())


def test_late_comes_before_today_before_what_follows(world, lead):
    for name, days in [("Morgen", 1), ("Lang geleden", -9), ("Gisteren", -1), ("Later", 30)]:
        task(world, lead, name, days=days)
    actions.add_task(world.anna, lead, name="Ooit")
    page = texts(as_user(world.anna).get("/"))
    places = [page.index(name) for name in ("Lang geleden", "Gisteren", "Morgen", "Ooit")]
    assert places == sorted(places)
    assert "Later" not in page


def test_a_required_task_comes_first_among_the_late(world):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    task(world, lead, "Oeroud", days=-400)
    page = texts(as_user(world.anna).get("/"))
    assert page.index("Eerste belafspraak") < page.index("Oeroud")


def test_each_task_says_how_and_for_whom(world, lead):
    page = texts(as_user(world.anna, "en").get("/"))
    for part in ("First call", "Bakkerij Zon", "required", "Call within the hour ."):
        assert part in page


def test_tasks_of_others_are_not_ones_own(world, lead):
    assert "Eerste belafspraak" not in texts(as_user(world.bram).get("/"))


def test_leads_going_cold_are_shown_dearest_first(world):
    world.lead("Goedkoop", owner=world.anna, value=10)
    world.lead("Duur", owner=world.anna, value=10_000)
    page = texts(as_user(world.anna).get("/")).split("Koelt af")[1]
    assert page.index("Duur") < page.index("Goedkoop")


def test_leads_without_an_owner_are_the_managers(world, lead):
    actions.assign_lead(world.manager, lead, owner=None)
    assert "Zonder eigenaar" in texts(as_user(world.manager).get("/"))
    assert "Zonder eigenaar" not in texts(as_user(world.anna).get("/"))


def test_a_manager_looks_at_a_reps_day_and_a_rep_only_at_their_own(world, lead):
    task(world, lead, "Voor Anna", days=-1)
    asked = f"/?of={world.anna.id}"
    assert "De dag van Anna Smit" in texts(as_user(world.manager).get(asked))
    assert "Voor Anna" in texts(as_user(world.manager).get(asked))
    assert "Voor Anna" not in texts(as_user(world.bram).get(asked))


def test_what_was_planned_for_today_stands_on_top(world, lead):
    at = timezone.now() + timedelta(seconds=400)
    actions.log_activity(world.anna, lead, kind="demo", at=at)
    page = texts(as_user(world.anna).get("/"))
    if timezone.localtime(at).date() == timezone.localdate():
        assert "Demo: Bakkerij Zon" in page


@pytest.mark.parametrize(("language", "words"), [("nl", "Alles gedaan"), ("en", "All clear")])
def test_an_empty_day_says_so(world, language, words):
    assert words in texts(as_user(world.bram, language).get("/"))


def test_without_a_process_the_day_begins_with_one(world):
    world.pipeline.version = None
    world.pipeline.save()
    assert "Your day begins with a process" in texts(as_user(world.anna, "en").get("/"))


def test_live_tells_only_what_is_new(world, lead):
    client = as_user(world.anna)
    token = client.get("/today/live/?token=")["X-Live-Token"]
    assert client.get(f"/today/live/?token={token}").status_code == 204
    task(world, lead, "Nieuw", days=-1)
    assert "Nieuw" in texts(client.get(f"/today/live/?token={token}"))


@pytest.mark.parametrize("leads", [10, 40])
def test_the_day_asks_the_same_of_few_and_many(world, leads, django_assert_num_queries):
    for n in range(leads):
        task(world, world.lead(f"Lead {n}", owner=world.anna), f"Taak {n}", days=-1)
    client = as_user(world.anna)
    client.get("/")
    with django_assert_num_queries(10):
        client.get("/")


def test_a_plan_waits_until_it_is_told_how_it_went(world, lead):
    soon = timezone.now() + timedelta(days=3)
    meeting = actions.log_activity(world.anna, lead, kind="meeting", at=soon)
    assert "Gepland" not in texts(as_user(world.anna).get("/"))
    Activity.objects.filter(id=meeting.id).update(at=timezone.now() - timedelta(days=2))
    page = texts(as_user(world.anna).get("/"))
    assert "Afspraak: Bakkerij Zon" in page
    assert "Hoe ging het?" in page
    actions.hold_activity(world.anna, meeting)
    assert "Hoe ging het?" not in texts(as_user(world.anna).get("/"))


def test_a_lead_that_becomes_idle_is_news(world, lead):
    before = day_token(world.anna, world.anna)
    Lead.objects.filter(id=lead.id).update(touched_at=timezone.now() - timedelta(days=8))
    assert day_token(world.anna, world.anna) != before
