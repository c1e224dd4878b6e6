"""Any sequence of deeds, in any order, keeps the invariants of the engine (quality.md)."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cadans.events.models import Event
from cadans.ground.errors import CadansError
from cadans.leads import actions
from cadans.leads.facts import facts_of
from cadans.leads.models import Closing, Lead, StageVisit, Task
from cadans.process.decide import next_steps
from cadans.process.models import published
from tests.retold import assert_visits_are_in_their_place
from tests.world import MONDAY, World, build

STAGES = ["new", "demo", "proposal", "contract", "won"]


class AnySequence(RuleBasedStateMachine):
    """One lead, on which people and programs do whatever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.world: World = build()
        self.hours = 0.0
        self.lead: Lead = self.world.lead()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def at(self) -> Any:
        """A little later than the deed before."""
        self.hours += 0.5
        return MONDAY + timedelta(hours=self.hours)

    def attempt(self, deed: Any, *args: Any, **fields: Any) -> None:
        """Do it; being refused is fine as long as nothing was half-done."""
        before = Event.objects.count()
        try:
            with transaction.atomic():
                deed(*args, **fields)
        except CadansError:
            assert Event.objects.count() == before

    @rule(
        kind=st.sampled_from(["call", "demo", "meeting", "ask"]),
        outcome=st.sampled_from(["", "reached"]),
    )
    def log(self, kind: str, outcome: str) -> None:
        self.attempt(
            actions.log_activity,
            self.world.anna,
            self.lead,
            kind=kind,
            outcome=outcome,
            at=self.at(),
        )

    @rule(late=st.floats(0, 40))
    def log_late(self, late: float) -> None:
        at = MONDAY + timedelta(hours=max(self.hours - late, 0))
        self.attempt(
            actions.log_activity, self.world.anna, self.lead, kind="call", outcome="reached", at=at
        )

    @rule(on=st.booleans())
    def tick(self, on: bool) -> None:
        self.attempt(
            actions.tick_goal, self.world.anna, self.lead, goal="agreed", on=on, at=self.at()
        )

    @rule(value=st.sampled_from([None, Decimal(0), Decimal("99.95"), Decimal(5000)]))
    def set_value(self, value: Decimal | None) -> None:
        self.attempt(actions.change_lead, self.world.anna, self.lead, changes={"value": value})

    @rule(done=st.booleans())
    def end_a_task(self, done: bool) -> None:
        task = Task.objects.filter(lead=self.lead, state="open").order_by("id").first()
        if task is not None:
            deed = actions.do_task if done else actions.skip_task
            self.attempt(deed, self.world.anna, task, at=self.at())

    @rule(by=st.sampled_from(["customer", "us"]))
    def signal(self, by: str) -> None:
        self.attempt(
            actions.receive_signal,
            self.world.admin,
            name="contract_signed",
            lead=self.lead.id,
            payload={"by": by},
            at=self.at(),
        )

    @rule(stage=st.sampled_from(STAGES), reason=st.sampled_from(["", "omdat"]), boss=st.booleans())
    def move(self, stage: str, reason: str, boss: bool) -> None:
        actor = self.world.manager if boss else self.world.bram
        self.attempt(actions.move_lead, actor, self.lead, stage=stage, reason=reason, at=self.at())

    @rule()
    def win(self) -> None:
        self.attempt(actions.win_lead, self.world.anna, self.lead, at=self.at())

    @rule()
    def lose(self) -> None:
        self.attempt(
            actions.lose_lead,
            self.world.anna,
            self.lead,
            reason=self.world.too_expensive,
            at=self.at(),
        )

    @rule()
    def reopen(self) -> None:
        self.attempt(actions.reopen_lead, self.world.anna, self.lead, at=self.at())

    @rule(any_move=st.booleans())
    def undo(self, any_move: bool) -> None:
        moves = Event.objects.filter(lead=self.lead.id, kind="stage_left").order_by("id")
        event = moves.first() if any_move else moves.last()
        if event is not None:
            self.attempt(actions.undo_move, self.world.anna, self.lead, event=event.id)

    @rule(who=st.sampled_from(["anna", "bram", "chris"]))
    def give(self, who: str) -> None:
        self.attempt(
            actions.assign_lead, self.world.manager, self.lead, owner=getattr(self.world, who)
        )

    def fresh(self) -> Lead:
        return Lead.objects.get(id=self.lead.id)

    @invariant()
    def visits_follow_each_other(self) -> None:
        lead = self.fresh()
        visits = list(StageVisit.objects.filter(lead=lead).order_by("id"))
        for earlier, later in pairwise(visits):
            assert earlier.left_at is not None
            assert earlier.left_at <= later.entered_at
            assert earlier.left_at == later.entered_at or earlier.how in {"won", "lost"}
        still_in = [visit for visit in visits if visit.left_at is None]
        assert len(still_in) == (1 if lead.is_open else 0)
        assert visits[-1].stage_id == lead.stage_id

    @invariant()
    def visits_know_their_place(self) -> None:
        assert assert_visits_are_in_their_place() > 0

    @invariant()
    def a_closing_stands_exactly_while_the_lead_is_closed(self) -> None:
        lead = self.fresh()
        closing = Closing.objects.standing().filter(lead=lead).first()
        if lead.is_open:
            assert closing is None
        else:
            assert closing is not None
            assert (closing.status, closing.at) == (lead.status, lead.closed_at)

    @invariant()
    def no_task_of_a_stage_that_was_left_is_open(self) -> None:
        left = Task.objects.filter(lead=self.lead, visit__left_at__isnull=False, state="open")
        assert not left.exists()

    @invariant()
    def nothing_is_left_to_be_done_by_the_process(self) -> None:
        lead = self.fresh()
        process = published(lead.version_id)
        visit = StageVisit.objects.filter(lead=lead, left_at=None).first()
        steps = next_steps(process.design, facts_of(lead, process, visit))
        assert not steps or (visit is not None and visit.held)

    @invariant()
    def the_log_tells_what_the_tables_hold(self) -> None:
        lead, told = self.fresh(), self.world.told(self.lead)
        assert told.status == lead.status
        assert told.owner == (str(lead.owner_id) if lead.owner_id else None)
        visits = StageVisit.objects.filter(lead=lead)
        assert {(str(one.id), str(one.stage_id), str(one.owner_id), one.how) for one in visits} == {
            (one.id, one.stage, one.owner, one.left_how) for one in told.visits.values()
        }
        tasks = Task.objects.filter(lead=lead).exclude(key="")
        assert {str(task.id): task.state for task in tasks} == told.tasks


@pytest.mark.slow
@pytest.mark.django_db
def test_any_sequence_of_deeds_keeps_the_invariants() -> None:
    run_state_machine_as_test(
        AnySequence,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
