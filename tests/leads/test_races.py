"""Several people at the same lead at the same time."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection

from cadans.events.models import Event
from cadans.ground.errors import CadansError
from cadans.leads import actions
from cadans.leads.models import Activity, Lead, StageVisit
from cadans.process.models import ProcessVersion, published
from cadans.team.models import Membership
from tests.world import MONDAY, World, build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def at_once(n: int, deed: Callable[[int], object]) -> list[object]:
    """Run a deed in n threads, each with a connection of its own; errors are results too."""

    def run(number: int) -> object:
        try:
            return deed(number)
        except CadansError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))


def check_history(lead: Lead) -> None:
    """One visit after the other, without gaps or overlaps; one open visit for an open lead."""
    visits = list(StageVisit.objects.filter(lead=lead).order_by("entered_at", "id"))
    for earlier, later in pairwise(visits):
        assert earlier.left_at == later.entered_at
    fresh = Lead.objects.get(id=lead.id)
    assert sum(visit.left_at is None for visit in visits) == (1 if fresh.is_open else 0)
    assert visits[-1].stage_id == fresh.stage_id


def test_ten_clients_logging_activities_leave_one_consistent_history(world: World) -> None:
    lead = world.lead(value=Decimal(1000))
    at_once(10, lambda n: world.call(lead, hours=1 + n / 60))
    assert Activity.objects.filter(lead=lead).count() == 10
    assert world.stage_of(lead) == "demo"
    advanced = Event.objects.filter(lead=lead.id, kind="stage_left")
    assert advanced.count() == 1
    check_history(lead)


def test_moving_winning_and_losing_at_once_ends_once(world: World) -> None:
    lead = world.lead()

    def deed(n: int) -> Lead:
        if n % 3 == 0:
            return actions.win_lead(world.anna, lead)
        if n % 3 == 1:
            return actions.lose_lead(world.bram, lead)
        return actions.move_lead(world.manager, lead, stage="demo", reason="race")

    at_once(9, deed)
    closings = Event.objects.filter(lead=lead.id, kind__in=["lead_won", "lead_lost"])
    assert closings.count() == 1
    check_history(lead)


def test_round_robin_is_fair_when_eight_create_at_once(world: World) -> None:
    world.lead()
    at_once(8, lambda n: [world.lead(f"Klant {n}-{m}", people=[]) for m in range(3)])
    dealt = Counter(Lead.objects.values_list("owner", flat=True))
    assert sum(dealt.values()) == 25
    assert max(dealt.values()) - min(dealt.values()) <= 1


def test_weights_are_kept_exactly_when_eight_create_at_once(world: World) -> None:
    version = ProcessVersion.objects.get(pipeline=world.pipeline)
    version.document["stages"][0]["rules"][0]["to"]["strategy"] = "weighted"
    ProcessVersion.objects.filter(id=version.id).update(document=version.document)
    published.cache_clear()
    Membership.objects.filter(user=world.anna).update(weight=2)
    at_once(8, lambda n: [world.lead(f"Klant {n}-{m}", people=[]) for m in range(3)])
    dealt = Counter(Lead.objects.values_list("owner", flat=True))
    assert [dealt[one.id] for one in (world.anna, world.bram, world.chris)] == [12, 6, 6]


def test_a_deed_that_fails_leaves_nothing_behind(world: World) -> None:
    lead = world.lead()
    before = Event.objects.count()
    with pytest.raises(CadansError):
        actions.win_lead(world.anna, lead, at=MONDAY - timedelta(days=400))
    assert Event.objects.count() == before
    assert Lead.objects.get(id=lead.id).is_open
