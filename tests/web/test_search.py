"""What the command palette finds."""

import pytest

from cadans.contacts.actions import add_person
from cadans.leads.finding import own_domain, search
from tests.web.reading import as_user, texts


@pytest.fixture
def cast(world):
    lead = world.lead("Zonnepanelen op het dak", owner=world.anna)
    add_person(world.anna, name="Zonneveld, Piet", email="piet@elders.example")
    return lead


def test_it_finds_leads_people_and_companies(world, cast):
    page = texts(as_user(world.anna).get("/search/?q=zonne"))
    for part in ("Leads", "Zonnepanelen op het dak", "Personen", "Zonneveld, Piet", "Bedrijven"):
        assert part in page


@pytest.mark.parametrize("words", ["", "z", " ", "%", "__", "\\", "'; drop table", "x" * 500])
def test_odd_words_find_nothing_and_break_nothing(world, cast, words):
    response = as_user(world.anna).get("/search/", {"q": words})
    assert (response.status_code, texts(response).strip()) == (200, "")


def test_beginnings_come_before_middles(world):
    for title in ("Groot dak", "Dak", "Dakgoot", "Onderdak"):
        world.lead(title, owner=world.anna)
    assert [lead.title for lead in search(world.anna, "dak").leads] == [
        "Dak",
        "Dakgoot",
        "Groot dak",
        "Onderdak",
    ]


def test_two_letters_find_beginnings(world, cast):
    assert [lead.title for lead in search(world.anna, "zo").leads] == ["Zonnepanelen op het dak"]
    assert not search(world.anna, "da").leads


def test_what_one_may_not_see_is_not_found(world, cast):
    world.organisation.leads_seen_by_reps = "own"
    world.organisation.save()
    assert not search(world.bram, "zonnepanelen").leads
    assert search(world.anna, "zonnepanelen").leads


@pytest.mark.parametrize(
    ("email", "domain"),
    [("jan@molen.nl", "molen.nl"), ("jan@gmail.com", ""), ("jan", ""), ("", "")],
)
def test_own_domain(email, domain):
    assert own_domain(email) == domain


def test_searching_asks_seven_queries_at_most(world, cast, django_assert_max_num_queries):
    client = as_user(world.anna)
    client.get("/search/?q=zonne")
    with django_assert_max_num_queries(8):
        client.get("/search/?q=zonne")
