"""Files taken in, given out again, and what became of the pipeline meanwhile."""

import pytest

from cadans.ground.errors import Invalid, NotAllowed, NotFound, Outdated
from cadans.playbooks import drafting
from cadans.playbooks.actions import (
    as_document,
    discard_draft,
    make_pipeline,
    publish_pipeline,
    rename_pipeline,
    save_draft,
)
from cadans.playbooks.files import (
    complaints,
    draft_file,
    file_name,
    head,
    version_file,
    version_numbered,
)
from cadans.playbooks.importing import import_playbook
from cadans.playbooks.lines import WrongFile
from cadans.playbooks.models import PlaybookFile
from cadans.playbooks.playbook import template_texts
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline

pytestmark = pytest.mark.django_db

FILE = """\
# How we sell to schools.
key: schools
name: {en: 'Schools',  nl: "Scholen"}
stages:
  # Summer is quiet.
  - key: first
    name: {nl: Eerste gesprek, en: First talk}
    goals:
      - {kind: box, key: talked, name: {nl: Gesproken, en: Talked}}
    rules:
      - key: all
        name: Alle scholen
        to: {team: Binnendienst}
    guidance: {nl: {short: Vraag naar het schooljaar.}}
  - {key: won, name: {nl: Gewonnen, en: Won}, ends_in: won}
"""


@pytest.fixture
def schools(world):
    world.team.name = "Binnendienst"
    world.team.save()
    return import_playbook(world.manager, FILE, under_own_key=True)


def reread(pipeline):
    return Pipeline.objects.select_related("version").get(id=pipeline.id)


def edit(world, pipeline, change):
    pipeline = reread(pipeline)
    document = change(as_document(draft_of(pipeline)))
    return save_draft(world.manager, pipeline, document=document, revision=pipeline.draft_revision)


def test_a_file_becomes_a_draft_under_its_own_key_and_name(world, schools):
    assert (schools.key, schools.name, schools.version) == ("schools", "Scholen", None)
    assert draft_of(schools).stages[0].rules[0].to.team == world.team.id
    assert PlaybookFile.objects.get().taken_by == world.manager
    assert draft_file(schools) == FILE
    assert file_name(schools) == "schools.yaml"


@pytest.mark.parametrize("text", list(template_texts())[:4])
def test_templates_come_back_byte_for_byte(world, text):
    assert draft_file(import_playbook(world.manager, text)) == text


def test_a_pipeline_never_taken_in_has_one_form_that_comes_back_too(world):
    text = draft_file(reread(world.pipeline))
    assert text.startswith(head())
    assert "yaml-language-server: $schema=" in head()
    assert f"team: {world.team.name}" in text
    again = import_playbook(world.manager, text)
    assert draft_of(again) == draft_of(world.pipeline)
    assert draft_file(again) == text
    assert version_file(reread(world.pipeline), world.pipeline.version) == text


def test_a_key_that_is_taken_is_refused_or_gets_a_number(world, schools):
    with pytest.raises(Invalid) as caught:
        import_playbook(world.manager, FILE, under_own_key=True)
    assert caught.value.pointer == "/key"
    other = import_playbook(world.manager, FILE)
    assert other.key == "scholen"
    assert import_playbook(world.manager, FILE).key == "scholen-2"
    assert draft_file(other) == FILE


def test_the_draft_is_replaced_and_what_is_live_stays(world, schools):
    version = publish_pipeline(world.manager, schools)
    changed = FILE.replace("Talked", "Spoken").replace("# Summer", "# Autumn")
    taken = import_playbook(world.manager, changed, pipeline=reread(schools))
    assert draft_file(reread(taken)) == changed
    assert version_file(reread(taken), version) == FILE
    assert reread(taken).version.design.stages[0].goals[0].name["en"] == "Talked"


def test_another_comment_is_kept_though_the_design_is_the_same(world, schools):
    publish_pipeline(world.manager, schools)
    changed = FILE.replace("# Summer is quiet.", "# Summer is very quiet.")
    taken = import_playbook(world.manager, changed, pipeline=reread(schools))
    assert draft_file(reread(taken)) == changed


def test_a_draft_thrown_away_gives_the_file_of_what_is_live(world, schools):
    publish_pipeline(world.manager, schools)
    changed = FILE.replace("Talked", "Spoken").replace("# Summer", "# Autumn")
    taken = import_playbook(world.manager, changed, pipeline=reread(schools))
    back = discard_draft(world.manager, reread(taken), revision=taken.draft_revision)
    assert draft_file(reread(back)) == FILE


def test_an_edit_in_the_designer_keeps_the_comments(world, schools):
    edit(world, schools, lambda one: drafting.change_stage(one, "first", {"idle_days": 4}))
    text = draft_file(reread(schools))
    assert text == FILE.replace("    guidance", "    idle_days: 4\n    guidance") or (
        "idle_days: 4\n" in text and "# Summer is quiet." in text
    )
    assert [line for line in FILE.splitlines() if line not in text.splitlines()] == []


def test_another_name_is_another_name_in_the_file(world, schools):
    rename_pipeline(world.manager, schools, name="Onderwijs")
    text = draft_file(reread(schools))
    assert "name: {en: 'Schools', nl: Onderwijs}\n" in text
    assert "# How we sell to schools." in text


def test_somebody_elses_edit_in_between_is_not_overwritten(world, schools):
    seen = schools.draft_revision
    edit(world, schools, lambda one: drafting.change_stage(one, "first", {"idle_days": 4}))
    with pytest.raises(Outdated):
        import_playbook(world.manager, FILE, pipeline=reread(schools), revision=seen)
    assert PlaybookFile.objects.count() == 1


def test_a_wrong_file_changes_nothing(world, schools):
    wrong = FILE.replace("Binnendienst", "Buitendienst")
    with pytest.raises(WrongFile) as caught:
        import_playbook(world.manager, wrong, pipeline=schools)
    assert [one.line for one in caught.value.complaints] == [13]
    with pytest.raises(WrongFile):
        import_playbook(world.manager, wrong)
    assert PlaybookFile.objects.count() == 1
    assert draft_file(reread(schools)) == FILE


def test_reps_take_nothing_in(world):
    with pytest.raises(NotAllowed):
        import_playbook(world.anna, FILE)


def test_a_version_that_is_not_there_is_not_found(world, schools):
    with pytest.raises(NotFound):
        version_numbered(schools, 1)


def test_a_file_is_checked_against_who_is_there(world, schools):
    assert complaints(FILE) == []
    world.team.name = "Elders"
    world.team.save()
    assert [one.line for one in complaints(FILE)] == [13]
    text = draft_file(reread(schools))
    assert text == FILE.replace("Binnendienst", "Elders")


def test_what_is_made_of_a_template_is_given_out_as_its_file(world):
    template = next(text for text in template_texts() if "key: b2b-classic\n" in text)
    pipeline = make_pipeline(world.manager, name="Zakelijke verkoop", template="b2b-classic")
    given = draft_file(pipeline)
    own = template.replace("key: b2b-classic", f"key: {pipeline.key}", 1)
    assert given == head() + own
    assert import_playbook(world.manager, given).draft == pipeline.draft
    publish_pipeline(world.manager, pipeline)
    pipeline = reread(pipeline)
    assert draft_file(pipeline) == version_file(pipeline, version_numbered(pipeline, 1)) == given
    # Where the design is changed the file changes, and nowhere else.
    changed = drafting.change_stage(as_document(draft_of(pipeline)), "new", {"idle_days": 9})
    saved = save_draft(world.manager, pipeline, document=changed, revision=pipeline.draft_revision)
    assert draft_file(saved) == given.replace("idle_days: 3", "idle_days: 9", 1)


def test_a_template_under_its_own_key_and_another_name(world):
    template = next(text for text in template_texts() if "key: b2b-classic\n" in text)
    pipeline = make_pipeline(
        world.manager, name="Grote klanten", key="b2b-classic", template="b2b-classic"
    )
    expected = template.replace("  nl: Zakelijke verkoop", "  nl: Grote klanten", 1)
    assert draft_file(pipeline) == head() + expected
    renamed = rename_pipeline(world.manager, pipeline, name="Reuzen")
    assert draft_file(renamed) == head() + expected.replace("Grote klanten", "Reuzen", 1)
    with pytest.raises(NotFound):
        make_pipeline(world.manager, name="Iets", template="nonsense")
