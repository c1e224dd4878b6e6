"""The main job: a lead follows the process and moves on by itself when a stage's goals are met."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cadans.events.models import Event
from cadans.leads import actions
from cadans.leads.models import Closing, Lead, StageVisit, Task
from tests.world import MONDAY, World


def test_a_new_lead_begins_in_the_first_stage_with_its_tasks_and_an_owner(world: World) -> None:
    lead = world.lead("Bakkerij Zon")
    assert world.stage_of(lead) == "new"
    assert lead.owner in {world.anna, world.bram, world.chris}
    tasks = Task.objects.filter(lead=lead).order_by("due_at")
    assert [task.key for task in tasks] == ["first_call", "look_up"]
    assert {task.assignee_id for task in tasks} == {lead.owner_id}
    assert tasks[0].due_at == MONDAY + timedelta(hours=4)
    visit = StageVisit.objects.get(lead=lead)
    assert (visit.owner_id, visit.left_at) == (lead.owner_id, None)


def test_a_working_day_ends_at_the_close_of_business(world: World) -> None:
    task = world.task(world.lead(), "look_up")
    local = timezone.localtime(task.due_at)
    assert (local.date().isoformat(), local.hour, local.minute) == ("2026-03-03", 17, 30)


def test_one_of_two_goals_is_not_enough(world: World) -> None:
    lead = world.lead()
    world.call(lead)
    assert world.stage_of(lead) == "new"


def test_a_call_without_the_outcome_asked_for_does_not_count(world: World) -> None:
    lead = world.lead(value=Decimal(5000))
    world.call(lead, outcome="no_answer")
    assert world.stage_of(lead) == "new"


def test_the_lead_goes_on_when_its_goals_are_met(world: World) -> None:
    lead = world.lead(value=Decimal(5000))
    world.call(lead)
    assert world.stage_of(lead) == "demo"
    first, second = StageVisit.objects.filter(lead=lead).order_by("entered_at")
    assert (first.how, first.goals_met, first.left_at) == ("advanced", True, second.entered_at)
    assert second.left_at is None


def test_leftover_tasks_are_skipped_when_the_goal_is_reached(world: World) -> None:
    lead = world.lead(value=Decimal(5000))
    world.call(lead)
    assert world.task(lead, "first_call").state == Task.State.SKIPPED
    assert world.task(lead, "look_up").state == Task.State.SKIPPED
    assert world.task(lead, "prepare").state == Task.State.OPEN


def test_a_task_of_ones_own_is_not_skipped(world: World) -> None:
    lead = world.lead(value=Decimal(5000))
    own = actions.add_task(world.anna, lead, name="Taart brengen")
    world.call(lead)
    own.refresh_from_db()
    assert own.state == Task.State.OPEN


def test_each_automatic_step_names_its_cause_and_its_reason(world: World) -> None:
    lead = world.lead(value=Decimal(5000))
    activity = world.call(lead)
    logged = Event.objects.get(kind="activity_logged", data__activity=str(activity.id))
    left = Event.objects.get(lead=lead.id, kind="stage_left")
    entered = Event.objects.filter(lead=lead.id, kind="stage_entered").latest("id")
    laid = Event.objects.filter(lead=lead.id, kind="task_laid").latest("id")
    assert left.cause == entered.cause == logged.id
    assert laid.cause == entered.id
    assert entered.because["rule"] == "goals_met"
    assert entered.because["version"] == 1
    assert set(entered.because["goals"]) == {"reached", "value"}
    assert entered.because["seen"] == {"call": 1, "value": "5000.00"}


def test_goals_that_are_met_already_carry_the_lead_further_at_once(world: World) -> None:
    lead = world.lead(value=Decimal(5000))
    document = world.pipeline.version.document  # type: ignore[union-attr]
    document["stages"][1]["goals"][0] |= {"activity": "call", "since": "ever"}
    world.pipeline.version.save()  # type: ignore[union-attr]
    from cadans.process.models import published

    published.cache_clear()
    world.call(lead)
    assert world.stage_of(lead) == "proposal"
    assert StageVisit.objects.filter(lead=lead).count() == 3


def test_a_lead_goes_through_the_whole_pipeline_by_itself(world: World) -> None:
    lead = world.lead(value=Decimal("9000.50"))
    world.call(lead)
    actions.log_activity(world.anna, lead, kind="demo", at=MONDAY + timedelta(hours=30))
    actions.do_task(world.anna, world.task(lead, "send"), at=MONDAY + timedelta(hours=50))
    actions.tick_goal(world.anna, lead, goal="agreed", at=MONDAY + timedelta(hours=51))
    assert world.stage_of(lead) == "contract"
    signed = MONDAY + timedelta(hours=90)
    wrong = {"name": "contract_signed", "lead": lead.id, "at": signed}
    actions.receive_signal(world.admin, **wrong, payload={"by": "us"})
    assert world.stage_of(lead) == "contract"
    events = actions.receive_signal(world.admin, **wrong, payload={"by": "customer"})
    assert [event.kind for event in events][:2] == ["signal_received", "stage_left"]
    lead.refresh_from_db()
    assert (lead.status, lead.closed_at, world.stage_of(lead)) == ("won", signed, "won")
    closing = Closing.objects.get(lead=lead)
    assert (closing.status, closing.worth, closing.owner_id) == (
        "won",
        Decimal("9000.50"),
        lead.owner_id,
    )
    assert not StageVisit.objects.filter(lead=lead, left_at=None).exists()


def test_a_signal_by_e_mail_address_reaches_the_persons_open_leads(world: World) -> None:
    lead = world.put_in(world.lead(), "contract")
    person = lead.parts.get().person
    actions.receive_signal(
        world.admin, name="contract_signed", email=person.email.upper(), payload={"by": "customer"}
    )
    lead.refresh_from_db()
    assert lead.status == "won"


def test_a_signal_of_a_stranger_is_kept_and_leads_to_nothing(world: World) -> None:
    assert actions.receive_signal(world.admin, name="visit", email="nobody@nowhere.example") == []


def test_a_planned_activity_does_not_meet_a_goal(world: World) -> None:
    lead = world.put_in(world.lead(), "demo")
    actions.log_activity(world.anna, lead, kind="demo", at=timezone.now() + timedelta(days=2))
    assert world.stage_of(lead) == "demo"


@pytest.mark.parametrize("stage", ["new", "demo", "proposal", "contract"])
def test_what_the_log_tells_is_what_the_tables_hold(world: World, stage: str) -> None:
    lead = world.lead(value=Decimal(100))
    if stage != "new":
        world.put_in(lead, stage)
    told = world.told(lead)
    visits = StageVisit.objects.filter(lead=lead)
    assert {
        (str(visit.id), str(visit.stage_id), str(visit.owner_id), visit.how) for visit in visits
    } == {(one.id, one.stage, one.owner, one.left_how) for one in told.visits.values()}
    assert told.tasks == {str(task.id): task.state for task in Task.objects.filter(lead=lead)}
    assert told.owner == str(Lead.objects.get(id=lead.id).owner_id)
