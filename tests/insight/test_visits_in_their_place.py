"""What the database keeps beside each visit: is it the first, and when was the lead higher."""

import pytest
from django.db import connection
from hypothesis import given

from cadans.leads.actions.placing import place_visits_anew
from cadans.leads.models import Closing, StageVisit
from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, publish_pipeline, save_draft
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline, Stage
from tests.insight.scene import day
from tests.judges.histories import write
from tests.judges.test_figures import lives_of_leads, many
from tests.retold import assert_visits_are_in_their_place


def told(lead):
    """Of each visit its stage, whether it is the first, and after how many days it was higher."""
    visits = StageVisit.objects.filter(lead=lead).order_by("entered_at", "id")
    return [
        (
            visit.stage.key,
            visit.is_first,
            None if visit.higher_at is None else (visit.higher_at - day(0)).days,
        )
        for visit in visits.select_related("stage")
    ]


def test_the_next_visit_up_is_the_higher_one(scene):
    lead = scene.lead([("new", 0), ("demo", 2), ("won", 6)], closed=("won", 6))
    assert told(lead) == [("new", True, 2), ("demo", True, 6), ("won", True, None)]


def test_moved_back_is_not_higher_and_not_first_again(scene):
    lead = scene.lead([("offer", 0), ("new", 1), ("demo", 3), ("offer", 8), ("won", 9)])
    assert told(lead) == [
        *(("offer", True, 9), ("new", True, 3), ("demo", True, 8), ("offer", False, 9)),
        ("won", True, None),
    ]


def test_a_win_that_was_undone_was_no_step_up(scene):
    lead = scene.lead([("new", 0), ("won", 4), ("new", 5)], undone=[("won", 4, 5)])
    assert told(lead) == [("new", True, None), ("won", False, None), ("new", False, None)]
    Closing.objects.filter(lead=lead).delete()
    assert told(lead) == [("new", True, 4), ("won", True, None), ("new", False, None)]


def test_a_stage_that_ends_in_lost_is_no_step_up(scene):
    lead = scene.lead([("new", 0), ("dropped", 4)], closed=("lost", 4))
    assert told(lead) == [("new", True, None), ("dropped", False, None)]


def test_a_visit_that_is_taken_away_was_no_step(scene):
    lead = scene.lead([("new", 0), ("demo", 2), ("demo", 5)])
    StageVisit.objects.filter(lead=lead, entered_at=day(2)).delete()
    assert told(lead) == [("new", True, 5), ("demo", True, None)]
    StageVisit.objects.filter(lead=lead, entered_at=day(5)).update(entered_at=day(3))
    assert told(lead) == [("new", True, 3), ("demo", True, None)]


@given(lives=lives_of_leads)
@many
def test_random_histories_written_in_bulk(scene, lives):
    write(scene, lives)
    assert assert_visits_are_in_their_place() == sum(len(life.visits) for life in lives)


def test_another_order_of_stages_places_the_visits_anew(scene):
    lead = scene.lead([("new", 0), ("demo", 2), ("offer", 6)])
    Stage.objects.filter(pipeline=scene.pipeline, key="demo").update(position=2)
    Stage.objects.filter(pipeline=scene.pipeline, key="offer").update(position=1)
    place_visits_anew(scene.pipeline.id)
    assert told(lead) == [("new", True, 2), ("demo", True, None), ("offer", True, None)]
    assert assert_visits_are_in_their_place() == 3


# ── What publishing does ────────────────────────────────────────────────────────────────────


def publish(world, document, mapping=None):
    pipeline = Pipeline.objects.get(id=world.pipeline.id)
    save_draft(world.manager, pipeline, document=document, revision=pipeline.draft_revision)
    publish_pipeline(world.manager, pipeline, mapping=mapping or {})


def test_publishing_another_order_places_the_visits_anew(world):
    lead = world.put_in(world.put_in(world.lead("Zon"), "demo"), "proposal")
    demo = StageVisit.objects.filter(lead=lead, stage__key="demo")
    assert demo.get().higher_at is not None
    document = as_document(draft_of(world.pipeline))
    publish(world, drafting.move_stage(document, "demo", to=2))
    assert demo.get().higher_at is None
    assert assert_visits_are_in_their_place() == 3


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_stage_more_or_less_changes_nothing_of_what_was(world, change):
    lead = world.put_in(world.put_in(world.lead("Zon"), "demo"), "proposal")
    before = list(StageVisit.objects.order_by("id").values_list("id", "higher_at"))
    document = as_document(draft_of(world.pipeline))
    if change == "remove":
        document = drafting.remove_stage(document, "demo")
    else:
        document, _key = drafting.add_stage(document, {"en": "Pilot"}, before="demo")
    with connection.execute_wrapper(refuse_to_place_anew):
        publish(world, document)
    assert list(StageVisit.objects.order_by("id").values_list("id", "higher_at")) == before
    assert StageVisit.objects.get(lead=lead, stage__key="demo").higher_at is not None
    # Also for leads that come after: the stage that is gone keeps its place on the way up.
    assert assert_visits_are_in_their_place() == 3


def refuse_to_place_anew(execute, sql, params, many, context):
    assert "leads_place_visits" not in sql
    return execute(sql, params, many, context)
