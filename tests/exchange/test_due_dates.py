"""A file that brings another expected close moves the due dates that count back from it."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cadans.events.models import Event
from cadans.leads import actions
from cadans.leads.models import Lead, Task
from cadans.process.models import published
from tests.world import World

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Europe/Amsterdam")
HEADER = "external_id,title,expected_close\n"


@pytest.fixture
def leads(world: World) -> list[Lead]:
    """Two leads in a stage with a task a working day before the close, and one after entering."""
    document = world.pipeline.version.document  # type: ignore[union-attr]
    back = {"after": 1, "unit": "working_days", "since": "before_expected_close"}
    document["stages"][0]["tasks"] = [
        {"key": "check", "name": {"nl": "Nalopen", "en": "Check"}, "due": back},
        {"key": "look", "name": {"nl": "Opzoeken", "en": "Look up"}},
    ]
    world.pipeline.version.save()  # type: ignore[union-attr]
    published.cache_clear()
    close = date(2026, 3, 23)
    return [
        world.lead(f"Zon {n}", owner=world.anna, external_id=f"z-{n}", expected_close=close)
        for n in (1, 2)
    ]


def due(lead: Lead, key: str = "check") -> Any:
    return Task.objects.get(lead=lead, key=key).due_at


def test_due_dates_move_along(
    world: World, leads: list[Lead], take_in: Any, django_assert_max_num_queries: Any
) -> None:
    one, other = leads
    by_hand = Task.objects.get(lead=other, key="check")
    chosen = datetime(2026, 3, 5, 12, tzinfo=HERE)
    actions.change_task(world.anna, by_hand, changes={"due_at": chosen})
    entered = due(one, "look")
    take_in(HEADER + "z-1,Zon 1,2026-04-14\nz-2,Zon 2,2026-04-14\n")
    assert due(one) == datetime(2026, 4, 13, 17, 30, tzinfo=HERE)
    assert due(one, "look") == entered
    assert due(other) == chosen
    event = Event.objects.get(kind="task_rescheduled")
    assert event.lead == one.id
    assert event.because["rule"] == "expected_close"
    cause = Event.objects.get(id=event.cause)
    assert (cause.kind, cause.lead) == ("lead_changed", one.id)
    assert "expected_close" in cause.data["changes"]
    # The same file again changes nothing.
    take_in(HEADER + "z-1,Zon 1,2026-04-14\nz-2,Zon 2,2026-04-14\n")
    assert Event.objects.filter(kind="task_rescheduled").count() == 1


def test_a_lead_that_is_closed_by_its_row_keeps_them(
    world: World, leads: list[Lead], take_in: Any
) -> None:
    before = due(leads[0])
    take_in(
        "external_id,title,status,closed_at,expected_close\nz-1,Zon 1,won,2026-03-20,2026-04-14\n"
    )
    assert Lead.objects.get(id=leads[0].id).status == "won"
    assert due(leads[0]) == before
    assert not Event.objects.filter(kind="task_rescheduled").exists()
