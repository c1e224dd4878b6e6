"""The list of leads, what is done with many at once, and making a new one."""

import csv
import io
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from cadans.contacts.actions import add_company, add_person
from cadans.leads import actions
from cadans.leads.models import Lead
from tests.web.reading import HTMX, as_user, texts
from tests.web.test_lead import told


@pytest.fixture
def anna(world):
    return as_user(world.anna, "nl")


@pytest.fixture
def three(world):
    """Bakkerij Zon: open, Anna's, € 100 · Slagerij Maan: lost, Bram's · Zonder Baas: open."""
    zon = world.lead("Bakkerij Zon", owner=world.anna, value=100, source=world.website)
    maan = world.lead("Slagerij Maan", owner=world.bram, value=2000)
    actions.lose_lead(world.bram, maan, reason=world.too_expensive)
    baas = world.lead("Zonder Baas", opened_at=timezone.now())
    actions.assign_lead(world.manager, baas, owner=None)
    return zon, maan, baas


def shown(client, query):
    page = texts(client.get(f"/leads/?{query}"))
    return {name for name in ("Bakkerij Zon", "Slagerij Maan", "Zonder Baas") if name in page}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Bakkerij Zon", "Slagerij Maan", "Zonder Baas"}),
        ("status=open", {"Bakkerij Zon", "Zonder Baas"}),
        ("status=lost", {"Slagerij Maan"}),
        ("owner=me", {"Bakkerij Zon"}),
        ("owner=none", {"Zonder Baas"}),
        ("q=maan", {"Slagerij Maan"}),
        ("value_from=500", {"Slagerij Maan"}),
        ("value_to=500", {"Bakkerij Zon"}),
        ("opened_to=2026-03-02", {"Bakkerij Zon", "Slagerij Maan"}),
        ("opened_from=2026-03-03", {"Zonder Baas"}),
        ("closed_from=2026-03-03", {"Slagerij Maan"}),
        ("idle=on", {"Bakkerij Zon"}),
        ("pipeline=new-customers&status=open", {"Bakkerij Zon", "Zonder Baas"}),
        ("sort=-value", {"Bakkerij Zon", "Slagerij Maan", "Zonder Baas"}),
        ("sort=nonsense&page=nonsense&status=x", {"Bakkerij Zon", "Slagerij Maan", "Zonder Baas"}),
    ],
)
def test_filters(anna, three, query, names):
    assert shown(anna, query) == names


def test_filters_by_what_the_lead_has(anna, world, three):
    assert shown(anna, f"source={world.website.id}") == {"Bakkerij Zon"}
    assert shown(anna, f"owner={world.bram.id}") == {"Slagerij Maan"}
    assert shown(anna, f"company={three[1].company_id}") == {"Slagerij Maan"}
    assert shown(anna, f"stage={world.stages['demo'].id}") == set()


@pytest.mark.parametrize("sort", ["title", "-value", "stage", "close", "-touched", "opened"])
def test_sorting(anna, three, sort):
    page = texts(anna.get(f"/leads/?sort={sort}"))
    if sort == "title":
        assert page.index("Bakkerij Zon") < page.index("Slagerij Maan") < page.index("Zonder Baas")
    if sort == "-value":
        assert page.index("Slagerij Maan") < page.index("Bakkerij Zon") < page.index("Zonder Baas")


def test_more_rows_come_when_asked_for(anna, world):
    for n in range(53):
        world.lead(f"Lead nummer {n:02}", opened_at=timezone.now() - timedelta(minutes=n))
    first = texts(anna.get("/leads/"))
    assert "53 leads" in first
    assert "Lead nummer 50" not in first
    more = anna.get("/leads/?page=2", headers=HTMX | {"HX-Target": "more"})
    assert "Lead nummer 52" in texts(more)
    assert "<html" not in more.content.decode()


@pytest.mark.parametrize("leads", [10, 40])
def test_the_list_asks_the_same_of_few_and_many(anna, world, leads, django_assert_num_queries):
    for n in range(leads):
        world.lead(f"Lead {n}", owner=world.anna)
    anna.get("/leads/")
    with django_assert_num_queries(10):
        anna.get("/leads/")


def test_many_are_given_away_at_once(anna, world, three):
    zon, _maan, baas = three
    response = anna.post(
        "/leads/bulk/", {"lead": [zon.id, baas.id], "to_owner": world.chris.id}, headers=HTMX
    )
    assert told(response)["toast"]["text"] == "2 leads gewijzigd."
    owners = set(Lead.objects.filter(id__in=[zon.id, baas.id]).values_list("owner", flat=True))
    assert owners == {world.chris.id}


def test_those_that_cannot_be_moved_are_told(anna, world, three):
    zon, maan, _baas = three
    response = anna.post(
        "/leads/bulk/",
        {"lead": [zon.id, maan.id], "to_stage": world.stages["demo"].id},
        headers=HTMX,
    )
    text = told(response)["toast"]["text"]
    assert text.startswith("1 lead gewijzigd. Niet gewijzigd: Slagerij Maan")
    assert world.stage_of(zon) == "demo"


def test_nothing_chosen_is_said(anna, three):
    response = anna.post("/leads/bulk/", {}, headers=HTMX)
    assert told(response)["toast"]["kind"] == "warning"


def test_the_list_as_csv_is_harmless_to_spreadsheets(anna, world):
    world.lead('=HYPERLINK("http://evil")', owner=world.anna, value=100)
    response = anna.get("/leads/export.csv?owner=me")
    body = b"".join(response.streaming_content).decode()
    assert body.startswith("\ufeffid,")
    rows = list(csv.DictReader(io.StringIO(body.lstrip("\ufeff"))))
    assert rows[0]["title"] == '\'=HYPERLINK("http://evil")'
    assert (rows[0]["value"], rows[0]["owner"]) == ("100.00", "anna@brouwer.example")


# ── making one ──────────────────────────────────────────────────────────────────────────────


def new(client, **fields):
    fields.setdefault("owner", "auto")
    return client.post("/leads/new/", fields)


def test_a_lead_is_made_with_its_company_and_contact(anna, world):
    response = new(
        anna,
        company="Molen BV",
        person="Jan Molen",
        email="jan@molen.example",
        value="1.250",
        source=world.website.id,
        owner=world.anna.id,
    )
    lead = Lead.objects.get()
    assert response.url == f"/leads/{lead.id}/"
    assert (lead.title, lead.value, lead.owner) == ("Molen BV", 1250, world.anna)
    assert (lead.company.domain, lead.parts.get().person.name) == ("molen.example", "Jan Molen")


def test_assigned_automatically_the_rules_choose(anna, world):
    new(anna, title="Iets")
    assert Lead.objects.get().owner in {world.anna, world.bram, world.chris}


def test_a_public_mail_service_makes_no_company_domain(anna):
    new(anna, company="Molen BV", email="jan.molen@gmail.com")
    assert Lead.objects.get().company.domain == ""


@pytest.mark.parametrize(
    ("language", "fields", "message"),
    [
        ("nl", {}, "Noem een bedrijf, een contactpersoon of waar het om gaat."),
        ("en", {}, "Name a company, a contact or what it is about."),
        ("nl", {"title": "x", "email": "jan@"}, "Voer een geldig e-mailadres in"),
        ("en", {"title": "x", "value": "much"}, "Enter an amount"),
        ("nl", {"title": "x", "owner": "niemand"}, "Selecteer een geldige keuze"),
        ("en", {"title": "x" * 201}, "at most 200 characters"),
        ("nl", {"title": "x", "expected_close": "31-31-31"}, "geldige datum"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(world, language, fields, message):
    response = new(as_user(world.anna, language), **fields)
    assert response.status_code == 422
    assert message in texts(response)
    assert not Lead.objects.exists()


def test_what_is_known_already_is_hinted_at(anna, world):
    company = add_company(None, name="Molen BV", domain="molen.example")
    add_person(None, name="Jan Molen", email="jan@molen.example", company=company)
    world.lead("Oude lead", company=company)
    query = urlencode({"company": "", "email": "jan@molen.example"})
    page = texts(anna.get(f"/leads/new/alike/?{query}"))
    for part in ("Al bekend", "Molen BV", "Jan Molen", "Oude lead"):
        assert part in page
    assert "Molen BV" in texts(anna.get("/leads/new/alike/?company=molen"))
    assert texts(anna.get("/leads/new/alike/?company=xx")).strip() == ""


def test_the_form_begins_with_what_the_link_says(anna, world):
    page = anna.get("/leads/new/?company=Molen+BV").content.decode()
    assert 'value="Molen BV"' in page
