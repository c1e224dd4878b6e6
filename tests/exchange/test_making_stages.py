"""Stages, and whole pipelines, that a file names and that are to be made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cadans.exchange.models import ImportRun
from cadans.ground.errors import Invalid
from cadans.leads.models import Lead
from cadans.process.models import Pipeline, Stage
from tests.world import World

Importing = Callable[..., ImportRun]
TEXT = (
    "external_id,title,stage,opened_at,closed_at\n"
    "A,One,Offerte,2026-01-01,\nB,Two,Closed Lost,2026-01-01,2026-01-05\n"
    "C,Three,Nieuw,2026-01-01,\n"
)


def test_unknown_stages_are_added_behind_the_last_open_one(
    world: World, take_in: Importing
) -> None:
    run = take_in(TEXT, make=["stages"])
    assert run.counts == {"created": 3, "updated": 0, "skipped": 0, "refused": 0}
    world.pipeline.refresh_from_db()
    assert world.pipeline.version is not None
    assert world.pipeline.version.number == 2
    stages = Stage.objects.filter(pipeline=world.pipeline).order_by("position")
    keys = list(stages.values_list("key", flat=True))
    assert keys == ["new", "demo", "proposal", "contract", "offerte", "won", "closed-lost"]
    assert Lead.objects.get(external_id="B").status == "lost"
    assert take_in(TEXT, make=["stages"]).skipped == 3
    world.pipeline.refresh_from_db()
    assert world.pipeline.version.number == 2


def test_a_trial_makes_no_stage(world: World, take_in: Importing) -> None:
    run = take_in(TEXT, make=["stages"], trial=True)
    assert run.counts == {"created": 3, "updated": 0, "skipped": 0, "refused": 0}
    assert ImportRun.objects.get(id=run.id).state == "tried"
    assert not Stage.objects.filter(key="offerte").exists()
    assert not Lead.objects.exists()


def test_a_pipeline_is_made_of_the_files_stages(world: World, take_in: Importing) -> None:
    run = take_in(TEXT, make=["stages"], new_pipeline="Oud systeem")
    assert run.created == 3
    pipeline = Pipeline.objects.get(name="Oud systeem")
    assert [stage.key for stage in pipeline.stages.order_by("position")] == [
        "offerte",
        "nieuw",
        "closed-lost",
    ]
    assert Lead.objects.filter(pipeline=pipeline).count() == 3


def test_a_draft_with_changes_is_not_run_over(world: World, take_in: Importing) -> None:
    world.pipeline.draft["stages"][0]["idle_days"] = 77
    world.pipeline.save()
    with pytest.raises(Invalid):
        take_in(TEXT, make=["stages"])
    assert not Lead.objects.exists()
