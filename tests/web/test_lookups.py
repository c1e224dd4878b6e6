"""What was looked up, on the pages of a company, a person and a lead, and its switch."""

import pytest

from cadans.contacts.actions import add_company, add_person
from cadans.enrichment.actions.keeping import keep_facts
from cadans.enrichment.models import Fact, Inquiry
from cadans.enrichment.queries import switches
from cadans.enrichment.reading.found import Found
from tests.web.reading import as_user, texts

SITE = "https://zon.example/"
FOUND = [
    Found("phone", "+31 30 233 4455", "page", SITE, 70),
    Found("city", "Zeist", "json_ld", SITE, 90),
    Found("country", "NL", "json_ld", SITE, 90),
    Found("kvk_number", "30212345", "page", SITE, 85),
    Found("linkedin", "https://linkedin.com/company/zon", "page", SITE, 80),
]


@pytest.fixture
def anna(world):
    return as_user(world.anna, "nl")


@pytest.fixture
def zon(world):
    company = add_company(world.anna, name="Bakkerij Zon", domain="zon.example")
    keep_facts(company, FOUND)
    company.refresh_from_db()
    return company


def test_the_page_tells_what_was_found_and_where(anna, zon):
    page = texts(anna.get(f"/companies/{zon.id}/"))
    for part in ("Klopt dit?", "+31 30 233 4455", "waarschijnlijk", "Gevonden in: een pagina"):
        assert part in page
    for part in ("Ingevuld", "Zeist", "wat de site aan zoekmachines vertelt", "Nederland"):
        assert part in page
    for part in ("Ook gevonden", "30212345", "linkedin.com/company/zon", "Opzoeken"):
        assert part in page


def test_a_suggestion_is_taken_over_refused_and_taken_back(anna, zon):
    fact = Fact.objects.get(field="phone")
    at = f"/settings/lookups/facts/{fact.id}"
    assert anna.post(f"{at}/accept/").url == f"/companies/{zon.id}/"
    zon.refresh_from_db()
    assert zon.phone == "+31 30 233 4455"
    anna.post(f"{at}/undo/")
    zon.refresh_from_db()
    assert zon.phone == ""
    answer = anna.post(f"{at}/dismiss/", follow=True)
    assert "geen voorstel meer" in texts(answer)
    assert anna.post(f"{at}/nonsense/").status_code == 404
    assert anna.get(f"{at}/accept/").status_code == 405


def test_all_that_was_filled_in_is_taken_back_at_once(anna, zon):
    page = texts(anna.post(f"/settings/lookups/company/{zon.id}/undo/", follow=True))
    assert "2 velden zijn weer zoals ze waren." in page
    zon.refresh_from_db()
    assert (zon.city, zon.country) == ("", "")


def test_a_click_looks_again_and_tells_so(anna, zon):
    page = texts(anna.post(f"/settings/lookups/company/{zon.id}/again/", follow=True))
    assert "Cadans is aan het zoeken." in page
    assert Inquiry.objects.get(company=zon).ended_at is None
    page = texts(anna.post(f"/settings/lookups/company/{zon.id}/again/", follow=True))
    assert "net nog opgezocht" in page
    assert anna.post(f"/settings/lookups/teapot/{zon.id}/again/").status_code == 404


def test_a_person_and_their_lead_show_what_waits(anna, world, zon):
    els = add_person(world.anna, name="Els Baas", email="els@zon.example", company=zon)
    keep_facts(els, [Found("job_title", "Inkoper", "gravatar", "https://gravatar.com/els", 70)])
    lead = world.lead("Zonnepanelen", owner=world.anna, company=zon)
    assert "Inkoper" in texts(anna.get(f"/people/{els.id}/"))
    page = texts(anna.get(f"/leads/{lead.id}/"))
    assert "Bakkerij Zon · Telefoon" in page
    assert "Zeist" not in page
    fact = Fact.objects.get(field="phone")
    back = anna.post(f"/settings/lookups/facts/{fact.id}/accept/", {"back": f"/leads/{lead.id}/"})
    assert back.url == f"/leads/{lead.id}/"
    elsewhere = {"back": "//evil.example/"}
    back = anna.post(f"/settings/lookups/facts/{fact.id}/undo/", elsewhere)
    assert back.url == f"/companies/{zon.id}/"


def test_pages_say_why_nothing_was_looked_up(anna, world):
    blank = add_company(world.anna, name="Zonder")
    assert "Vul eerst de website in" in texts(anna.get(f"/companies/{blank.id}/"))
    nobody = add_person(world.anna, name="Niemand")
    assert "Vul eerst het e-mailadres in" in texts(anna.get(f"/people/{nobody.id}/"))


def test_an_administrator_turns_it_off(anna, world, zon):
    admin = as_user(world.admin, "nl")
    assert anna.get("/settings/lookups/").status_code == 403
    assert "Gravatar" in texts(admin.get("/settings/lookups/"))
    assert admin.post("/settings/lookups/", {"asks_gravatar": "on"}).status_code == 302
    assert (switches().asks_sites, switches().asks_gravatar) == (False, True)
    assert "Opzoeken staat uit." in texts(anna.get(f"/companies/{zon.id}/"))
