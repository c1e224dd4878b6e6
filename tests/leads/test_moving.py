"""Moving, winning, losing, cancelling and reopening by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from cadans.ground.errors import Conflict, Invalid, NotFound, Outdated
from cadans.leads import actions
from cadans.leads.models import Closing, Lead, StageVisit, Task
from cadans.process.models import Pipeline, Stage
from tests.world import MONDAY, World


def test_moving_past_unmet_goals_is_possible_and_remembered(world: World) -> None:
    lead = world.lead()
    actions.move_lead(world.anna, lead, stage="demo")
    visit = StageVisit.objects.get(lead=lead, stage=world.stages["new"])
    assert (visit.how, visit.goals_met) == ("moved", False)


def test_passing_over_a_stage_is_remembered(world: World) -> None:
    lead = world.put_in(world.lead(), "proposal")
    assert StageVisit.objects.get(lead=lead, left_at=None).jumped


def test_moving_to_the_stage_it_is_in_changes_nothing(world: World) -> None:
    lead = world.lead()
    before = len(world.kinds(lead))
    actions.move_lead(world.anna, lead, stage="new")
    assert len(world.kinds(lead)) == before


def test_a_stage_may_ask_for_a_reason(world: World) -> None:
    lead = world.put_in(world.lead(), "proposal")
    with pytest.raises(Conflict) as refused:
        actions.move_lead(world.anna, lead, stage="contract")
    assert refused.value.code == "reason_needed"
    actions.move_lead(world.anna, lead, stage="contract", reason="Klant had haast")
    visit = StageVisit.objects.get(lead=lead, left_at=None)
    assert (world.stage_of(lead), visit.reason) == ("contract", "Klant had haast")


def test_a_stage_may_block_and_only_a_managers_reason_passes(world: World) -> None:
    lead = world.put_in(world.lead(), "contract")
    for reason in ("", "Ik wil door"):
        with pytest.raises(Conflict) as refused:
            actions.move_lead(world.anna, lead, stage="won", reason=reason)
        assert refused.value.code == "goals_unmet"
    with pytest.raises(Conflict):
        actions.move_lead(world.manager, lead, stage="won")
    moved = actions.move_lead(world.manager, lead, stage="won", reason="Papieren contract")
    assert moved.status == "won"


def test_moving_back_is_always_possible(world: World) -> None:
    lead = world.put_in(world.lead(), "contract")
    actions.move_lead(world.anna, lead, stage="new")
    assert world.stage_of(lead) == "new"


def test_a_lead_put_back_with_its_goals_met_waits_until_something_changes(world: World) -> None:
    lead = world.lead()
    actions.move_lead(world.manager, lead, stage="proposal", at=MONDAY)
    actions.tick_goal(world.anna, lead, goal="agreed", at=MONDAY)
    actions.do_task(world.anna, world.task(lead, "send"), at=MONDAY)
    assert world.stage_of(lead) == "contract"
    world.put_in(lead, "proposal", hours=2)
    assert world.stage_of(lead) == "proposal"
    actions.log_activity(world.anna, lead, kind="note", note="Nog even overleggen")
    assert world.stage_of(lead) == "proposal"
    actions.tick_goal(world.anna, lead, goal="agreed", on=False)
    actions.tick_goal(world.anna, lead, goal="agreed")
    assert world.stage_of(lead) == "proposal", "the task of this stay is still to be done"
    actions.do_task(world.anna, world.task(lead, "send"))
    assert world.stage_of(lead) == "contract"


def test_winning_enters_the_won_stage_and_closes(world: World) -> None:
    lead = world.lead(value=Decimal(10))
    won = actions.win_lead(world.anna, lead, at=MONDAY + timedelta(days=1))
    assert (won.status, world.stage_of(won)) == ("won", "won")
    last = StageVisit.objects.filter(lead=lead).latest("id")
    assert last.entered_at == last.left_at == won.closed_at
    assert Task.objects.filter(lead=lead).open().count() == 0


def test_losing_leaves_the_lead_where_it_was_lost(world: World) -> None:
    lead = world.put_in(world.lead(value=Decimal(10)), "demo")
    lost = actions.lose_lead(world.anna, lead, reason=world.too_expensive)
    closing = Closing.objects.standing().get(lead=lead)
    assert (lost.status, world.stage_of(lost), closing.reason) == (
        "lost",
        "demo",
        world.too_expensive,
    )
    assert StageVisit.objects.filter(lead=lead).latest("id").how == "lost"


def test_cancelling_closes_without_a_win_or_a_loss(world: World) -> None:
    assert actions.cancel_lead(world.anna, world.lead()).status == "cancelled"


def test_reopening_puts_a_won_lead_back_in_its_last_open_stage(world: World) -> None:
    lead = world.put_in(world.lead(), "demo")
    actions.win_lead(world.anna, lead)
    again = actions.reopen_lead(world.anna, lead)
    assert (again.status, again.closed_at, world.stage_of(again)) == ("open", None, "demo")
    assert not Closing.objects.standing().filter(lead=lead).exists()
    assert StageVisit.objects.filter(lead=lead, left_at=None).count() == 1


def test_a_lead_can_be_closed_reopened_and_closed_again(world: World) -> None:
    lead = world.lead()
    actions.lose_lead(world.anna, lead)
    actions.reopen_lead(world.anna, lead)
    actions.win_lead(world.anna, lead)
    assert Closing.objects.filter(lead=lead).count() == 2
    assert Closing.objects.standing().get(lead=lead).status == "won"
    told = world.told(lead)
    assert told.status == "won"
    assert len(told.closings) == 1


@pytest.mark.parametrize(
    "deed",
    [
        lambda world, lead: actions.move_lead(world.anna, lead, stage="demo"),
        lambda world, lead: actions.win_lead(world.anna, lead),
        lambda world, lead: actions.lose_lead(world.anna, lead),
        lambda world, lead: actions.tick_goal(world.anna, lead, goal="agreed"),
    ],
    ids=["move", "win", "lose", "tick"],
)
def test_a_closed_lead_must_be_reopened_first(world: World, deed) -> None:  # type: ignore[no-untyped-def]
    lead = actions.win_lead(world.anna, world.lead())
    before = len(world.kinds(lead))
    with pytest.raises(Conflict) as refused:
        deed(world, lead)
    assert refused.value.code == "lead_is_closed"
    assert len(world.kinds(lead)) == before, "nothing is half-saved"


def test_an_open_lead_cannot_be_reopened(world: World) -> None:
    with pytest.raises(Conflict):
        actions.reopen_lead(world.anna, world.lead())


def test_an_unknown_stage_is_refused_with_the_stages_there_are(world: World) -> None:
    with translation.override("en"), pytest.raises(Invalid) as refused:
        actions.move_lead(world.anna, world.lead(), stage="nirvana")
    assert refused.value.code == "unknown_stage"
    assert "Proposal" in refused.value.message


def test_a_stage_of_another_pipeline_is_refused_as_such(world: World) -> None:
    other = Pipeline.objects.create(key="other", name="Verlengingen")
    Stage.objects.create(pipeline=other, key="renew", name={"nl": "Verlengen"}, position=0)
    with pytest.raises(Invalid) as refused:
        actions.move_lead(world.anna, world.lead(), stage="renew")
    assert refused.value.code == "stage_of_another_pipeline"


def test_dates_in_the_wrong_order_are_refused(world: World) -> None:
    lead = world.lead()
    before = MONDAY - timedelta(days=1)
    for deed in (
        lambda: actions.move_lead(world.anna, lead, stage="demo", at=before),
        lambda: actions.win_lead(world.anna, lead, at=before),
        lambda: actions.lose_lead(world.anna, lead, at=before),
    ):
        with pytest.raises(Invalid) as refused:
            deed()
        assert refused.value.code == "wrong_order"


def test_the_future_is_refused(world: World) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        actions.win_lead(world.anna, world.lead(), at=tomorrow)
    assert refused.value.code == "in_the_future"


def test_a_lost_race_is_refused(world: World) -> None:
    lead = world.lead()
    read = Lead.objects.get(id=lead.id).revision
    actions.change_lead(world.anna, lead, changes={"title": "Eerst"}, revision=read)
    with pytest.raises(Outdated):
        actions.change_lead(world.bram, lead, changes={"title": "Later"}, revision=read)


def test_a_deleted_lead_is_gone_for_every_verb(world: World) -> None:
    lead = world.lead()
    actions.delete_lead(world.anna, lead)
    with pytest.raises(NotFound):
        actions.win_lead(world.anna, lead)


def test_giving_a_lead_away_takes_its_open_tasks_along(world: World) -> None:
    lead = world.lead(owner=world.anna)
    actions.assign_lead(world.manager, lead, owner=world.bram)
    assert set(Task.objects.filter(lead=lead).values_list("assignee", flat=True)) == {world.bram.id}
    assert world.told(lead).owner == str(world.bram.id)
    visit = StageVisit.objects.get(lead=lead)
    assert visit.owner == world.anna, "the stay keeps the owner with whom it began"
