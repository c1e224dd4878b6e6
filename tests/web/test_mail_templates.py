"""The pages of mail templates: the list, the editor, and the mail as a lead would get it."""

import pytest

from cadans.contacts.drafts import PersonDraft
from cadans.leads.drafts import PartDraft
from cadans.outreach.actions.templates import add_mail_template
from cadans.outreach.models import MailTemplate
from cadans.team.models import Organisation
from tests.web.filled_in import filled_in
from tests.web.reading import as_user, texts

pytestmark = pytest.mark.django_db

LIST = "/settings/mail-templates/"
WRITTEN = {
    "name": "Eerste mail",
    "subject_nl": "Voor {{ company.name }}",
    "body_nl": "Dag {{ person.first_name }},\n\n**Welkom**",
    "is_active": "on",
}


@pytest.fixture
def template(world):
    return add_mail_template(
        world.manager,
        name="Eerste mail",
        subject={"nl": WRITTEN["subject_nl"]},
        body={"nl": WRITTEN["body_nl"]},
    )


@pytest.fixture
def lead(world):
    people = [PartDraft(PersonDraft(email="els@zon.example", name="Els de Wit"))]
    return world.lead("Bakkerij Zon", owner=world.bram, people=people)


def previewed(world, lead, **changes):
    browser = as_user(world.manager)
    data = WRITTEN | {"lead": str(lead.id)} | changes
    return browser.post(f"{LIST}preview/", data)


def test_the_list_shows_names_and_languages(world, template):
    page = texts(as_user(world.manager).get(LIST))
    assert "Eerste mail" in page
    assert " NL " in page


def test_an_empty_list_teaches(world):
    assert "No template yet" in texts(as_user(world.manager, "en").get(LIST))


def test_one_is_written(world):
    answer = as_user(world.manager).post(f"{LIST}add/", WRITTEN)
    assert answer.status_code == 302
    one = MailTemplate.objects.get()
    assert one.body == {"nl": WRITTEN["body_nl"]}


def test_one_is_changed_as_the_page_holds_it(world, template):
    browser = as_user(world.manager)
    page = browser.get(f"{LIST}{template.id}/").content.decode()
    names = ("name", "subject_nl", "body_nl", "subject_en", "body_en", "is_active", "revision")
    held = {name: values[0] for name, values in filled_in(page).items() if name in names}
    # A browser leaves out the line break with which a text area begins.
    held["body_nl"] = held["body_nl"].removeprefix("\n")
    answer = browser.post(f"{LIST}{template.id}/", held | {"name": "Tweede mail"})
    assert answer.status_code == 302
    template.refresh_from_db()
    assert (template.name, template.body) == ("Tweede mail", {"nl": WRITTEN["body_nl"]})


def test_an_unknown_field_is_told_at_its_text_and_nothing_is_lost(world):
    wrong = WRITTEN | {"body_nl": "Dag {{ person.age }}"}
    answer = as_user(world.manager, "en").post(f"{LIST}add/", wrong)
    assert answer.status_code == 422
    assert "There is no field “person.age”" in texts(answer)
    assert "Dag {{ person.age }}" in texts(answer)
    assert not MailTemplate.objects.exists()


def test_a_change_over_somebody_elses_is_refused(world, template):
    browser = as_user(world.manager)
    browser.post(f"{LIST}{template.id}/", WRITTEN | {"name": "Van een ander", "revision": "1"})
    answer = browser.post(f"{LIST}{template.id}/", WRITTEN | {"revision": "1"})
    assert answer.status_code == 422
    assert MailTemplate.objects.get().name == "Van een ander"


def test_one_is_removed(world, template):
    assert as_user(world.manager).post(f"{LIST}{template.id}/delete/").status_code == 302
    assert not MailTemplate.objects.exists()


def test_the_preview_is_the_mail_of_that_lead(world, lead):
    page = previewed(world, lead)
    assert "Voor Bakkerij Zon" in texts(page)
    assert "Dag Els," in texts(page)
    assert "<strong>Welkom</strong>" in page.content.decode()
    assert "els@zon.example" in texts(page)


def test_a_missing_field_is_flagged_and_marked(world, lead):
    page = previewed(world, lead, body_nl="Dag {{ lead.value }}")
    assert "Niet bekend bij deze lead: Waarde." in texts(page)
    assert '<mark class="merge-missing">Waarde</mark>' in page.content.decode()


def test_a_mistake_is_told_while_one_writes(world, lead):
    page = previewed(world, lead, body_nl="Dag {{ person.first_name")
    assert "Er ontbreekt een accolade" in texts(page)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "<b>Zon</b>", "[x](https://evil.example)"]
)
def test_what_a_lead_brings_along_is_text_in_the_preview(world, lead, name):
    lead.company.name = name
    lead.company.save()
    page = previewed(world, lead, body_nl="{{ company.name }}").content.decode()
    assert "<script>alert" not in page
    assert "<b>Zon" not in page
    assert 'href="https://evil' not in page


def test_the_other_language_can_be_looked_at(world, lead):
    english = {"subject_en": "For {{ company.name }}", "body_en": "Hi {{ person.first_name }}"}
    assert "Hi Els" in texts(previewed(world, lead, language="en", **english))
    assert "nog niets geschreven" in texts(previewed(world, lead, language="en"))


@pytest.mark.parametrize("lead", ["", "x", "01890000-0000-7000-8000-000000000000"])
def test_without_a_lead_the_preview_asks_for_one(world, lead):
    page = as_user(world.manager).post(f"{LIST}preview/", WRITTEN | {"lead": lead})
    assert "Kies een lead" in texts(page)


def test_leads_are_searched_for_the_preview(world, lead):
    world.lead("Slagerij Maan")
    page = texts(as_user(world.manager).get(f"{LIST}leads/?q=bakk"))
    assert "Bakkerij Zon" in page
    assert "Maan" not in page
    assert "Geen lead gevonden" in texts(as_user(world.manager).get(f"{LIST}leads/?q=niemand"))


@pytest.mark.parametrize("path", ["", "add/", "leads/"])
def test_templates_are_written_by_managers(world, path):
    Organisation.objects.update(leads_seen_by_reps="own")
    assert as_user(world.anna).get(LIST + path).status_code == 403
