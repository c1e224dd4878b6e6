"""Putting a draft live from its panel, or dropping it."""

import pytest

from cadans.playbooks.queries import draft_of
from tests.web.designer import DESIGNER, HTMX, PANEL, pipeline, post, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


def test_publishing_from_the_panel(manager, world):
    lead = world.put_in(world.lead("Zon"), "demo")
    post(manager, "stages/demo/remove/")
    panel = manager.get(f"{DESIGNER}publish/", **PANEL).content.decode()
    assert "Fase “Demo” verwijderd" in panel
    assert "1 lead in “Demo” gaat naar" in panel
    refused = manager.post(f"{DESIGNER}publish/", {"revision": 2}, **PANEL)
    assert refused.status_code == 422
    done = manager.post(
        f"{DESIGNER}publish/",
        {"revision": 2, "map_demo": "proposal", "note": "Zonder demo"},
        **PANEL,
    )
    assert done["HX-Redirect"] == DESIGNER
    assert world.stage_of(lead) == "proposal"
    page = manager.get(DESIGNER).content.decode()
    assert "Live: versie 2" in page
    assert "Zonder demo" in manager.get(f"{DESIGNER}versions/").content.decode()


def test_new_stages_get_keys_of_their_names_when_they_go_live(manager, world):
    lead = world.put_in(world.lead("Zon"), "demo")
    post(manager, "stages/demo/remove/")
    post(manager, "stages/")
    post(manager, "stages/nieuwe-fase/settings/", name_nl="Schouw", name_en="Survey")
    post(manager, "stages/")
    refused = manager.post(
        f"{DESIGNER}publish/", {"revision": 1, "map_demo": "nieuwe-fase"}, **PANEL
    )
    assert refused.status_code == 422
    assert 'value="nieuwe-fase" selected' in " ".join(refused.content.decode().split())
    assert stage("nieuwe-fase").label("nl") == "Schouw"  # nothing happened by halves
    now = {"revision": pipeline().draft_revision, "map_demo": "nieuwe-fase"}
    assert manager.post(f"{DESIGNER}publish/", now, **PANEL)["HX-Redirect"] == DESIGNER
    keys = [one.key for one in draft_of(pipeline()).stages]
    assert keys == ["new", "proposal", "contract", "survey", "nieuwe-fase", "won"]
    assert world.stage_of(lead) == "survey"
    # A key that leads follow stays, whatever the stage is called later.
    post(manager, "stages/nieuwe-fase/settings/", name_nl="Nazorg", name_en="Aftercare")
    manager.post(f"{DESIGNER}publish/", {"revision": pipeline().draft_revision}, **PANEL)
    assert stage("nieuwe-fase").label("en") == "Aftercare"


def test_renaming_discarding_and_the_one_for_new_leads(manager, world):
    post(manager, "stages/")
    manager.post(f"{DESIGNER}discard/", {"revision": 2}, **HTMX)
    assert "nieuwe-fase" not in [one.key for one in draft_of(pipeline()).stages]
    assert manager.post(f"{DESIGNER}rename/", {"name": ""}, **PANEL).status_code == 422
    manager.post(f"{DESIGNER}rename/", {"name": "Nieuw"}, **PANEL)
    assert pipeline().name == "Nieuw"
    assert manager.post(f"{DESIGNER}archive/", **HTMX).status_code == 409
