"""Read which leads came in, and what the routing rules saw of each then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from cadans.leads.facts import facts_for_routing
from cadans.leads.models import Lead
from cadans.playbooks.trying.beginnings import companies_of, tags_and_products
from cadans.playbooks.trying.reading import names_of
from cadans.playbooks.trying.routing.rules import Came
from cadans.playbooks.trying.statements import documents

BATCH = 5000
"""Leads that are read together."""

# What nobody chose a pipeline for was routed, and the event of its making says by which rule.
CAME_IN = """
    SELECT json_build_array(l.id, e.data->'fields', e.because->'rule') AS told
    FROM leads_lead l JOIN events_event e ON e.lead = l.id AND e.kind = 'lead_created'
    WHERE l.deleted_at IS NULL AND l.opened_at >= %s AND l.id > %s
    ORDER BY l.id LIMIT %s
"""
FIRST = "00000000-0000-0000-0000-000000000000"


def leads_since(since: datetime) -> int:
    """How many leads came in since that moment."""
    return Lead.objects.present().filter(opened_at__gte=since).count()


def came_in(
    since: datetime, fields: set[str], *, everyone: bool
) -> Iterator[tuple[int, list[Came]]]:
    """Leads as they came in, a batch at a time, with how many were read for it.

    `fields` are those that somebody will look at. Without `everyone` leads for which somebody
    chose the pipeline are left out.
    """
    names = names_of()
    after = FIRST
    while rows := documents(CAME_IN, since, after, BATCH):
        after = rows[-1][0]
        wanted = [row for row in rows if everyone or row[2] is not None]
        ids = [id for id, _fields, _rule in wanted]
        tags, products = tags_and_products(
            ids, tags="tags" in fields, products=bool(fields & {"product", "product_line"})
        )
        companies: Mapping[str, Mapping[str, Any]] = {}
        if any(field.startswith("company.") for field in fields):
            companies = companies_of({told["company"] for _id, told, _rule in wanted})
        yield (
            len(rows),
            [
                Came(
                    id,
                    _facts(told, tags.get(id, ()), products.get(id, ()), companies, names),
                    told["pipeline"],
                    rule is None,
                )
                for id, told, rule in wanted
            ],
        )


def _facts(
    told: Mapping[str, Any],
    tags: Sequence[str],
    products: Sequence[str],
    companies: Mapping[str, Mapping[str, Any]],
    names: Any,
) -> dict[str, Any]:
    value, company = told["value"], companies.get(told["company"] or "", {})
    return facts_for_routing(
        title=told["title"],
        value=None if value is None else Decimal(str(value)),
        currency=told["currency"],
        competitor=told["competitor"],
        tags=tags,
        source=names.sources.get(told["source"]),
        territory=names.territories.get(told["territory"]),
        products=[names.products[one][:2] for one in products if one in names.products],
        company={name.removeprefix("company."): one for name, one in company.items()},
        custom=told["custom"] or {},
    )
