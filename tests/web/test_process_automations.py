"""Automations in the designer, in a try, and on a lead's timeline."""

import pytest

from cadans.automations.actions import carry_out_automation
from cadans.events.models import Event
from cadans.playbooks.actions import publish_pipeline, save_draft
from cadans.playbooks.queries import draft_of
from cadans.playbooks.trying.actions import carry_out_try, try_draft
from tests.web.reading import as_user, texts
from tests.world import World, inbound

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "drawer-body"}
AT = "/process/new-customers/stages/demo/automations/"
FILLED = {
    "name": "Meekijken",
    "on": "entered",
    "wait_unit": "working_days",
    "do": "notify",
    "text_nl": "Kijk mee",
    "to": "manager",
    "when_mode": "all",
    "when_field": "value",
    "when_is": "at_least",
    "when_than": "1000",
    "when_group": "",
}


def with_automation(world: World, **automation: object) -> None:
    document = inbound(world.team)
    document["stages"][1]["automations"] = [
        {"key": "it", "name": "Meekijken", "do": {"kind": "notify"}, **automation}
    ]
    revision = world.pipeline.draft_revision
    save_draft(world.manager, world.pipeline, document=document, revision=revision)
    world.pipeline.refresh_from_db()


def test_a_manager_adds_changes_and_removes_one(world: World) -> None:
    manager = as_user(world.manager, "en")
    page = texts(manager.get("/process/new-customers/?stage=demo&tab=automations"))
    assert "An automation does something by itself" in page
    assert "Happens when" in texts(manager.get(f"{AT}add/", headers=PANEL))
    answer = manager.post(f"{AT}add/", {**FILLED, "revision": "1"}, headers=PANEL)
    assert "On entering · Value is at least 1,000" in texts(answer)
    world.pipeline.refresh_from_db()
    (one,) = draft_of(world.pipeline).stage("demo").automations
    assert (one.name, one.do.kind, one.do.to) == ("Meekijken", "notify", "manager")
    task = {**FILLED, "do": "task", "to": "user", "user": str(world.anna.id), "wait_after": "2"}
    task |= {"task": "call", "due_after": "3", "due_unit": "days", "once": "yes", "revision": "2"}
    shown = texts(manager.post(f"{AT}{one.key}/", task, headers=PANEL))
    assert "after 2 working days · once a lead" in shown
    assert "Task for Anna Smit: Kijk mee" in shown
    form = manager.get(f"{AT}{one.key}/", headers=PANEL).content.decode()
    assert 'value="Kijk mee"' in form
    manager.post(f"{AT}{one.key}/remove/", {"revision": "3"}, headers=PANEL)
    world.pipeline.refresh_from_db()
    assert not draft_of(world.pipeline).stage("demo").automations


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"on": "signal"}, "Noem het signaal."),
        ({"to": "user"}, "Kies voor wie het is."),
        ({"do": "task", "text_nl": ""}, "Geef de taak in minstens één taal een naam."),
    ],
)
def test_what_is_missing_is_said(world: World, wrong: dict[str, str], told: str) -> None:
    answer = as_user(world.manager).post(f"{AT}add/", {**FILLED, **wrong}, headers=PANEL)
    assert (answer.status_code, told in texts(answer)) == (422, True)


def test_a_try_says_what_would_have_been_done_for_whom(world: World) -> None:
    lead = world.lead("Bakkerij Zon", owner=world.anna, value=5000)
    world.call(lead)
    small = world.lead("Slagerij Maan", owner=world.bram, value=10)
    world.call(small)
    with_automation(world, when={"all": [{"field": "value", "is": "at_least", "than": 1000}]})
    trial = carry_out_try(try_draft(world.manager, world.pipeline, months=36))
    assert trial.result["counts"]["would/automation/demo/it"] == 1
    manager = as_user(world.manager, "en")
    page = texts(manager.get(f"/process/new-customers/tries/{trial.id}/"))
    assert "Meekijken Tell the lead’s owner" in page
    assert not Event.objects.filter(kind="automation_begun").exists()


def test_the_timeline_tells_what_was_done_and_because_of_what(world: World) -> None:
    with_automation(world)
    publish_pipeline(world.manager, world.pipeline)
    world.pipeline.refresh_from_db()
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    world.put_in(lead, "demo")
    carry_out_automation(Event.objects.get(kind="automation_begun"))
    page = texts(as_user(world.manager).get(f"/leads/{lead.id}/"))
    told = "“Meekijken” stuurde een melding aan Anna Smit: de lead kwam in “Demo”."
    assert page.count(told) == 1
    assert "automation_begun" not in page


def test_what_is_unwise_is_said_before_publishing(world: World) -> None:
    with_automation(world, on="entered")
    gone = {"kind": "notify", "to": "user", "user": "01900000-0000-7000-8000-000000000000"}
    with_automation(world, do=gone)
    page = texts(as_user(world.manager, "en").get("/process/new-customers/?stage=demo"))
    assert "is for somebody who is no longer there" in page


def test_a_draft_tells_what_changed(world: World) -> None:
    with_automation(world)
    page = texts(as_user(world.manager, "en").get("/process/new-customers/?stage=demo"))
    assert "“Demo”: automation “Meekijken” added" in page
    compared = texts(as_user(world.manager, "en").get("/process/new-customers/versions/compare/"))
    assert "Meekijken · On entering → Tell the lead’s owner" in compared
