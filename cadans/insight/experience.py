"""What the win model learns from: closed leads by rep and by what makes leads alike."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cadans.assignment.chances import SIZES
from cadans.assignment.models import Territory, WinTable
from cadans.insight.facts import Sql
from cadans.insight.win_model import TRAITS, Cell
from cadans.leads.models import ProductLine, Source
from cadans.process.design import Design
from cadans.process.models import Pipeline, published

LOOKED_BACK = timedelta(days=730)
"""Closings of the last two years are learned from: reps, products and markets change."""

CLOSED = """
    select f.owner_id::text as rep, coalesce(l.source_id::text, '') as source,
           coalesce(l.territory_id::text, '') as territory,
           coalesce((select min(o.line_id::text) from leads_leadproduct p
                     join leads_product o on o.id = p.product_id where p.lead_id = l.id), '')
               as product_line,
           coalesce(width_bucket(company.employees, %s)::text, '') as size,
           count(*) filter (where f.status = 'won') as wins, count(*) as closed
    from leads_closing f join leads_lead l on l.id = f.lead_id
    left join contacts_company company on company.id = l.company_id
    where f.pipeline_id = %s and f.at >= %s and f.reopened_at is null
      and f.status in ('won', 'lost') and f.owner_id is not null and l.deleted_at is null
    group by 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class Experience:
    """Closed leads to learn from, and what the values of their traits are called."""

    cells: Sequence[Cell]
    names: Mapping[str, Mapping[str, str]]


def experience_of(pipeline: uuid.UUID, *, now: datetime | None = None) -> Experience:
    """The leads of a pipeline that were won or lost in the last two years.

    A lead counts for its owner at the moment of closing. Cancelled leads and closings that were
    undone are left out.
    """
    since = (now or timezone.now()) - LOOKED_BACK
    found = Sql(CLOSED, (list(SIZES), pipeline, since)).rows()
    cells = [
        Cell(row["rep"], {trait: row[trait] for trait in TRAITS}, row["wins"], row["closed"])
        for row in found
    ]
    return Experience(cells, _names())


def learning_pipelines() -> list[uuid.UUID]:
    """The live pipelines in which a rule deals by what was learned."""
    versions = dict(Pipeline.objects.live().values_list("id", "version_id"))
    return [id for id, version in versions.items() if _learns(published(version).design)]


def _learns(design: Design) -> bool:
    return any(rule.learns() for stage in design.stages for rule in stage.rules)


def closed_since_learning(pipeline: uuid.UUID) -> tuple[int, int]:
    """How many leads were closed since the table was made, and how many it was made from."""
    table = WinTable.objects.filter(pipeline=pipeline).values_list("learned_at", "closed").first()
    since, learned = table or (timezone.now() - LOOKED_BACK, 0)
    fresh = Sql(
        "select count(*) as n from leads_closing where pipeline_id = %s and at >= %s"
        " and reopened_at is null and status in ('won', 'lost')",
        (pipeline, since),
    ).rows()
    return int(fresh[0]["n"]), learned


def _names() -> dict[str, dict[str, Any]]:
    # Sizes are named by their bounds, for the reader's language to write: "10/50".
    edges = ["", *map(str, SIZES), ""]
    return {
        "source": _by_id(Source),
        "territory": _by_id(Territory),
        "product_line": _by_id(ProductLine),
        "size": {str(n): f"{edges[n]}/{edges[n + 1]}" for n in range(len(SIZES) + 1)},
    }


def _by_id(model: Any) -> dict[str, str]:
    return {str(id): name for id, name in model.objects.values_list("id", "name")}
