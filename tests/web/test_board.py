"""The board's page: what it shows, how it narrows, and that it asks the same of few and many."""

import pytest
from django.test import Client
from django.urls import reverse

from cadans.leads.actions import assign_lead
from tests.web.reading import as_user, texts


@pytest.fixture
def client(world):
    return as_user(world.anna, "nl")


def test_the_board_opens_on_the_default_pipeline(client, world):
    assert client.get("/board/").url == "/board/new-customers/"
    assert client.get("/board/new-customers/").status_code == 200


def test_strangers_are_asked_to_log_in(world):
    assert Client().get("/board/").url.startswith("/account/login/")


def test_columns_count_and_sum_all_their_leads(client, world):
    for n in range(32):
        world.lead(f"Lead {n}", value=100)
    page = texts(client.get("/board/new-customers/"))
    assert "32 open leads · € 3.200" in page
    assert "Toon meer (2)" in page


def test_show_more_stays_in_the_address(client, world):
    for n in range(32):
        world.lead(f"Lead {n}")
    stage = world.stages["new"].id
    response = client.get(f"/board/new-customers/?more={stage}")
    assert response.content.decode().count('class="lead-card"') == 32
    assert "Toon meer" not in texts(response)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("owner=me", {"Bakkerij Zon"}),
        ("owner=none", {"Zonder baas"}),
        ("q=bakk", {"Bakkerij Zon"}),
        ("q=za", set()),
        ("owner=rubbish&more=rubbish&idle=9", {"Bakkerij Zon", "Slagerij Maan", "Zonder baas"}),
        ("idle=1", {"Bakkerij Zon", "Slagerij Maan", "Zonder baas"}),
    ],
)
def test_filters(client, world, query, shown):
    world.lead("Bakkerij Zon", owner=world.anna)
    world.lead("Slagerij Maan", owner=world.bram)
    assign_lead(world.manager, world.lead("Zonder baas"), owner=None)
    page = texts(client.get(f"/board/new-customers/?{query}"))
    names = {"Bakkerij Zon", "Slagerij Maan", "Zonder baas"}
    assert {name for name in names if name in page} == shown


def test_live_tells_only_what_is_new(client, world):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    first = client.get("/board/new-customers/live/?token=old")
    assert first.status_code == 200
    assert "Bakkerij Zon" in texts(first)
    token = first["X-Live-Token"]
    assert client.get(f"/board/new-customers/live/?token={token}").status_code == 204
    world.call(lead)
    assert client.get(f"/board/new-customers/live/?token={token}").status_code == 200


def test_a_pipeline_that_is_not_there_is_not_found(client, world):
    assert client.get("/board/nonsense/").status_code == 404


@pytest.mark.parametrize("leads", [10, 40])
def test_the_board_asks_the_same_of_few_and_many(client, world, django_assert_num_queries, leads):
    for n in range(leads):
        world.lead(f"Lead {n}", owner=world.anna, value=100)
    client.get("/board/new-customers/")
    with django_assert_num_queries(12):
        client.get("/board/new-customers/")


@pytest.mark.parametrize("leads", [10, 40])
def test_a_quiet_moment_costs_four_queries(client, world, django_assert_num_queries, leads):
    for n in range(leads):
        world.lead(f"Lead {n}")
    token = client.get("/board/new-customers/live/?token=")["X-Live-Token"]
    with django_assert_num_queries(4):
        client.get(f"/board/new-customers/live/?token={token}")


def test_without_a_pipeline_a_manager_is_led_to_the_design(world):
    world.pipeline.version = None
    world.pipeline.save()
    page = texts(as_user(world.manager, "en").get(reverse("board:default")))
    assert "There is no process yet" in page
    assert "Write down how you sell" in page
    assert "Write down how you sell" not in texts(as_user(world.anna, "en").get("/board/"))
