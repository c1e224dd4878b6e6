"""Publishing while many leads are on their way: each where the mapping says, history untouched."""

from collections import Counter

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cadans.events.models import Event
from cadans.leads.actions import settle_lead
from cadans.leads.models import Lead, StageVisit, Task
from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, publish_pipeline, save_draft
from cadans.playbooks.queries import draft_of
from tests.retold import assert_replay_equals_tables
from tests.world import World

LEADS = 500
STAGES = ("new", "demo", "proposal")


def five_hundred(world: World) -> dict[str, set[object]]:
    """Leads by the stage they lie in."""
    lying: dict[str, set[object]] = {stage: set() for stage in STAGES}
    for n in range(LEADS):
        lead = world.lead(people=[], company=None)
        stage = STAGES[n % len(STAGES)]
        if stage != "new":
            world.put_in(lead, stage)
        lying[stage].add(lead.id)
    return lying


def without_demo(world: World) -> int:
    """Save a draft in which the demo is gone and a survey comes first; its revision."""
    pipeline = world.pipeline
    pipeline.refresh_from_db()
    document = drafting.remove_stage(as_document(draft_of(pipeline)), "demo")
    document, _key = drafting.add_stage(document, {"nl": "Opname", "en": "Survey"}, before="new")
    saved = save_draft(world.manager, pipeline, document=document, revision=pipeline.draft_revision)
    return saved.draft_revision


def history(leads: set[object]) -> set[tuple[object, ...]]:
    ended = StageVisit.objects.filter(lead__in=leads, left_at__isnull=False)
    return set(ended.values_list("id", "stage", "version", "entered_at", "left_at", "how"))


def test_every_lead_lands_where_the_mapping_says(world: World) -> None:
    lying = five_hundred(world)
    everybody = set().union(*lying.values())
    before = history(everybody)
    owners = dict(Lead.objects.values_list("id", "owner"))
    without_demo(world)
    with CaptureQueriesContext(connection) as asked:
        version = publish_pipeline(world.manager, world.pipeline, mapping={"demo": "proposal"})
    now = {
        stage: set(Lead.objects.filter(stage__key=stage).values_list("id", flat=True))
        for stage in STAGES
    }
    assert now == {
        "new": lying["new"],
        "demo": set(),
        "proposal": lying["demo"] | lying["proposal"],
    }
    assert set(Lead.objects.values_list("version", flat=True)) == {version.id}
    assert dict(Lead.objects.values_list("id", "owner")) == owners
    assert before <= history(everybody)
    moved = StageVisit.objects.filter(lead__in=lying["demo"], stage__key="demo")
    assert set(moved.values_list("how", flat=True)) == {"moved"}
    states = Counter(Task.objects.filter(lead__in=lying["demo"]).values_list("key", "state"))
    assert states["prepare", "skipped"] == states["send", "open"] == len(lying["demo"])
    assert assert_replay_equals_tables() > LEADS
    # Nothing is asked lead by lead.
    assert len(asked) < 70


def test_versions_stay_apart(world: World) -> None:
    lying = five_hundred(world)
    first = world.pipeline.version_id
    without_demo(world)
    second = publish_pipeline(world.manager, world.pipeline, mapping={"demo": "proposal"})
    began = StageVisit.objects.filter(lead__in=lying["demo"]).order_by("entered_at", "id")
    assert list(began.values_list("version", flat=True))[-1] == second.id
    assert set(began.filter(stage__key="demo").values_list("version", flat=True)) == {first}


def test_a_lead_made_in_the_instant_of_a_publish_is_brought_up(world: World) -> None:
    stays, goes = world.lead(), world.put_in(world.lead(), "demo")
    old = world.pipeline.version_id
    without_demo(world)
    version = publish_pipeline(world.manager, world.pipeline, mapping={"demo": "proposal"})
    late = world.lead()
    # As if its transaction began before the publish and ended after it.
    Lead.objects.filter(id=late.id).update(version=old)
    settle_lead(late.id)
    assert Lead.objects.get(id=late.id).version == version
    assert not Event.objects.filter(lead=late.id, kind="stage_left").exists()
    assert {world.stage_of(stays), world.stage_of(goes)} == {"new", "proposal"}
