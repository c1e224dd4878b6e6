"""The designer in the browser's terms: pages, and small edits by htmx."""

import pytest

from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, make_pipeline, save_draft
from cadans.playbooks.queries import draft_of
from tests.web.designer import DESIGNER, HTMX, pipeline, post, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


@pytest.fixture
def rep(client, world):
    client.force_login(world.anna)
    return client


def test_the_overview_shows_each_pipeline(manager, world):
    make_pipeline(world.manager, name="Export")
    page = manager.get("/process/").content.decode()
    assert "Nieuwe klanten" in page
    assert "Export" in page
    assert "Alleen concept" in page


def test_reps_see_what_is_live_and_change_nothing(rep, world):
    make_pipeline(world.manager, name="Export")
    changed = drafting.rename_stage(as_document(draft_of(pipeline())), "demo", {"nl": "Bezoek"})
    save_draft(world.manager, pipeline(), document=changed, revision=1)
    assert "Export" not in rep.get("/process/").content.decode()
    assert rep.get("/process/export/").status_code == 404
    page = rep.get(DESIGNER).content.decode()
    assert "Demo" in page
    assert "Bezoek" not in page
    assert "Publiceren" not in page
    assert "binnen een uur" in page
    assert post(rep, "stages/").status_code == 403
    assert rep.get("/process/new/").status_code == 403


def test_nobody_sees_it_without_logging_in(client, world):
    assert client.get(DESIGNER).status_code == 302


@pytest.mark.parametrize("tab", ["goals", "guidance", "tasks", "rules", "settings"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_tab_of_a_stage(manager, world, tab, language):
    world.manager.language = language
    world.manager.save()
    page = manager.get(f"{DESIGNER}?stage=new&tab={tab}")
    assert page.status_code == 200
    assert page.context["tab"] == tab
    assert ("Zoals verkopers" in page.content.decode()) == (language == "nl")


def test_a_stage_that_is_gone_leads_to_the_first(manager):
    assert manager.get(f"{DESIGNER}?stage=nowhere&tab=luck").context["chosen"].key == "new"


def test_the_designer_asks_the_database_little(manager, world, django_assert_max_num_queries):
    manager.get(DESIGNER)
    with django_assert_max_num_queries(20):
        manager.get(DESIGNER)
    for number in range(10):
        changed, _key = drafting.add_stage(as_document(draft_of(pipeline())), {"en": f"S{number}"})
        save_draft(world.manager, pipeline(), document=changed, revision=number + 1)
    with django_assert_max_num_queries(20):
        manager.get(DESIGNER)


def test_a_stage_is_added_named_moved_and_removed(manager):
    answer = post(manager, "stages/")
    assert answer.context["chosen"].key == "nieuwe-fase"
    assert answer.context["tab"] == "settings"
    answer = post(
        manager,
        "stages/nieuwe-fase/settings/",
        name_nl="Schouw",
        name_en="Survey",
        idle_days="5",
        enforcement="block",
        is_ask="on",
        ends_in="",
    )
    # Its key stays, so that an edit made right behind this one still finds it.
    assert answer.context["chosen"].key == "nieuwe-fase"
    changed = stage("nieuwe-fase")
    assert (changed.label("nl"), changed.idle_days, changed.is_ask) == ("Schouw", 5, True)
    assert changed.enforcement == "block"
    post(manager, "stages/nieuwe-fase/settings/", name_nl="Bezoek", name_en="Visit")
    assert stage("nieuwe-fase").label("nl") == "Bezoek"
    post(manager, "stages/move/", key="nieuwe-fase", to="1")
    assert [one.key for one in draft_of(pipeline()).stages][1] == "nieuwe-fase"
    answer = post(manager, "stages/nieuwe-fase/remove/")
    assert "nieuwe-fase" not in [one.key for one in draft_of(pipeline()).stages]
    assert "toast" in answer["HX-Trigger"]


def test_a_stage_needs_a_name(manager):
    answer = post(manager, "stages/new/settings/", name_nl="", name_en="", enforcement="advise")
    assert answer.status_code == 422
    assert "minstens één taal" in answer.content.decode()
    assert stage().label("nl") == "Nieuw"


def test_an_old_page_is_told_so_and_shown_anew(manager):
    post(manager, "stages/")
    answer = manager.post(f"{DESIGNER}stages/new/goals-needed/", {"revision": 1}, **HTMX)
    assert answer.status_code == 422
    assert "Iemand anders" in answer["HX-Trigger"].encode().decode("unicode_escape")
    assert answer.context["pipeline"].draft_revision == 2


def test_guidance_is_saved_and_previewed(manager):
    answer = post(
        manager,
        "stages/demo/guidance/",
        short_nl="Laat **drie** dingen zien.",
        long_nl="",
        short_en="",
        long_en="",
    )
    assert stage("demo").guidance_in("nl").short == "Laat **drie** dingen zien."
    assert "<strong>drie</strong>" in answer.content.decode()


def test_parts_are_moved_and_removed(manager):
    post(manager, "stages/new/goals/move/", key="value", to="0")
    assert [goal.key for goal in stage().goals] == ["value", "reached"]
    post(manager, "stages/new/goals/value/remove/")
    post(manager, "stages/new/goals-needed/", goals_needed="any")
    assert [goal.key for goal in stage().goals] == ["reached"]
    assert stage().goals_needed == "any"
    assert post(manager, "stages/new/luck/x/remove/").status_code == 404


def test_an_unknown_pipeline_is_not_found(manager):
    assert manager.get("/process/nowhere/").status_code == 404
