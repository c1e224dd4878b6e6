"""How many rows the database touches for a report.

The work may grow with the number of rows, never with its square.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cadans.ground.ids import new_id
from cadans.insight.facts import Sql, closings, cohort, entries
from cadans.insight.filters import Filters
from cadans.insight.funnel import in_one_pipeline
from cadans.leads.models import Closing, Lead, StageVisit
from tests.insight.scene import Scene, day, ever

LEADS = 1500
VISITS_A_LEAD = 3
MOST_TOUCHES = 60
"""Of each visit, in all steps of a query together."""


def filled(scene: Scene) -> None:
    """Many leads at once, as an import writes them; one in ten was moved back or reopened."""
    leads, visits, closings_ = [], [], []
    for number in range(LEADS):
        lead = Lead(
            title="A lead",
            pipeline=scene.pipeline,
            version=scene.version,
            stage=scene.stages["won"],
            status="won",
            owner=scene.users["Anna"],
            opened_at=day(number / 100),
            closed_at=day(number / 100 + 3),
        )
        leads.append(lead)
        way = ("demo", "new", "won") if number % 10 == 0 else ("new", "demo", "won")
        for place, name in enumerate(way):
            visits.append(
                StageVisit(
                    lead=lead,
                    pipeline=scene.pipeline,
                    version=scene.version,
                    stage=scene.stages[name],
                    owner=scene.users["Anna"],
                    entered_at=lead.opened_at + timedelta(days=place),
                    left_at=lead.opened_at + timedelta(days=place + 1),
                    how="moved",
                    entered_by=new_id(),
                )
            )
        for reopened in (None, lead.opened_at) if number % 10 == 1 else (None,):
            closings_.append(
                Closing(
                    lead=lead,
                    pipeline=scene.pipeline,
                    version=scene.version,
                    stage=lead.stage,
                    status="won",
                    owner=scene.users["Anna"],
                    opened_at=lead.opened_at,
                    at=lead.closed_at,
                    reopened_at=reopened,
                )
            )
    Lead.objects.bulk_create(leads)
    StageVisit.objects.bulk_create(visits)
    Closing.objects.bulk_create(closings_)
    # As the database does by itself after a while.
    with connection.cursor() as cursor:
        cursor.execute("analyze leads_lead, leads_stagevisit, leads_closing")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def touched(query: Sql) -> float:
    """Rows that the steps of the query's plan returned or looked at in vain."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, timing off, format json) {query.text}", query.values)
        plan = cursor.fetchone()[0][0]["Plan"]
    looked = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    return sum(
        node["Actual Loops"] * sum(node.get(name, 0) for name in looked) for node in nodes(plan)
    )


@pytest.mark.parametrize("facts", [closings, cohort, entries])
@pytest.mark.parametrize("everything", [True, False])
def test_the_work_grows_with_the_rows(scene, facts, everything):
    filled(scene)
    first = timezone.localtime(day(0)).date()
    filters = ever() if everything else Filters(first, first + timedelta(days=9))
    query = facts(in_one_pipeline(filters), None).select("l.id, f.owner_id")
    assert touched(query) < LEADS * VISITS_A_LEAD * MOST_TOUCHES
