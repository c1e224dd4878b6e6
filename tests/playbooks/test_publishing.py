"""Drafts, publishing, and what happens to the leads in flight."""

import pytest

from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotAllowed, NotFound, Outdated
from cadans.leads.actions import lose_lead
from cadans.leads.models import Lead, StageVisit, Task
from cadans.playbooks import drafting
from cadans.playbooks.actions import (
    archive_pipeline,
    as_document,
    discard_draft,
    make_pipeline,
    publish_pipeline,
    rename_pipeline,
    restore_pipeline,
    save_draft,
    set_default,
    set_up_selling,
)
from cadans.playbooks.queries import differs, draft_of, stranded
from cadans.process.models import Pipeline
from cadans.team.models import User
from tests.retold import assert_replay_equals_tables

pytestmark = pytest.mark.django_db


def edit(world, document):
    """Save a document as the draft of the world's pipeline."""
    pipeline = Pipeline.objects.get(id=world.pipeline.id)
    return save_draft(world.manager, pipeline, document=document, revision=pipeline.draft_revision)


def test_a_pipeline_begins_as_a_draft(world):
    pipeline = make_pipeline(world.manager, name="Van proef naar klant", template="inbound-trial")
    assert pipeline.key == "van-proef-naar-klant"
    assert pipeline.version is None
    assert not pipeline.stages.exists()
    assert [stage.key for stage in draft_of(pipeline).stages][:2] == ["sign-up", "trial"]
    assert Event.objects.get(kind="pipeline_made").pipeline == pipeline.id


def test_a_key_is_made_only_once(world):
    first = make_pipeline(world.manager, name="Export")
    second = make_pipeline(world.manager, name="Export")
    assert (first.key, second.key) == ("export", "export-2")
    with pytest.raises(Invalid) as caught:
        make_pipeline(world.manager, name="Export", key="export")
    assert caught.value.pointer == "/key"
    with pytest.raises(Invalid):
        make_pipeline(world.manager, name="  ")
    with pytest.raises(NotFound):
        make_pipeline(world.manager, name="X", template="nowhere")


def test_the_word_new_is_no_key(world):
    assert make_pipeline(world.manager, name="New").key == "new-2"


def test_reps_design_nothing(world):
    for act in (
        lambda: make_pipeline(world.anna, name="Mine"),
        lambda: rename_pipeline(world.anna, world.pipeline, name="Mine"),
        lambda: publish_pipeline(world.anna, world.pipeline),
        lambda: set_default(world.anna, world.pipeline),
        lambda: archive_pipeline(world.anna, world.pipeline),
        lambda: save_draft(world.anna, world.pipeline, document={}, revision=1),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_saving_a_draft_leaves_what_is_live(world):
    changed, _key = drafting.add_stage(as_document(draft_of(world.pipeline)), {"en": "Pilot"})
    pipeline = edit(world, changed)
    assert pipeline.draft_revision == 2
    assert differs(pipeline)
    assert world.pipeline.stages.count() == 5


def test_a_lost_race_is_refused(world):
    changed, _key = drafting.add_stage(as_document(draft_of(world.pipeline)), {"en": "Pilot"})
    edit(world, changed)
    with pytest.raises(Outdated):
        save_draft(world.manager, world.pipeline, document=changed, revision=1)
    with pytest.raises(Outdated):
        publish_pipeline(world.manager, world.pipeline, revision=1)


def test_a_wrong_document_is_refused_whole(world):
    with pytest.raises(Invalid):
        edit(world, {"stages": [{"key": "a"}]})
    assert Pipeline.objects.get(id=world.pipeline.id).draft_revision == 1


def test_publishing_takes_open_leads_along(world):
    lead = world.lead("Zon")
    changed, key = drafting.add_stage(
        as_document(draft_of(world.pipeline)), {"nl": "Schouw", "en": "Survey"}, before="demo"
    )
    edit(world, drafting.rename_stage(changed, "demo", {"nl": "Bezoek", "en": "Visit"}))
    version = publish_pipeline(world.manager, world.pipeline, note="Eerst een schouw")
    assert version.number == 2
    assert version.note == "Eerst een schouw"
    assert list(world.pipeline.stages.values_list("key", flat=True))[:3] == ["new", key, "demo"]
    assert world.pipeline.stages.get(key="demo").name["nl"] == "Bezoek"
    lead.refresh_from_db()
    assert lead.version == version
    assert world.stage_of(lead) == "new"
    event = Event.objects.get(kind="process_published")
    assert event.data["counts"] == {"leads": 1, "moved": 0}
    assert event.actor == world.manager.id


def test_leads_in_a_removed_stage_need_a_place(world):
    lead = world.put_in(world.lead("Zon"), "demo")
    other = world.lead("Wind")
    pipeline = edit(world, drafting.remove_stage(as_document(draft_of(world.pipeline)), "demo"))
    assert [(one.key, one.leads) for one in stranded(pipeline, draft_of(pipeline))] == [("demo", 1)]
    for mapping in ({}, {"demo": "nowhere"}, {"demo": "won"}, {"demo": "demo"}):
        with pytest.raises(Invalid) as caught:
            publish_pipeline(world.manager, world.pipeline, mapping=mapping)
        assert caught.value.pointer == "/mapping/demo"
    assert pipeline.versions.count() == 1

    version = publish_pipeline(world.manager, world.pipeline, mapping={"demo": "proposal"})
    assert world.stage_of(lead) == "proposal"
    assert world.stage_of(other) == "new"
    left = StageVisit.objects.get(lead=lead, stage__key="demo")
    assert (left.how, left.goals_met) == ("moved", False)
    now = StageVisit.objects.get(lead=lead, left_at=None)
    assert (now.stage.key, now.version) == ("proposal", version)
    assert world.task(lead, "prepare").state == Task.State.SKIPPED
    assert world.task(lead, "send").state == Task.State.OPEN
    assert pipeline.stages.get(key="demo").retired_at is not None
    entered = Event.objects.filter(lead=lead.id, kind="stage_entered").latest("id")
    assert entered.because == {"rule": "mapping", "version": 2, "instead_of": "demo"}
    published = Event.objects.get(kind="process_published")
    assert (
        Event.objects.get(lead=lead.id, kind="stage_left", act=published.act).cause == published.id
    )
    assert assert_replay_equals_tables() == 4


def test_closed_leads_stay_where_they_were(world):
    lead = lose_lead(world.manager, world.put_in(world.lead("Zon"), "demo"), reason=None)
    edit(world, drafting.remove_stage(as_document(draft_of(world.pipeline)), "demo"))
    publish_pipeline(world.manager, world.pipeline)
    lead.refresh_from_db()
    assert lead.version.number == 1
    assert lead.stage.key == "demo"


def test_a_stage_that_comes_back_is_the_same_stage(world):
    before = as_document(draft_of(world.pipeline))
    edit(world, drafting.remove_stage(before, "demo"))
    publish_pipeline(world.manager, world.pipeline)
    edit(world, before)
    publish_pipeline(world.manager, world.pipeline)
    demo = world.pipeline.stages.get(key="demo")
    assert demo.id == world.stages["demo"].id
    assert demo.retired_at is None


def test_an_unfinished_design_is_not_published(world):
    document = as_document(draft_of(world.pipeline))
    pipeline = edit(world, drafting.remove_stage(document, "won"))
    with pytest.raises(Invalid) as caught:
        publish_pipeline(world.manager, pipeline)
    assert caught.value.code == "not_ready"
    assert "/stages/contract/goals" in caught.value.fields


def test_the_first_live_pipeline_is_the_one_for_new_leads(db):
    pipeline = make_pipeline(None, name="Verkoop")
    publish_pipeline(None, pipeline)
    assert Pipeline.objects.get(id=pipeline.id).is_default


def test_another_pipeline_can_be_the_one_for_new_leads(world):
    other = make_pipeline(world.manager, name="Export")
    with pytest.raises(Conflict):
        set_default(world.manager, other)
    publish_pipeline(world.manager, other)
    set_default(world.manager, other)
    assert Pipeline.objects.get(is_default=True) == other


def test_a_pipeline_in_use_is_not_put_away(world):
    with pytest.raises(Conflict):
        archive_pipeline(world.manager, world.pipeline)
    other = make_pipeline(world.manager, name="Export")
    publish_pipeline(world.manager, other)
    lead = world.lead("Zon", pipeline=Pipeline.objects.get(id=other.id))
    with pytest.raises(Conflict):
        archive_pipeline(world.manager, other)
    Lead.objects.filter(id=lead.id).delete()
    assert archive_pipeline(world.manager, other).archived_at
    assert not Pipeline.objects.live().filter(id=other.id).exists()
    assert restore_pipeline(world.manager, other).archived_at is None


def test_a_draft_can_be_thrown_away(world):
    changed, _key = drafting.add_stage(as_document(draft_of(world.pipeline)), {"en": "Pilot"})
    pipeline = edit(world, changed)
    pipeline = discard_draft(world.manager, pipeline, revision=2)
    assert not differs(pipeline)


def test_the_first_run_makes_all_or_nothing(db):
    with pytest.raises(Invalid):
        set_up_selling(
            organisation="Zonnig",
            name="Anna",
            email="anna@zon.example",
            password="kort",
            template="b2b-classic",
        )
    assert not User.objects.exists()
    user, pipeline = set_up_selling(
        organisation="Zonnig",
        name="Anna",
        email="anna@zon.example",
        password="een lange zin met zon",
        team="Noord",
        template="b2b-classic",
    )
    assert user.role == "admin"
    assert pipeline.name == "Zakelijke verkoop"
    assert pipeline.version is not None
    assert pipeline.is_default
    with pytest.raises(Conflict):
        set_up_selling(organisation="Z", name="A", email="a@b.example", password="een lange zin")
