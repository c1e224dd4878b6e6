"""Histories from files: any order, repeats, endings, closings that are there already."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cadans.exchange.models import ImportRun
from cadans.leads.models import Lead, StageVisit
from tests.retold import assert_replay_equals_tables
from tests.world import World

Importing = Callable[..., ImportRun]
HEADER = "external_id,stage,entered_at\n"


@pytest.fixture
def lead(world: World, take_in: Importing) -> Lead:
    take_in("external_id,title,owner,opened_at\nA,One,Anna Smit,2026-01-01T08:00:00Z\n")
    return Lead.objects.get()


def stays(lead: Lead) -> list[tuple[str, str, str]]:
    return [
        (one.stage.key, f"{one.entered_at:%d}", one.how)
        for one in lead.visits.order_by("entered_at", "id")
    ]


def test_changes_in_any_order_become_stays(world: World, take_in: Importing, lead: Lead) -> None:
    run = take_in(
        HEADER + "A,proposal,2026-01-05T08:00:00Z\nA,new,2026-01-01T08:00:00Z\n"
        "A,demo,2026-01-03T08:00:00Z\nA,demo,2026-01-04T08:00:00Z\n",
        "stage-changes",
    )
    assert run.counts == {"created": 3, "updated": 0, "skipped": 1, "refused": 0}
    assert stays(lead) == [("new", "01", "moved"), ("demo", "03", "moved"), ("proposal", "05", "")]
    lead.refresh_from_db()
    assert lead.stage.key == "proposal"
    assert lead.stage_entered_at.day == 5
    assert_replay_equals_tables()


def test_a_stage_that_ends_in_won_closes_the_lead_then(
    world: World, take_in: Importing, lead: Lead
) -> None:
    take_in(HEADER + "A,new,2026-01-01T08:00:00Z\nA,won,2026-01-09T08:00:00Z\n", "stage-changes")
    lead.refresh_from_db()
    assert (lead.status, lead.stage.key) == ("won", "won")
    assert lead.closed_at is not None
    assert lead.closed_at.day == 9
    closing = lead.closings.get()
    assert (closing.status, closing.at, closing.owner) == ("won", lead.closed_at, world.anna)
    assert stays(lead) == [("new", "01", "won"), ("won", "09", "won")]
    assert_replay_equals_tables()


def test_a_lead_that_went_on_after_an_end_was_reopened(
    world: World, take_in: Importing, lead: Lead
) -> None:
    take_in(
        HEADER + "A,new,2026-01-01T08:00:00Z\nA,won,2026-01-09T08:00:00Z\n"
        "A,proposal,2026-01-10T08:00:00Z\n",
        "stage-changes",
    )
    lead.refresh_from_db()
    assert (lead.status, lead.stage.key) == ("open", "proposal")
    assert lead.closings.get().reopened_at is not None
    assert_replay_equals_tables()


def test_a_closing_from_the_leads_file_ends_the_last_stay(world: World, take_in: Importing) -> None:
    take_in("external_id,title,status,opened_at,closed_at\nA,One,lost,2026-01-01,2026-01-20\n")
    lead = Lead.objects.get()
    run = take_in(
        HEADER + "A,new,2026-01-01T08:00:00Z\nA,proposal,2026-01-05T08:00:00Z\n"
        "A,demo,2026-02-05T08:00:00Z\n",
        "stage-changes",
    )
    assert run.refused == 1  # the last change comes after the lead was closed
    assert stays(lead) == [("new", "01", "moved"), ("proposal", "05", "lost")]
    closing = lead.closings.get()
    assert (closing.status, closing.stage.key) == ("lost", "proposal")
    assert closing.at == lead.closed_at
    assert_replay_equals_tables()


def test_a_history_that_contradicts_the_lead_is_refused(world: World, take_in: Importing) -> None:
    take_in("external_id,title,status,opened_at,closed_at\nA,One,lost,2026-01-01,2026-01-20\n")
    run = take_in(
        HEADER + "A,new,2026-01-01T08:00:00Z\nA,won,2026-01-05T08:00:00Z\n", "stage-changes"
    )
    assert run.refused == 2
    assert Lead.objects.get().status == "lost"


def test_the_same_again_changes_nothing_and_undoes_nobodys_work(
    world: World, take_in: Importing, lead: Lead
) -> None:
    text = HEADER + "A,new,2026-01-01T08:00:00Z\n"
    take_in(text, "stage-changes")
    world.put_in(lead, "proposal")
    run = take_in(text, "stage-changes")
    assert run.counts == {"created": 0, "updated": 0, "skipped": 1, "refused": 0}
    assert world.stage_of(lead) == "proposal"


def test_a_longer_history_replaces_a_shorter_one(
    world: World, take_in: Importing, lead: Lead
) -> None:
    take_in(HEADER + "A,new,2026-01-01T08:00:00Z\n", "stage-changes")
    take_in(
        HEADER + "A,new,2026-01-01T08:00:00Z\nA,proposal,2026-01-04T08:00:00Z\n", "stage-changes"
    )
    assert stays(lead) == [("new", "01", "moved"), ("proposal", "04", "")]
    assert StageVisit.objects.filter(lead=lead).count() == 2
    assert_replay_equals_tables()


def test_bad_rows_are_refused_and_the_others_used(
    world: World, take_in: Importing, lead: Lead
) -> None:
    run = take_in(
        HEADER + "A,new,2026-01-01T08:00:00Z\nA,nergens,2026-01-02T08:00:00Z\nB,new,2026-01-02\n"
        "A,proposal,gisteren\n,new,2026-01-02\nA,,2026-01-02\n",
        "stage-changes",
    )
    assert (run.created, run.refused) == (1, 5)
    assert stays(lead) == [("new", "01", "")]


def test_owners_of_stays_are_kept(world: World, take_in: Importing, lead: Lead) -> None:
    take_in(
        "external_id,stage,entered_at,owner\nA,new,2026-01-01T08:00:00Z,Bram Mulder\n"
        "A,proposal,2026-01-03T08:00:00Z,\nA,demo,2026-01-04T08:00:00Z,Chris de Wit\n",
        "stage-changes",
    )
    owners = [one.owner for one in lead.visits.order_by("entered_at")]
    assert owners == [world.bram, world.bram, world.chris]
    lead.refresh_from_db()
    assert lead.owner == world.anna


def test_a_history_from_before_the_opening_opens_the_lead_earlier(
    world: World, take_in: Importing, lead: Lead
) -> None:
    take_in(HEADER + "A,new,2025-12-01T08:00:00Z\n", "stage-changes")
    lead.refresh_from_db()
    assert lead.opened_at.year == 2025
    assert_replay_equals_tables()


def test_tasks_outlive_the_rebuilding_of_their_stay(world: World, take_in: Importing) -> None:
    lead = world.lead("Zon", external_id="Z")
    tasks = lead.tasks.count()
    take_in(HEADER + "Z,new,2026-03-02T09:00:00Z\n", "stage-changes")
    assert lead.tasks.count() == tasks > 0


def test_a_trial_keeps_nothing(world: World, take_in: Importing, lead: Lead) -> None:
    run = take_in(
        HEADER + "A,new,2026-01-01T08:00:00Z\nA,proposal,2026-01-05T08:00:00Z\n",
        "stage-changes",
        trial=True,
    )
    assert run.created == 2
    assert stays(lead) == [("new", "01", "")]
