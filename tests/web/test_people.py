"""People: the list, a person's page, a new one, and duplicates that are refused."""

import pytest

from cadans.contacts.actions import add_person
from cadans.contacts.models import Person
from cadans.ground.custom_fields import CustomField
from cadans.leads import actions
from tests.web.reading import HTMX, as_user, texts


@pytest.fixture
def anna(world):
    return as_user(world.anna, "nl")


@pytest.fixture
def els(world):
    return add_person(world.anna, name="Els Baas", email="els@zon.example", phone="06 1234")


def test_the_list_finds_by_name_and_address(anna, world, els):
    add_person(world.anna, name="Jan Molen", email="jan@molen.example")
    for words in ("els", "baas", "zon.ex", "el"):
        page = texts(anna.get(f"/people/?q={words}"))
        assert ("Els Baas" in page, "Jan Molen" in page) == (True, False), words
    assert "Zo iemand is er niet" in texts(anna.get("/people/?q=niemand"))
    for sort in ("name", "-email", "company", "nonsense"):
        assert anna.get(f"/people/?sort={sort}").status_code == 200


@pytest.mark.parametrize("people", [10, 40])
def test_the_list_asks_the_same_of_few_and_many(anna, world, people, django_assert_num_queries):
    for n in range(people):
        add_person(world.anna, name=f"Persoon {n}", email=f"p{n}@x.example")
    anna.get("/people/")
    with django_assert_num_queries(4):
        anna.get("/people/")


def test_a_persons_page_shows_leads_and_what_was_done(anna, world, els):
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    actions.add_person_to_lead(world.anna, lead, person=els)
    actions.log_activity(world.anna, lead, kind="call", people=[els], note="Belde **terug**")
    page = texts(anna.get(f"/people/{els.id}/"))
    for part in ("Els Baas", "els@zon.example", "Bakkerij Zon", "Anna Smit: Gesprek", "terug"):
        assert part in page


@pytest.mark.parametrize("leads", [2, 20])
def test_the_page_asks_the_same_of_few_and_many(anna, world, els, leads, django_assert_num_queries):
    for n in range(leads):
        lead = world.lead(f"Lead {n}", owner=world.anna)
        actions.add_person_to_lead(world.anna, lead, person=els)
        actions.log_activity(world.anna, lead, kind="call", people=[els])
    with django_assert_num_queries(15):
        anna.get(f"/people/{els.id}/")


def test_a_new_person_and_their_new_company(anna):
    response = anna.post(
        "/people/new/", {"name": "Jan Molen", "email": "Jan@Molen.example", "company": "Molen BV"}
    )
    jan = Person.objects.get(email="jan@molen.example")
    assert response.url == f"/people/{jan.id}/"
    assert jan.company.name == "Molen BV"


@pytest.mark.parametrize(
    ("language", "fields", "message"),
    [
        ("nl", {}, "Geef een naam of een e-mailadres."),
        ("en", {"name": "x", "email": "x@"}, "Enter a valid email address."),
        ("en", {"name": "x" * 161}, "at most 160 characters"),
    ],
)
def test_what_is_wrong_is_told(world, language, fields, message):
    response = as_user(world.anna, language).post("/people/new/", fields)
    assert (response.status_code, message in texts(response)) == (422, True)
    assert not Person.objects.exists()


def test_a_duplicate_is_refused_with_a_way_to_the_other(anna, els):
    response = anna.post(
        "/people/new/", {"name": "Els", "email": "ELS@zon.example", "company": "Halve BV"}
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "is al van Els Baas" in page
    assert f"/people/{els.id}/" in page
    assert Person.objects.count() == 1
    assert not els.__class__.objects.filter(company__name="Halve BV").exists()


def test_fields_are_changed_in_place(anna, world, els):
    CustomField.objects.create(
        subject="person", key="since", name_nl="Sinds", name_en="Since", kind="date"
    )
    for name, fields, shown in [
        ("name", {"name": "Els de Baas"}, "Els de Baas"),
        ("job_title", {"job_title": "Directeur"}, "Directeur"),
        ("company", {"company": "Zon BV"}, "Zon BV"),
        ("language", {"language": "en"}, "Engels"),
        ("tags", {"tags": "vip"}, "vip"),
        ("custom.since", {"custom": "2020-05-04"}, "4 mei 2020"),
    ]:
        url = f"/people/{els.id}/fields/{name}/"
        assert anna.get(url, headers=HTMX).status_code == 200
        response = anna.post(url, fields, headers=HTMX)
        assert shown in texts(response), name
        assert shown in texts(anna.get(f"/people/{els.id}/"))
    assert anna.get(f"/people/{els.id}/fields/nonsense/").status_code == 404


def test_an_address_of_somebody_else_is_refused_in_place(anna, world, els):
    jan = add_person(world.anna, name="Jan", email="jan@zon.example")
    response = anna.post(
        f"/people/{jan.id}/fields/email/", {"email": "els@zon.example"}, headers=HTMX
    )
    assert response.status_code == 422
    assert f"/people/{els.id}/" in response.content.decode()


def test_deleting_asks_first(anna, els):
    assert "Toch bewaren" in texts(anna.get(f"/people/{els.id}/delete/", headers=HTMX))
    assert anna.post(f"/people/{els.id}/delete/").url == "/people/"
    assert anna.get(f"/people/{els.id}/").status_code == 404
