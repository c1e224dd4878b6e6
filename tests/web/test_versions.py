"""The pages of versions: what was published, who follows it, two of them beside each other."""

import pytest

from cadans.leads.actions import lose_lead
from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, make_pipeline, publish_pipeline, save_draft
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline
from cadans.team.models import Organisation

pytestmark = pytest.mark.django_db

VERSIONS = "/process/new-customers/versions/"
COMPARE = f"{VERSIONS}compare/"


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


@pytest.fixture
def rep(client, world):
    client.force_login(world.anna)
    return client


def pipeline():
    return Pipeline.objects.get(key="new-customers")


def changed(world, change, *, publish=True, **wish):
    """The draft with a change, published unless told otherwise."""
    found = pipeline()
    document = change(as_document(draft_of(found)))
    save_draft(world.manager, found, document=document, revision=found.draft_revision)
    if publish:
        publish_pipeline(world.manager, pipeline(), **wish)


def without_demo(world, **wish):
    changed(
        world,
        lambda document: drafting.remove_stage(document, "demo"),
        mapping={"demo": "proposal"},
        note="Zonder demo",
        **wish,
    )


def called_visit(world, **wish):
    changed(
        world,
        lambda document: drafting.rename_stage(document, "demo", {"nl": "Bezoek"}),
        **wish,
    )


def words(response):
    return " ".join(response.content.decode().split())


def test_a_version_says_where_leads_went_on_and_who_follows_it(manager, world):
    world.put_in(world.lead("Zon"), "demo")
    closed = world.lead("Maan")
    lose_lead(world.anna, closed, reason=world.too_expensive)
    without_demo(world)
    page = words(manager.get(VERSIONS))
    assert "Leads in “Demo” gingen verder in “Voorstel”." in page
    assert "1 open lead volgt deze versie." in page
    assert "Geen open leads volgen deze versie. 1 lead is onder deze versie gesloten." in page
    assert world.manager.name in page
    assert f'{COMPARE}?before=1&amp;after=2"' in page


def test_reps_count_the_leads_they_may_see(rep, world):
    Organisation.objects.update(leads_seen_by_reps=Organisation.LeadsSeen.OWN)
    world.lead("Van Bram", owner=world.bram)
    world.lead("Van Anna", owner=world.anna)
    assert "1 open lead volgt deze versie." in words(rep.get(VERSIONS))


def test_two_versions_beside_each_other(manager, world):
    called_visit(world)
    page = words(manager.get(f"{COMPARE}?before=1&after=2"))
    assert "“Demo” heet nu “Bezoek”" in page
    assert "<del>Demo</del>" in page
    assert "<ins>Bezoek</ins>" in page
    # What is the same is left out, unless it is asked for.
    assert 'data-state="same"' not in page
    assert 'data-state="same"' in words(manager.get(f"{COMPARE}?before=1&after=2&all=1"))


def test_a_comparison_reads_the_other_way_too(manager, world):
    called_visit(world)
    page = words(manager.get(f"{COMPARE}?before=2&after=1"))
    assert "<del>Bezoek</del>" in page
    assert "“Bezoek” heet nu “Demo”" in page


def test_a_removed_stage_is_shown_with_all_that_is_gone(manager, world):
    without_demo(world)
    page = words(manager.get(f"{COMPARE}?before=1&after=2"))
    assert 'data-state="removed"' in page
    assert "is weg" in page


def test_without_a_choice_it_is_the_last_step(manager, world):
    called_visit(world, publish=False)
    page = words(manager.get(COMPARE))
    assert '<option value="draft" selected>' in page
    assert "<ins>Bezoek</ins>" in page
    publish_pipeline(world.manager, pipeline())
    page = words(manager.get(COMPARE))
    assert '<option value="2" selected>' in page
    assert '<option value="1" selected>' in page


def test_the_same_twice_says_so(manager):
    assert "Ze zeggen hetzelfde" in words(manager.get(f"{COMPARE}?before=1&after=1"))


def test_drafts_are_for_managers(rep, world):
    called_visit(world, publish=False)
    page = rep.get(COMPARE)
    assert page.status_code == 200
    assert "Bezoek" not in words(page)
    assert rep.get(f"{COMPARE}?before=1&after=draft").status_code == 403


def test_what_is_not_there_is_not_found(manager, world):
    make_pipeline(world.manager, name="Export")
    assert manager.get(f"{COMPARE}?before=1&after=9").status_code == 404
    assert manager.get(f"{COMPARE}?before=een&after=1").status_code == 404
    assert manager.get("/process/nowhere/versions/compare/").status_code == 404
    # A pipeline that was never published has only its draft.
    assert manager.get("/process/export/versions/compare/").status_code == 200


def test_strangers_log_in_first(client, world):
    assert client.get(COMPARE).status_code == 302


def test_questions_do_not_grow_with_versions(manager, world, django_assert_max_num_queries):
    for number in range(4):
        changed(
            world,
            lambda document, number=number: drafting.rename_stage(
                document, "demo", {"nl": f"Bezoek {number}"}
            ),
        )
    manager.get(VERSIONS)
    with django_assert_max_num_queries(14):
        manager.get(VERSIONS)
