"""Companies: the list, a company's page, a new one, and duplicates that are refused."""

import pytest

from cadans.contacts.actions import add_company, add_person
from cadans.contacts.models import Company
from cadans.leads import actions
from tests.web.reading import HTMX, as_user, texts


@pytest.fixture
def anna(world):
    return as_user(world.anna, "nl")


@pytest.fixture
def zon(world):
    return add_company(world.anna, name="Bakkerij Zon", domain="zon.example", city="Zeist")


def test_the_list_finds_by_name_and_website(anna, world, zon):
    add_company(world.anna, name="Slagerij Maan", domain="maan.example")
    for words in ("bakkerij", "zon", "zon.example", "www.zon.example", "ba"):
        page = texts(anna.get(f"/companies/?q={words}"))
        assert ("Bakkerij Zon" in page, "Slagerij Maan" in page) == (True, False), words
    assert "bedrijf is er niet" in texts(anna.get("/companies/?q=niets"))
    for sort in ("name", "-city", "industry", "nonsense"):
        assert anna.get(f"/companies/?sort={sort}").status_code == 200


@pytest.mark.parametrize("companies", [10, 40])
def test_the_list_asks_the_same_of_few_and_many(anna, world, companies, django_assert_num_queries):
    for n in range(companies):
        add_company(world.anna, name=f"Bedrijf {n}")
    anna.get("/companies/")
    with django_assert_num_queries(4):
        anna.get("/companies/")


def test_names_are_suggested_while_one_types(anna, zon):
    assert anna.get("/companies/suggest/?q=bakk").json() == ["Bakkerij Zon"]
    assert anna.get("/companies/suggest/?q=b").json() == []


def test_a_companys_page_shows_leads_people_and_history(anna, world, zon):
    add_person(world.anna, name="Els Baas", email="els@zon.example", company=zon)
    lead = world.lead("Zonnepanelen", owner=world.anna, company=zon)
    actions.log_activity(world.anna, lead, kind="meeting", outcome="positive")
    page = texts(anna.get(f"/companies/{zon.id}/"))
    for part in ("Bakkerij Zon", "Zeist", "Els Baas", "Zonnepanelen", "Afspraak (ging goed)"):
        assert part in page


def test_what_a_rep_may_not_see_stays_out(world, zon):
    world.organisation.leads_seen_by_reps = "own"
    world.organisation.save()
    lead = world.lead("Geheim", owner=world.anna, company=zon)
    actions.log_activity(world.anna, lead, kind="note", note="Vertrouwelijk")
    page = texts(as_user(world.bram).get(f"/companies/{zon.id}/"))
    assert "Geheim" not in page
    assert "Vertrouwelijk" not in page


@pytest.mark.parametrize("leads", [2, 20])
def test_the_page_asks_the_same_of_few_and_many(anna, world, zon, leads, django_assert_num_queries):
    for n in range(leads):
        lead = world.lead(f"Lead {n}", owner=world.anna, company=zon)
        actions.log_activity(world.anna, lead, kind="call")
    with django_assert_num_queries(15):
        anna.get(f"/companies/{zon.id}/")


def test_a_new_company(anna):
    response = anna.post(
        "/companies/new/", {"name": "Molen BV", "domain": "https://www.molen.example/over"}
    )
    molen = Company.objects.get()
    assert (response.url, molen.domain) == (f"/companies/{molen.id}/", "molen.example")


@pytest.mark.parametrize(
    ("language", "fields", "message"),
    [
        ("nl", {"name": ""}, "Dit veld is verplicht."),
        ("en", {"name": "Molen", "domain": "not a domain"}, "such as example.com"),
        ("nl", {"name": "Molen", "country": "ZZ"}, "Selecteer een geldige keuze"),
    ],
)
def test_what_is_wrong_is_told(world, language, fields, message):
    response = as_user(world.anna, language).post("/companies/new/", fields)
    assert (response.status_code, message in texts(response)) == (422, True)
    assert not Company.objects.exists()


def test_a_duplicate_is_refused_with_a_way_to_the_other(anna, zon):
    response = anna.post("/companies/new/", {"name": "Zon", "domain": "www.zon.example"})
    assert response.status_code == 422
    assert "hoort al bij Bakkerij Zon" in texts(response)
    assert f"/companies/{zon.id}/" in response.content.decode()


def test_fields_are_changed_in_place(anna, zon):
    for name, fields, shown in [
        ("name", {"name": "Bakkerij Zonneschijn"}, "Bakkerij Zonneschijn"),
        ("employees", {"employees": "1250"}, "1.250"),
        ("country", {"country": "BE"}, "België"),
        ("tags", {"tags": "klant, vip"}, "klant, vip"),
    ]:
        url = f"/companies/{zon.id}/fields/{name}/"
        assert anna.get(url, headers=HTMX).status_code == 200
        assert shown in texts(anna.post(url, fields, headers=HTMX)), name
        assert shown in texts(anna.get(f"/companies/{zon.id}/"))
    wrong = anna.post(f"/companies/{zon.id}/fields/name/", {"name": " "}, headers=HTMX)
    assert (wrong.status_code, "heeft een naam nodig" in texts(wrong)) == (422, True)
    few = anna.post(f"/companies/{zon.id}/fields/employees/", {"employees": "-3"}, headers=HTMX)
    assert few.status_code == 422


def test_deleting_asks_first(anna, zon):
    assert "Toch bewaren" in texts(anna.get(f"/companies/{zon.id}/delete/", headers=HTMX))
    gone = anna.post(f"/companies/{zon.id}/delete/", headers=HTMX)
    assert gone["HX-Redirect"] == "/companies/"
    assert anna.get(f"/companies/{zon.id}/").status_code == 404
