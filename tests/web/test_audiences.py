"""Mailing lists on the pages: connect, look, try again, steps of stages, a person's panel."""

import pytest
from django.utils import translation

from cadans.contacts.models import Person
from cadans.outreach.audiences.actions.wishes import Wish, lay_wishes
from cadans.outreach.models.audiences import Audience, MailingAccount, Membership
from cadans.playbooks.actions import as_document, save_draft
from cadans.playbooks.jobs import try_out
from cadans.playbooks.models import Try
from cadans.playbooks.queries import draft_of, findings_of
from cadans.playbooks.trying.actions import try_draft
from cadans.playbooks.trying.lists import list_lines
from cadans.playbooks.trying.queries import outcome_of
from cadans.process.models import Pipeline
from tests.outreach.desk import desk, service
from tests.outreach.mailchimp_server import KEY

pytestmark = pytest.mark.django_db
__all__ = ["desk", "service"]

PANEL = {"headers": {"HX-Request": "true", "HX-Target": "drawer-body"}}
DESIGNER = {"headers": {"HX-Request": "true", "HX-Target": "designer"}}


@pytest.fixture
def admin(client, world):
    client.force_login(world.admin)
    return client


def test_a_key_is_checked_and_the_lists_are_fetched(admin, service):
    service.lists["a1b2c3d4e5"].add_tag("klant")
    service.add_list("b1", "Nieuwsbrief")
    assert "Mailchimp" in admin.get("/settings/audiences/").content.decode()
    answer = admin.post("/settings/audiences/connect/", {"key": f" {KEY} "}, **PANEL)
    assert answer["HX-Redirect"] == "/settings/audiences/"
    account = MailingAccount.objects.get()
    assert KEY not in account.key
    assert [(one.key, list(one.tags)) for one in Audience.objects.order_by("key")] == [
        ("nieuwsbrief", ["klant"]),
        ("nieuwsbrief-2", []),
    ]
    page = admin.get("/settings/audiences/").content.decode()
    assert "Kade Stroom" in page
    assert KEY not in page


@pytest.mark.parametrize("key", ["", "geen sleutel", "f" * 32 + "-us6"])
def test_a_key_that_is_none_or_is_refused(admin, service, key):
    answer = admin.post("/settings/audiences/connect/", {"key": key}, **PANEL)
    assert answer.status_code == 422
    assert not MailingAccount.objects.exists()


def test_the_service_being_down_says_so(admin, service):
    service.faults.down = True
    answer = admin.post("/settings/audiences/connect/", {"key": KEY}, **PANEL)
    assert answer.status_code == 422
    assert "500" in answer.content.decode()


def test_a_list_shows_who_is_refused_and_tries_again(admin, desk, django_assert_max_num_queries):
    desk.list.needs_name = True
    desk.enrol("anna@zon.nl", "bas@zon.nl")
    desk.reconcile()
    with django_assert_max_num_queries(14):
        page = admin.get(f"/settings/audiences/{desk.audience.id}/").content.decode()
    assert "anna@zon.nl" in page
    assert "merge fields" in page
    admin.post(f"/settings/audiences/{desk.audience.id}/retry/")
    assert Membership.objects.waiting().count() == 2
    page = admin.get(f"/settings/audiences/{desk.audience.id}/?state=waiting").content.decode()
    assert "bas@zon.nl" in page


def test_fetching_listening_and_disconnecting(admin, desk, settings):
    settings.BASE_URL = "https://crm.zon.nl"
    desk.service.add_list("b1", "Klanten")
    admin.post(f"/settings/audiences/accounts/{desk.account.id}/fetch/")
    assert Audience.objects.filter(key="klanten").exists()
    admin.post(f"/settings/audiences/{desk.audience.id}/listen/")
    assert Audience.objects.get(id=desk.audience.id).hook_id
    del desk.service.lists["b1"]
    admin.post(f"/settings/audiences/accounts/{desk.account.id}/fetch/")
    assert Audience.objects.get(key="klanten").is_gone
    assert admin.get(f"/settings/audiences/accounts/{desk.account.id}/disconnect/", **PANEL)
    admin.post(f"/settings/audiences/accounts/{desk.account.id}/disconnect/")
    assert not MailingAccount.objects.exists()


def test_reps_do_not_come_here_and_managers_do_not_connect(client, world, desk):
    client.force_login(world.anna)
    assert client.get("/settings/audiences/").status_code == 403
    assert client.get(f"/settings/audiences/{desk.audience.id}/").status_code == 403
    client.force_login(world.manager)
    page = client.get(f"/settings/audiences/{desk.audience.id}/")
    assert page.status_code == 200
    assert "/hooks/audiences/" not in page.content.decode()
    assert client.post("/settings/audiences/connect/", {"key": KEY}, **PANEL).status_code == 403
    away = client.post(f"/settings/audiences/accounts/{desk.account.id}/disconnect/")
    assert away.status_code == 403


def save(client, data, item=""):
    pipeline = Pipeline.objects.get()
    end = f"{item}/" if item else "add/"
    address = f"/process/new-customers/stages/new/audiences/{end}"
    return client.post(address, {"revision": pipeline.draft_revision, **data}, **DESIGNER)


def test_a_step_is_added_changed_and_told_in_the_designer(admin, world, desk):
    page = admin.get("/process/new-customers/?stage=new&tab=audiences").content.decode()
    assert "/stages/new/audiences/" in page
    step: dict[str, object] = {
        "do": "enrol",
        "audience": "nieuwsbrief",
        "when": "entering",
        "tags": " klant, nl ,klant",
    }
    assert save(admin, step).status_code == 200
    kept = Pipeline.objects.get().draft["stages"][0]["audiences"]
    assert kept[0] | {"roles": [], "confirm": False} == {
        "key": "nieuwsbrief",
        "audience": "nieuwsbrief",
        "when": "entering",
        "do": "enrol",
        "tags": ["klant", "nl"],
        "roles": [],
        "confirm": False,
    }
    page = admin.get("/process/new-customers/?stage=new&tab=audiences").content.decode()
    assert "Nieuwsbrief" in page
    step = {**step, "do": "archive", "when": "leaving", "roles": ["champion"]}
    assert save(admin, step, item="nieuwsbrief").status_code == 200
    assert Pipeline.objects.get().draft["stages"][0]["audiences"][0]["do"] == "archive"
    assert save(admin, {**step, "do": "tag_off", "tags": ""}).status_code == 422


def test_an_end_offers_only_entering(admin, world, desk):
    form = admin.get("/process/new-customers/stages/won/audiences/add/", **PANEL)
    assert 'value="entering"' in form.content.decode()
    assert 'value="leaving"' not in form.content.decode()


def test_a_person_shows_what_lists_they_are_on_and_why(client, world, desk):
    world.lead()
    person = Person.objects.get(email="p1@bedrijf1.example")
    because = {
        "rule": "stage_audience",
        "pipeline": str(world.pipeline.id),
        "version": 1,
        "stage": "new",
        "step": "x",
        "when": "entering",
        "lead": str(person.parts.get().lead_id),
        "event": "1",
    }
    lay_wishes(desk.audience, [Wish(person.email, "enrol", person.id, because=because)])
    client.force_login(world.manager)
    with translation.override("nl"):
        page = client.get(f"/people/{person.id}/").content.decode()
    assert "Nieuwsbrief" in page
    assert f"/leads/{person.parts.get().lead_id}/" in page


def test_a_try_says_whom_a_list_would_have_got(admin, world, desk):
    leads = [world.lead() for _n in range(3)]
    world.put_in(leads[0], "demo")
    save(admin, {"do": "enrol", "audience": "nieuwsbrief", "when": "entering", "tags": ""})
    save(admin, {"do": "archive", "audience": "nieuwsbrief", "when": "leaving", "tags": ""})
    trial = try_draft(world.manager, Pipeline.objects.get(), months=36)
    try_out(subject=str(trial.id))
    lines = list_lines(outcome_of(Try.objects.get()))
    assert [(one.step.do, one.leads.leads, one.people) for one in lines] == [
        ("enrol", 3, 3),
        ("archive", 1, 1),
    ]
    page = admin.get(f"/process/new-customers/tries/{trial.id}/").content.decode()
    assert "Nieuwsbrief" in page
    behind = admin.get(
        f"/process/new-customers/tries/{trial.id}/leads/?mark={lines[1].leads.mark}"
    ).content.decode()
    assert leads[0].title in behind
    assert leads[1].title not in behind
    assert not Membership.objects.exists()


def test_a_list_that_is_not_there_is_a_remark_and_not_in_the_way(world, desk):
    document = as_document(draft_of(world.pipeline))
    document["stages"][0]["audiences"] = [{"key": "x", "audience": "elders"}]
    saved = save_draft(
        world.manager, world.pipeline, document=document, revision=world.pipeline.draft_revision
    )
    found = [one for one in findings_of(saved) if one.code == "audience_unknown"]
    assert [one.level for one in found] == ["warning"]
    assert "elders" in found[0].message
