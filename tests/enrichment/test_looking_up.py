"""Looking up: what is filled in, what is only suggested, and what a person says to it."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from cadans.contacts.actions import add_company, add_person, change_company, change_person
from cadans.contacts.models import Company, Person
from cadans.enrichment import jobs
from cadans.enrichment.actions import (
    accept_fact,
    ask_look_up,
    change_switches,
    dismiss_fact,
    look_up,
    undo_fact,
    undo_filled,
)
from cadans.enrichment.models import Fact, Inquiry
from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.reactions import REACTIONS
from tests.enrichment.sites import CONTACT, KADE, LINK_TO_CONTACT, other_than, plain, told
from tests.servers import Page


def value_of(subject, field):
    fact = Fact.objects.filter(field=field).filter(**about(subject)).first()
    return (fact.value, fact.state) if fact else None


def about(subject):
    return {"company": subject} if isinstance(subject, Company) else {"person": subject}


def fact_of(subject, field):
    return Fact.objects.get(field=field, **about(subject))


@pytest.fixture
def kade(world, internet):
    """A company of which only the name and the website are known, and its site."""
    internet.site("kadestroom.nl", home=told(KADE))
    return add_company(world.anna, name="Kade Stroom", domain="kadestroom.nl")


def test_sure_facts_fill_blank_fields_and_say_where_they_come_from(kade):
    look_up(kade)
    kade.refresh_from_db()
    assert (kade.phone, kade.address, kade.city) == ("+31 30 233 4455", "Waterkade 12", "Utrecht")
    assert (kade.postcode, kade.country) == ("3511 AB", "NL")
    fact = fact_of(kade, "phone")
    assert (fact.state, fact.source, fact.confidence) == ("filled", "json_ld", 90)
    assert fact.url == "http://kadestroom.nl/"
    told_of = Event.objects.filter(subject=kade.id, kind="company_changed").first()
    assert (told_of.actor, told_of.via) == (None, "lookup")


def test_what_somebody_typed_is_never_changed(world, kade):
    change_company(world.anna, kade, changes={"phone": "0900-1234", "name": "De Kade"})
    look_up(kade)
    kade.refresh_from_db()
    assert (kade.phone, kade.name) == ("0900-1234", "De Kade")
    assert value_of(kade, "phone") == ("+31 30 233 4455", "suggested")
    assert value_of(kade, "name") == ("Kade Stroom", "suggested")


def test_half_an_address_is_not_filled_in_beside_another(world, kade):
    change_company(world.anna, kade, changes={"city": "Zwolle"})
    look_up(kade)
    kade.refresh_from_db()
    assert (kade.address, kade.postcode, kade.city) == ("", "", "Zwolle")
    assert value_of(kade, "address") == ("Waterkade 12", "suggested")


def test_the_rest_of_the_same_address_is(world, kade):
    change_company(world.anna, kade, changes={"city": "utrecht"})
    look_up(kade)
    kade.refresh_from_db()
    assert (kade.address, kade.city) == ("Waterkade 12", "utrecht")


def test_unsure_facts_are_suggested_and_taken_over_by_a_person(world, internet):
    internet.site("kadestroom.nl", home=plain("", LINK_TO_CONTACT), contact=plain("", CONTACT))
    kade = add_company(world.anna, name="Kade", domain="kadestroom.nl")
    look_up(kade)
    kade.refresh_from_db()
    assert kade.phone == ""
    assert value_of(kade, "phone") == ("+31 30 233 4455", "suggested")
    assert value_of(kade, "kvk_number") == ("30212345", "noted")
    accept_fact(world.anna, fact_of(kade, "phone"))
    kade.refresh_from_db()
    assert kade.phone == "+31 30 233 4455"
    with pytest.raises(Conflict):
        accept_fact(world.anna, fact_of(kade, "phone"))
    undo_fact(world.anna, fact_of(kade, "phone"))
    kade.refresh_from_db()
    assert kade.phone == ""


def test_what_was_typed_comes_back_when_what_was_accepted_over_it_is_taken_back(world, kade):
    change_company(world.anna, kade, changes={"phone": "0900-1234"})
    look_up(kade)
    accept_fact(world.anna, fact_of(kade, "phone"))
    undo_fact(world.anna, fact_of(kade, "phone"))
    kade.refresh_from_db()
    assert kade.phone == "0900-1234"


def test_a_no_holds_and_an_undone_fact_stays_out(world, kade):
    change_company(world.anna, kade, changes={"phone": "0900-1234"})
    look_up(kade)
    dismiss_fact(world.anna, fact_of(kade, "phone"))
    undo_fact(world.anna, fact_of(kade, "city"))
    change_company(world.anna, kade, changes={"phone": ""})
    look_up(kade, asked=True)
    kade.refresh_from_db()
    assert (kade.phone, kade.city) == ("", "")
    assert value_of(kade, "phone")[1] == "dismissed"
    assert value_of(kade, "city")[1] == "undone"


def test_all_that_was_filled_in_can_be_taken_back_but_what_was_changed_since(world, kade):
    look_up(kade)
    change_company(world.anna, kade, changes={"phone": "030-1"})
    undone = undo_filled(world.anna, kade)
    kade.refresh_from_db()
    assert (kade.address, kade.city, kade.country, kade.phone) == ("", "", "", "030-1")
    assert "phone" not in {fact.field for fact in undone}
    with pytest.raises(Conflict):
        undo_fact(world.anna, fact_of(kade, "phone"))


def test_a_fact_that_is_gone_from_the_site_is_no_suggestion_any_more(world, internet, kade):
    change_company(world.anna, kade, changes={"phone": "0900-1234"})
    look_up(kade)
    internet.put("kadestroom.nl", "/", Page(status=302, headers={"location": "/"}))
    look_up(kade, asked=True)
    assert value_of(kade, "phone")[1] == "suggested"
    assert Inquiry.objects.get(company=kade).trouble
    internet.put("kadestroom.nl", "/", told(other_than(telephone=None)))
    look_up(kade, asked=True)
    assert value_of(kade, "phone") is None


def test_a_value_that_its_field_does_not_take_stays_a_suggestion(world, internet):
    internet.site("kadestroom.nl", home=told(other_than(telephone=None, numberOfEmployees="12")))
    kade = add_company(world.anna, name="Kade", domain="kadestroom.nl")
    look_up(kade)
    kade.refresh_from_db()
    assert kade.employees == 12
    undo_fact(world.anna, fact_of(kade, "employees"))
    kade.refresh_from_db()
    assert kade.employees is None


def test_which_suite_carries_the_mail_is_noted(internet, kade):
    internet.mail["kadestroom.nl"] = ["kadestroom-nl.mail.protection.outlook.com"]
    look_up(kade)
    assert value_of(kade, "mail_suite") == ("Microsoft 365", "noted")


@pytest.mark.parametrize(
    "servers", [["mx.kadestroom.nl"], ["aspmx.l.google.com", "mx.zoho.eu"], ["notgoogle.com"], []]
)
def test_an_unknown_or_mixed_mail_server_says_nothing(internet, kade, servers):
    internet.mail["kadestroom.nl"] = servers
    look_up(kade)
    assert value_of(kade, "mail_suite") is None


# ── People ────────────────────────────────────────────────────────────────────────────────────


def test_a_person_is_linked_to_the_company_of_their_domain(world, internet, kade):
    jan = add_person(world.anna, email="jan.van.dijk@kadestroom.nl")
    look_up(jan)
    jan.refresh_from_db()
    assert (jan.company, jan.name) == (kade, "Jan van Dijk")
    undo_fact(world.anna, fact_of(jan, "employer"))
    undo_fact(world.anna, fact_of(jan, "name"))
    jan.refresh_from_db()
    assert (jan.company, jan.name) == (None, "Jan Van Dijk")


def test_their_company_is_made_where_the_domain_has_a_site(world, internet):
    internet.site("kadestroom.nl", home=told(KADE))
    jan = add_person(world.anna, email="jan@mail.kadestroom.nl", name="Jan")
    look_up(jan)
    jan.refresh_from_db()
    made = jan.company
    assert (made.name, made.domain, made.city) == ("Kade Stroom", "kadestroom.nl", "Utrecht")
    pages = len(internet.asked("kadestroom.nl"))
    look_up(made)
    assert len(internet.asked("kadestroom.nl")) == pages


def test_without_a_site_the_company_is_only_suggested(world, internet):
    jan = add_person(world.anna, email="jan@kadestroom.nl")
    look_up(jan)
    jan.refresh_from_db()
    assert jan.company is None
    assert not Company.objects.filter(domain="kadestroom.nl").exists()
    accept_fact(world.anna, fact_of(jan, "employer"))
    jan.refresh_from_db()
    assert jan.company.domain == "kadestroom.nl"


def test_a_name_that_was_typed_and_a_company_that_was_chosen_stay(world, internet, kade):
    other = add_company(world.anna, name="Elders")
    jan = add_person(
        world.anna, email="jan.jansen@kadestroom.nl", name="Jan de Boer", company=other
    )
    look_up(jan)
    jan.refresh_from_db()
    assert (jan.name, jan.company) == ("Jan de Boer", other)


@pytest.mark.parametrize(
    ("email", "kind"),
    [
        ("jan.jansen@gmail.com", "free"),
        ("jan.jansen@mailinator.com", "throwaway"),
        ("info@kadestroom.nl", "shared"),
    ],
)
def test_the_kind_of_address_is_noted_and_free_ones_make_no_company(world, internet, email, kind):
    person = add_person(world.anna, email=email)
    look_up(person)
    assert value_of(person, "mailbox") == (kind, "noted")
    assert not Company.objects.filter(domain__in=["gmail.com", "mailinator.com"]).exists()
    assert internet.asked("gmail.com") == []


def test_gravatar_is_asked_only_when_it_may_be(world, internet, kade):
    digest = hashlib.sha256(b"jan@kadestroom.nl").hexdigest()
    profile = {
        "display_name": "Jan de Boer",
        "job_title": "Inkoper",
        "location": "Utrecht",
        "profile_url": "https://gravatar.com/jan",
        "verified_accounts": [{"url": "https://github.com/jandeboer"}, {"url": 7}, "x"],
        "description": "<script>alert(1)</script>",
    }
    path = f"/v3/profiles/{digest}"
    kind = {"content-type": "application/json"}
    internet.put("api.gravatar.example", path, Page(json.dumps(profile), headers=kind))
    jan = add_person(world.anna, email="jan@kadestroom.nl")
    look_up(jan)
    assert internet.asked("api.gravatar.example") == []
    change_switches(world.admin, changes={"asks_gravatar": True})
    look_up(jan, asked=True)
    jan.refresh_from_db()
    assert internet.asked("api.gravatar.example") == [path]
    assert value_of(jan, "job_title") == ("Inkoper", "suggested")
    assert value_of(jan, "name") == ("Jan de Boer", "suggested")
    assert value_of(jan, "github") == ("https://github.com/jandeboer", "noted")
    assert value_of(jan, "description") is None


# ── When ──────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_asked_when_it_is_off(world, internet, kade):
    change_switches(world.admin, changes={"asks_sites": False})
    look_up(kade)
    assert internet.asked("kadestroom.nl") == []
    with pytest.raises(Conflict) as refused:
        ask_look_up(world.anna, kade)
    assert refused.value.code == "lookups_off"


def test_only_an_administrator_turns_it_on_or_off(world):
    with pytest.raises(NotAllowed):
        change_switches(world.anna, changes={"asks_sites": False})
    with pytest.raises(Invalid):
        change_switches(world.admin, changes={"asks_everybody": True})


def test_what_is_known_is_not_asked_again_for_long_unless_somebody_asks(world, internet, kade):
    look_up(kade)
    look_up(kade)
    assert internet.asked("kadestroom.nl").count("/") == 1
    with pytest.raises(Conflict) as refused:
        ask_look_up(world.anna, kade)
    assert refused.value.code == "just_looked_up"
    Inquiry.objects.update(begun_at=timezone.now() - timedelta(minutes=2))
    ask_look_up(world.anna, kade)
    Inquiry.objects.update(begun_at=timezone.now() - timedelta(days=91))
    look_up(kade)
    assert internet.asked("kadestroom.nl").count("/") == 2


def test_another_website_is_looked_up_anew(world, internet, kade):
    look_up(kade)
    internet.site("kadegroep.nl", home=told(other_than(url=None, vatID="NL004495445B01")))
    kade = change_company(world.anna, kade, changes={"domain": "kadegroep.nl"})
    look_up(kade)
    assert value_of(kade, "vat_number") == ("NL004495445B01", "noted")


def test_without_a_website_there_is_nothing_to_begin_with(world):
    blank = add_company(world.anna, name="Zonder")
    look_up(blank)
    assert not Inquiry.objects.exists()
    with pytest.raises(Conflict) as refused:
        ask_look_up(world.anna, blank)
    assert refused.value.code == "nothing_to_begin_with"


def test_no_more_than_so_many_begin_by_themselves_in_a_day(monkeypatch, internet, kade):
    monkeypatch.setattr("cadans.enrichment.queries.MOST_A_DAY", 0)
    look_up(kade)
    assert internet.asked("kadestroom.nl") == []
    look_up(kade, asked=True)
    assert internet.asked("kadestroom.nl") != []


def test_names_of_documentation_lead_nowhere_and_are_not_asked(world, monkeypatch):
    def no_way_out(*_asked):
        raise AssertionError

    monkeypatch.setattr("cadans.ground.connecting.addresses_of", no_way_out)
    zon = add_company(world.anna, name="Zon", domain="zon.example")
    look_up(zon)
    assert Inquiry.objects.get(company=zon).trouble


def test_who_is_new_is_looked_up_in_the_background_one_at_a_time(world, internet, kade):
    jan = add_person(world.anna, email="jan@kadestroom.nl")
    event = Event.objects.get(subject=jan.id, kind="person_added")
    assert jobs.look_up_new_person in REACTIONS["person_added"]
    jobs.look_up_new_person(event=str(event.id), subject=str(jan.id))
    jobs.look_up_new_company(event=str(event.id), subject=str(kade.id))
    waiting = ProcrastinateJob.objects.filter(task_name="cadans.enrichment.jobs.ask_outside")
    assert len({job.lock for job in waiting}) == 1
    for job in waiting:
        jobs.ask_outside(**job.args)
        jobs.ask_outside(**job.args)
    jan.refresh_from_db()
    assert jan.company == kade
    assert internet.asked("kadestroom.nl").count("/") == 1


def test_a_click_looks_again_in_the_background(world, internet, kade):
    inquiry = ask_look_up(world.anna, kade)
    event = Event.objects.get(kind="lookup_asked", subject=inquiry.id)
    jobs.look_up_again(event=str(event.id), subject=str(inquiry.id))
    (job,) = ProcrastinateJob.objects.filter(task_name="cadans.enrichment.jobs.ask_outside")
    jobs.ask_outside(**job.args)
    inquiry.refresh_from_db()
    assert inquiry.ended_at
    assert value_of(kade, "city") == ("Utrecht", "filled")


def test_a_company_that_was_deleted_meanwhile_is_left_alone(world, internet, kade):
    Company.objects.filter(id=kade.id).update(deleted_at=timezone.now())
    jobs.ask_outside(kind="company", subject=str(kade.id), asked=True)
    assert internet.asked("kadestroom.nl") == []


def test_a_changed_address_is_looked_up_anew(world, internet, kade):
    jan = add_person(world.anna, email="jan@gmail.com", name="Jan")
    look_up(jan)
    change_person(world.anna, jan, changes={"email": "jan@kadestroom.nl"})
    look_up(Person.objects.get(id=jan.id))
    jan.refresh_from_db()
    assert jan.company == kade
