"""Templates of mail: kept, and filled in for a reader on a lead."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from cadans.contacts.actions import add_person, change_person
from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.contacts.models import Person
from cadans.ground.custom_fields import CustomField
from cadans.ground.errors import Conflict, Invalid, NotAllowed, NotFound, Outdated
from cadans.leads.actions import change_lead
from cadans.leads.drafts import PartDraft
from cadans.leads.models import Lead
from cadans.outreach.actions.templates import (
    add_mail_template,
    change_mail_template,
    delete_mail_template,
)
from cadans.outreach.models import MailTemplate
from cadans.outreach.queries.templates import (
    first_name,
    known_fields,
    language_of,
    letter_of,
    merge_fields,
    reader_of,
    values_of,
)

pytestmark = pytest.mark.django_db

BOTH = {
    "subject": {"nl": "Voor {{ company.name }}", "en": "For {{ company.name }}"},
    "body": {"nl": "Dag {{ person.first_name }},", "en": "Hi {{ person.first_name }},"},
}


@pytest.fixture
def template(world):
    return add_mail_template(world.manager, name="Eerste mail", **BOTH)


@pytest.fixture
def lead(world):
    return world.lead(
        "Bakkerij Zon",
        owner=world.anna,
        value=Decimal("12500"),
        currency="EUR",
        expected_close=date(2026, 3, 31),
        people=[PartDraft(PersonDraft(email="els@zon.example", name="Els de Wit"))],
    )


def els(**changes):
    person = Person.objects.get(email="els@zon.example")
    return change_person(None, person, changes=changes)


def test_it_is_filled_in_for_the_reader(template, lead):
    written = letter_of(template, lead)
    assert (written.subject, written.text) == ("Voor Bakkerij Zon", "Dag Els,\n")
    assert written.can_go


def test_it_is_written_in_the_readers_language(template, lead):
    person = els(language="en")
    assert letter_of(template, lead, person=person).text == "Hi Els,\n"
    assert language_of(person) == "en"
    assert language_of(None) == "nl"


def test_it_falls_back_on_the_language_it_is_written_in(world, lead):
    only = add_mail_template(world.manager, name="NL", subject={"nl": "Dag"}, body={"nl": "Dag"})
    assert letter_of(only, lead, person=els(language="en")).subject == "Dag"


def test_a_missing_field_is_named_before_anything_is_sent(template, lead):
    written = letter_of(template, lead, person=els(name="J. de Wit"))
    assert written.missing == ("person.first_name",)
    assert not written.can_go


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Els de Wit", "Els"),
        ("Els", "Els"),
        ("Dhr. Jan Smit", "Jan"),
        ("Dhr. Smit", ""),
        ("J. de Wit", ""),
        ("JP Smit", ""),
        ("Info", ""),
        ("Jan-Peter Smit", "Jan-Peter"),
        ("Øyvind Ås", "Øyvind"),
        ("p1", ""),
        ("P1", ""),
        ("", ""),
        ("Dr.", ""),
    ],
)
def test_one_is_greeted_with_a_first_name_or_not_at_all(name, first):
    assert first_name(name) == first


def test_values_are_written_as_the_reader_writes_them(lead):
    dutch = values_of(lead, None, "nl")
    english = values_of(lead, None, "en")
    assert dutch["lead.value"] == "€\xa012.500"
    assert english["lead.value"] == "€12,500"
    assert dutch["lead.expected_close"] == "31 maart 2026"
    assert english["lead.expected_close"] == "31 March 2026"
    assert (dutch["lead.stage"], english["lead.stage"]) == ("Nieuw", "New")
    assert dutch["owner.first_name"] == "Anna"
    assert dutch["organisation.name"] == "Brouwer Techniek"


def test_cents_are_kept_where_there_are_any(world, lead):
    change_lead(world.manager, lead, changes={"value": Decimal("12500.5")})
    assert values_of(Lead.objects.get(id=lead.id), None, "nl")["lead.value"] == "€\xa012.500,50"


def test_own_fields_are_merge_fields(world, lead):
    for subject, key, kind in (
        ("lead", "roof", "text"),
        ("lead", "roof_area", "number"),
        ("lead", "survey_on", "date"),
        ("person", "vip", "yes_no"),
    ):
        CustomField.objects.create(
            subject=subject, key=key, kind=kind, name_nl=f"nl {key}", name_en=f"en {key}"
        )
    own = {"roof": "plat", "roof_area": "1250.5", "survey_on": "2026-03-09"}
    change_lead(world.manager, lead, changes={"custom": own})
    lead = Lead.objects.get(id=lead.id)
    values = values_of(lead, els(custom={"vip": True}), "nl")
    assert values["lead.custom.roof"] == "plat"
    assert values["lead.custom.roof_area"] == "1.250,5"
    assert values["lead.custom.survey_on"] == "9 maart 2026"
    assert values["person.custom.vip"] == "ja"
    with translation.override("en"):
        assert "en roof" in [field.label for field in merge_fields()]


def test_every_value_is_a_known_field_and_every_field_can_have_a_value(lead):
    person = els(phone="+31 30 123 45 67", job_title="Directeur")
    lead.company.domain, lead.company.city = "zon.example", "Utrecht"
    lead.company.country, lead.company.industry = "NL", "Bakkerij"
    lead.company.save()
    known = known_fields()
    filled = set(values_of(lead, person, "nl"))
    assert filled <= known
    assert known - filled == {"lead.products"}


def test_the_reader_is_on_the_lead(world, lead):
    other = add_person(world.manager, name="Niet Erbij", email="x@y.example")
    assert reader_of(lead).email == "els@zon.example"
    with pytest.raises(NotFound):
        reader_of(lead, other.id)


def test_a_lead_without_anybody_misses_the_reader(template, world):
    lead = world.lead("Leeg", people=[], company=CompanyDraft(name="Leeg"))
    assert letter_of(template, lead).missing == ("person.first_name",)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": "x" * 81}, "/name"),
        ({"subject": {}}, "/subject/nl"),
        ({"subject": {}, "body": {}}, "/subject/nl"),
        ({"body": {"nl": "x"}}, "/body/en"),
        ({"subject": {"nl": "{{ persoon.naam }}"}, "body": {"nl": "x"}}, "/subject/nl"),
        ({"body": {"nl": "{{ person.first_name", "en": "x"}}, "/body/nl"),
        ({"body": {"nl": "x" * 20_001, "en": "x"}}, "/body/nl"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_with_its_place(world, changes, pointer):
    with pytest.raises(Invalid) as refused:
        add_mail_template(world.manager, **{"name": "Eerste", **BOTH, **changes})
    assert refused.value.pointer == pointer
    assert not MailTemplate.objects.exists()


def test_the_unknown_field_is_named_in_the_message(world):
    with translation.override("en"), pytest.raises(Invalid) as refused:
        add_mail_template(
            world.manager, name="X", subject={"en": "Hi"}, body={"en": "\n{{ person.age }}"}
        )
    assert refused.value.message == (
        "There is no field “person.age” (line 1). Choose one from the list."
    )


def test_names_and_keys_are_used_once(world, template):
    assert template.key == "eerste-mail"
    with pytest.raises(Conflict):
        add_mail_template(world.manager, name="EERSTE mail", **BOTH)
    with pytest.raises(Conflict):
        add_mail_template(world.manager, name="Andere", key="eerste-mail", **BOTH)
    assert add_mail_template(world.manager, name="Eerste mail!", **BOTH).key == "eerste-mail-2"


def test_a_lost_race_is_refused(world, template):
    change_mail_template(world.manager, template, name="Nieuw", **BOTH, revision=1)
    with pytest.raises(Outdated):
        change_mail_template(world.manager, template, name="Oud", **BOTH, revision=1)
    with pytest.raises(Outdated):
        delete_mail_template(world.manager, template, revision=1)
    assert MailTemplate.objects.get().name == "Nieuw"


def test_reps_choose_templates_and_do_not_write_them(world, template):
    for act in (
        lambda: add_mail_template(world.anna, name="X", **BOTH),
        lambda: change_mail_template(world.anna, template, name="X", **BOTH),
        lambda: delete_mail_template(world.anna, template),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_one_is_removed(world, template):
    delete_mail_template(world.manager, template)
    with pytest.raises(NotFound):
        delete_mail_template(world.manager, template)
