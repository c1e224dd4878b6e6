"""Idle leads and overdue tasks are noticed once: also late, twice at a time, or after a change."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cadans.events.models import Event
from cadans.leads import actions
from cadans.leads.actions import lapsing
from cadans.leads.jobs import notice_idle, notice_overdue
from cadans.leads.models import IdleSpell, Lead, MissedDue, Task
from cadans.process.models import Stage
from tests.world import MONDAY, World


def idle_events(lead: Lead) -> list[Event]:
    return list(Event.objects.filter(lead=lead.id, kind="lead_idle").order_by("id"))


def test_an_idle_lead_is_noticed_once(world: World) -> None:
    lead = world.lead("Zon")
    limit = MONDAY + timedelta(days=7)
    assert actions.notice_idle_leads(on=limit) == 0
    assert actions.notice_idle_leads(on=limit + timedelta(seconds=1)) == 1
    assert actions.notice_idle_leads(on=limit + timedelta(days=400)) == 0
    (event,) = idle_events(lead)
    assert event.at == limit
    assert (event.data["days"], event.via, event.actor) == (7, "clock", None)
    assert event.because == {"rule": "idle_limit"}


def test_after_a_touch_it_may_become_idle_again(world: World) -> None:
    lead = world.lead()
    actions.notice_idle_leads(on=MONDAY + timedelta(days=8))
    world.call(lead, hours=24 * 9, outcome="no_answer")
    assert actions.notice_idle_leads(on=MONDAY + timedelta(days=10)) == 0
    assert actions.notice_idle_leads(on=MONDAY + timedelta(days=17)) == 1
    assert len(idle_events(lead)) == 2


def test_what_was_logged_late_begins_a_spell_of_its_own(world: World) -> None:
    lead = world.lead()
    actions.notice_idle_leads(on=MONDAY + timedelta(days=8))
    world.call(lead, hours=24 * 5, outcome="no_answer")
    actions.notice_idle_leads(on=MONDAY + timedelta(days=13))
    assert [event.at for event in idle_events(lead)] == [
        MONDAY + timedelta(days=7),
        MONDAY + timedelta(days=12),
    ]


def test_each_stage_has_its_own_limit_or_none(world: World) -> None:
    demo, contract = world.put_in(world.lead(), "demo"), world.put_in(world.lead(), "contract")
    actions.notice_idle_leads(on=MONDAY + timedelta(days=14, hours=2))
    assert len(idle_events(demo)) == 1
    assert idle_events(contract) == []


def test_closed_and_deleted_leads_are_left_alone(world: World) -> None:
    gone, won = world.lead(), world.lead()
    actions.delete_lead(world.manager, gone)
    actions.win_lead(world.manager, won, at=MONDAY + timedelta(hours=1))
    assert actions.notice_idle_leads(on=MONDAY + timedelta(days=99)) == 0


def test_an_overdue_task_is_noticed_once_for_each_due_date(world: World) -> None:
    lead = world.lead("Zon")
    task = world.task(lead, "first_call")
    assert task.due_at is not None
    assert actions.notice_overdue_tasks(on=task.due_at) == 0
    assert actions.notice_overdue_tasks(on=task.due_at + timedelta(minutes=1)) == 1
    assert actions.notice_overdue_tasks(on=task.due_at + timedelta(minutes=2)) == 0
    event = Event.objects.get(lead=lead.id, kind="task_overdue")
    assert event.at == task.due_at
    assert event.data["name"] == {"nl": "Eerste belafspraak", "en": "First call"}
    assert event.data["assignee"] == str(task.assignee_id)
    later = task.due_at + timedelta(days=30)
    actions.change_task(world.anna, task, changes={"due_at": later})
    assert actions.notice_overdue_tasks(on=later + timedelta(minutes=1)) == 2  # and look_up
    assert Event.objects.filter(kind="task_overdue", data__task=str(task.id)).count() == 2


def test_ended_and_undated_tasks_are_left_alone(world: World) -> None:
    lead = world.lead()
    actions.add_task(world.anna, lead, name="Ooit")
    for key in ("first_call", "look_up"):
        actions.skip_task(world.anna, world.task(lead, key), at=MONDAY + timedelta(hours=1))
    assert actions.notice_overdue_tasks() == 0


def test_a_job_that_was_down_catches_up_once(world: World) -> None:
    """MONDAY lies months back: everything fell due while nobody looked."""
    lead = world.lead()
    for job in (notice_idle, notice_idle, notice_overdue, notice_overdue):
        job(timestamp=0)
    assert len(idle_events(lead)) == 1
    assert Event.objects.filter(lead=lead.id, kind="task_overdue").count() == 2


def test_noticing_changes_nothing_of_the_lead(world: World) -> None:
    lead = world.lead()
    before = Lead.objects.values().get(id=lead.id), Task.objects.values().get(key="look_up")
    told = world.told(lead)
    notice_idle(timestamp=0)
    notice_overdue(timestamp=0)
    assert before == (
        Lead.objects.values().get(id=lead.id),
        Task.objects.values().get(key="look_up"),
    )
    assert told == world.told(lead)


def test_any_number_is_noticed_in_as_many_questions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(on: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert actions.notice_idle_leads(on=on) in {2, 12}
        return len(queries)

    for _ in range(2):
        world.lead()
    few = asked(MONDAY + timedelta(days=8))
    for _ in range(12):
        world.lead(opened_at=MONDAY + timedelta(days=3))
    assert asked(MONDAY + timedelta(days=11)) == few
    monkeypatch.setattr(lapsing, "AT_ONCE", 5)
    Stage.objects.filter(key="new").update(idle_days=5)
    IdleSpell.objects.all().delete()
    assert actions.notice_idle_leads(on=MONDAY + timedelta(days=20)) == 14


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("notice", "kind", "rows"),
    [
        (actions.notice_idle_leads, "lead_idle", IdleSpell),
        (actions.notice_overdue_tasks, "task_overdue", MissedDue),
    ],
)
def test_two_workers_at_once_notice_it_once(
    transactional_db: None,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    notice: Callable[[], int],
    kind: str,
    rows: Any,
) -> None:
    """Both have seen the same leads as new before either writes."""
    for _ in range(6):
        world.lead()
    both_saw, noticed = Barrier(2), []
    written = lapsing._written

    def after_both_saw(*args: Any) -> Any:
        both_saw.wait(timeout=10)
        return written(*args)

    monkeypatch.setattr(lapsing, "_written", after_both_saw)

    def work() -> None:
        noticed.append(notice())
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    expected = 6 if kind == "lead_idle" else 12
    assert sum(noticed) == expected
    assert Event.objects.filter(kind=kind).count() == rows.objects.count() == expected
