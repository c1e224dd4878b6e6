"""Own kinds of activities on the pages: kept in the settings, logged, planned, waited for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cadans.ground.errors import Invalid
from cadans.leads.actions import add_activity_kind
from cadans.leads.models import Activity, OwnActivityKind
from cadans.playbooks.actions import publish_pipeline
from cadans.playbooks.files import complaints
from cadans.playbooks.importing import import_playbook
from cadans.process.models import Pipeline
from tests.web.reading import HTMX, as_user, texts

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "drawer-body"}
KINDS = "/settings/activity-kinds/"
FILE = """\
key: visits
name: {en: Visits}
stages:
  - key: new
    name: {en: New}
    goals:
      - kind: activity
        key: seen
        activity: site_visit
        name: {en: Seen}
  - {key: won, name: {en: Won}, ends_in: won}
"""


@pytest.fixture
def visit(world):
    return add_activity_kind(world.manager, name_nl="Bezoek", name_en="Site visit", icon="map-pin")


def test_a_manager_keeps_them_in_the_settings(world):
    manager = as_user(world.manager, "en")
    assert "No own kind yet" in texts(manager.get(KINDS))
    form = manager.get(f"{KINDS}add/", headers=PANEL).content.decode()
    assert 'value="circle-dot" checked' in " ".join(form.split())
    filled = {"name_nl": "Proefopstelling", "name_en": "Pilot", "icon": "flask-conical"}
    assert manager.post(f"{KINDS}add/", filled, headers=PANEL)["HX-Redirect"] == KINDS
    kind = OwnActivityKind.objects.get()
    assert (kind.key, kind.icon, kind.is_active) == ("pilot", "flask-conical", True)
    again = manager.post(f"{KINDS}add/", filled, headers=PANEL)
    assert (again.status_code, "is there already" in texts(again)) == (422, True)
    assert "“pilot”" in texts(manager.get(f"{KINDS}{kind.id}/", headers=PANEL))
    manager.post(f"{KINDS}{kind.id}/", {**filled, "name_en": "Trial run"}, headers=PANEL)
    kind.refresh_from_db()
    assert (kind.key, kind.name_en, kind.is_active) == ("pilot", "Trial run", False)
    page = texts(manager.get(KINDS))
    assert "Put away" in page
    assert "0 activities" in page
    manager.post(f"{KINDS}{kind.id}/delete/", headers=PANEL)
    assert not OwnActivityKind.objects.exists()


def test_it_is_logged_planned_and_told(world, visit):
    anna, lead = as_user(world.anna, "nl"), world.lead("Bakkerij Zon", owner=world.anna)
    form = anna.get(f"/leads/{lead.id}/log/?kind=site_visit", headers=PANEL).content.decode()
    assert 'value="site_visit" checked' in " ".join(form.split())
    assert "#map-pin" in form
    anna.post(f"/leads/{lead.id}/log/", {"kind": "site_visit", "note": "Dak bekeken"}, headers=HTMX)
    tomorrow = timezone.localtime() + timedelta(days=1)
    anna.post(
        f"/leads/{lead.id}/log/",
        {"kind": "site_visit", "at": f"{tomorrow:%Y-%m-%dT%H:%M}"},
        headers=HTMX,
    )
    assert Activity.objects.filter(lead=lead, kind="site_visit").count() == 2
    page = texts(anna.get(f"/leads/{lead.id}/"))
    assert "Anna Smit legde “Bezoek” vast." in page
    assert "Anna Smit plande “Bezoek”" in page
    assert "Dak bekeken" in page
    Activity.objects.filter(lead=lead, held=False).update(at=timezone.now() - timedelta(hours=1))
    assert "Bezoek: Bakkerij Zon" in texts(anna.get("/"))


def test_a_goal_of_the_designer_waits_for_it(world, visit):
    manager = as_user(world.manager, "en")
    form = manager.get("/process/new-customers/stages/new/goals/add/?kind=activity", headers=PANEL)
    assert "Site visit" in texts(form)
    revision = Pipeline.objects.get(key="new-customers").draft_revision
    filled = {"activity": "site_visit", "times": 1, "since": "entered", "revision": revision}
    saved = manager.post(
        "/process/new-customers/stages/new/goals/add/?kind=activity", filled, headers=HTMX
    )
    assert saved.status_code == 200
    pipeline = Pipeline.objects.get(key="new-customers")
    goal = pipeline.draft["stages"][0]["goals"][-1]
    assert (goal["activity"], goal["name"]["nl"]) == ("site_visit", "Bezoek gehad")
    publish_pipeline(world.manager, pipeline)
    world.pipeline.refresh_from_db()
    lead = world.lead("Zon", owner=world.anna)
    page = texts(as_user(world.anna, "en").get(f"/leads/{lead.id}/"))
    assert "Log: site visit" in page


def test_a_file_that_names_one_which_is_not_here_says_so_at_its_line(world):
    (found,) = [one for one in complaints(FILE) if one.level == "error"]
    assert (found.line, found.column) == (9, 19)
    assert "site_visit" in found.message
    assert found.parts[1] == "site_visit"
    pipeline = import_playbook(world.manager, FILE)
    with pytest.raises(Invalid, match="site_visit"):
        publish_pipeline(world.manager, pipeline)
    add_activity_kind(world.manager, name_en="Site visit")
    assert [one for one in complaints(FILE) if one.level == "error"] == []
    publish_pipeline(world.manager, pipeline)
