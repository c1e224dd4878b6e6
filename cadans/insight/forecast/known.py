"""What was known at a moment: the leads that were open then, and what had been decided by then.

Later facts change nothing here. Stays that began later, closings, changes of value, owner and
expected close, all are left out: the log tells what stood before. Who reads about the past of a
system that was not there yet (an import) finds leads *told afterwards*; what a file says of their
value may have been filled in with the outcome, so it is believed only where it tells nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from cadans.ground.ids import id_at
from cadans.ground.money import convert
from cadans.insight.dimensions import DIMENSIONS
from cadans.insight.facts import Facts, Sql, counted
from cadans.insight.filters import Filters
from cadans.team.models import User
from cadans.team.queries import organisation

TRAILING = relativedelta(months=12)
"""How far `basic` and `stage` look back."""

FILLED = 0.95
"""The part of the won and of the lost leads that must have a value for it to be believed of leads
told afterwards: where it is filled in for those that were won alone, it tells the outcome."""

# The last stay that began before the moment, and what the log says stood before later changes.
# Ids are ordered by when a thing was written down, so what is later is found by the key itself.
OPEN_THEN = """
    (with given as (
        select distinct on (e.lead) e.lead, nullif(e.data->>'before', '')::uuid as owner
        from events_event e
        where e.kind = 'lead_assigned' and e.id >= %s and e.at >= %s
        order by e.lead, e.at, e.id
    ), valued as (
        select distinct on (e.lead) e.lead, (e.data->'changes'->'value'->>0)::numeric as value,
               e.data->'changes'->'currency'->>0 as currency
        from events_event e
        where e.kind = 'lead_changed' and e.id >= %s and e.at >= %s
          and e.data->'changes'->'value' is not null
        order by e.lead, e.at, e.id
    ), dated as (
        select distinct on (e.lead) e.lead,
               (e.data->'changes'->'expected_close'->>0)::date as expected_close
        from events_event e
        where e.kind = 'lead_changed' and e.id >= %s and e.at >= %s
          and e.data->'changes'->'expected_close' is not null
        order by e.lead, e.at, e.id
    )
    select o.id, v.stage_id, v.pipeline_id, v.version_id, v.entered_at,
           o.made_at >= %s as told_late,
           case when given.lead is null then o.owner_id else given.owner end as owner_id,
           case when valued.lead is null then o.value else valued.value end as value,
           case when valued.currency is null then o.currency else valued.currency end as currency,
           case when dated.lead is null then o.expected_close else dated.expected_close end
               as expected_close
    from leads_lead o
    join lateral (
        select v.stage_id, v.pipeline_id, v.version_id, v.entered_at
        from leads_stagevisit v join process_stage s on s.id = v.stage_id
        where v.lead_id = o.id and v.entered_at < %s
        order by v.entered_at desc, s.position desc, v.id desc limit 1
    ) v on true
    left join given on given.lead = o.id
    left join valued on valued.lead = o.id
    left join dated on dated.lead = o.id
    where {open} and o.opened_at < %s and (o.closed_at is null or o.closed_at >= %s)
      and not exists (
          select from leads_closing c
          where c.lead_id = o.id and c.at < %s and c.reopened_at >= %s)
    ) f join leads_lead l on l.id = f.id
"""

# Products that were on the lead then, at the price agreed or else the list price.
LISTED = """
    left join lateral (
        select sum(p.quantity * coalesce(p.price, o.price)) as price,
               coalesce(nullif(f.currency, ''), min(o.currency)) as currency,
               count(*) > count(coalesce(p.price, o.price)) as unpriced,
               (array_agg(p.product_id order by p.id))[1] as product
        from leads_leadproduct p join leads_product o on o.id = p.product_id
        where p.lead_id = l.id and (f.told_late or p.id < %s)
    ) listed on true
"""

# Of each stage that leads closed in the trailing year had been in: how many were won. A lead counts
# once for a stage; of stages on the way up the first visit is known (docs/decisions/0018).
FATES = """
    with closed as (
        select c.lead_id, c.pipeline_id, c.status, c.at, c.value, l.made_at >= %s as told_late
        from leads_closing c join leads_lead l on l.id = c.lead_id
        where c.at >= %s and c.at < %s and {stood}
          and (c.reopened_at is null or c.reopened_at >= %s)
          and c.status in ('won', 'lost') and l.deleted_at is null
    )
    select pipeline_id as pipeline, null::uuid as stage, count(*) as closed,
           count(*) filter (where status = 'won') as won,
           count(*) filter (where status = 'won' and told_late) as won_told,
           count(*) filter (where status = 'won' and told_late and value > 0) as won_valued,
           count(*) filter (where status = 'lost' and told_late) as lost_told,
           count(*) filter (where status = 'lost' and told_late and value > 0) as lost_valued
    from closed group by 1
    union all
    select v.pipeline_id, v.stage_id,
           count(*) filter (where v.pipeline_id = closed.pipeline_id),
           count(*) filter (where v.pipeline_id = closed.pipeline_id and status = 'won'), 0, 0, 0, 0
    from closed join leads_stagevisit v
      on v.lead_id = closed.lead_id and v.entered_at <= closed.at and v.is_first
    join process_stage s on s.id = v.stage_id and s.ends_in = ''
    group by 1, 2
    union all
    select pipeline_id, stage_id, count(*), count(*) filter (where status = 'won'), 0, 0, 0, 0
    from (select distinct closed.lead_id, closed.pipeline_id, closed.status, v.stage_id
          from closed join leads_stagevisit v
            on v.lead_id = closed.lead_id and v.pipeline_id = closed.pipeline_id
           and v.entered_at <= closed.at
          join process_stage s on s.id = v.stage_id and s.ends_in <> '') been
    group by 1, 2
"""


@dataclass(frozen=True)
class OpenLead:
    """A lead that was open, as it was known. `value` is in the organisation's currency."""

    id: uuid.UUID
    pipeline: uuid.UUID
    stage: uuid.UUID
    entered_at: datetime
    opened_at: datetime
    value: Decimal | None
    expected_close: date | None
    owner: uuid.UUID | None
    source: uuid.UUID | None
    product: uuid.UUID | None
    keys: tuple[Any, ...]


@dataclass(frozen=True)
class Fate:
    """Of leads closed in the trailing year: how many there were, and how many were won."""

    won: int = 0
    closed: int = 0


@dataclass(frozen=True)
class Fates:
    """What became of leads: of each pipeline, and of those that had been in each of its stages.

    `doubted` are the pipelines in which the value of leads told afterwards tells the outcome.
    """

    pipelines: Mapping[uuid.UUID, Fate]
    stages: Mapping[tuple[uuid.UUID, uuid.UUID], Fate]
    doubted: frozenset[uuid.UUID]


def is_now(as_of: datetime) -> bool:
    """Whether nothing came later. Then the database finds its way by what is open and stands."""
    return as_of >= timezone.now() - timedelta(seconds=5)


def fates_at(as_of: datetime) -> Fates:
    """The closings of the twelve months before the moment that stood then."""
    since = as_of - TRAILING
    pipelines: dict[uuid.UUID, Fate] = {}
    stages: dict[tuple[uuid.UUID, uuid.UUID], Fate] = {}
    doubted = set()
    stood = "c.reopened_at is null" if is_now(as_of) else "true"
    for row in Sql(FATES.format(stood=stood), (as_of, since, as_of, as_of)).rows():
        fate = Fate(row["won"], row["closed"])
        if row["stage"] is not None:
            stages[row["pipeline"], row["stage"]] = fate
            continue
        pipelines[row["pipeline"]] = fate
        if row["won_valued"] < FILLED * row["won_told"] or (
            row["lost_valued"] < FILLED * row["lost_told"]
        ):
            doubted.add(row["pipeline"])
    return Fates(pipelines, stages, frozenset(doubted))


def open_then(
    filters: Filters, user: User | None, *, as_of: datetime, fates: Fates, by: str | None = None
) -> list[OpenLead]:
    """The leads that were open at the moment, which the filters let through and `user` may see.

    With a breakdown `keys` holds the rows to which a lead belongs (two teams: two).
    """
    late = id_at(as_of)
    facts = Facts(
        source=Sql(
            OPEN_THEN.format(open="o.status = 'open'" if is_now(as_of) else "true"),
            (late, as_of, late, as_of, late, as_of, *(as_of,) * 6),
        ),
        where=(),
        at="l.opened_at",
        owner="f.owner_id",
        pipeline="f.pipeline_id",
        version="f.version_id",
        stage="f.stage_id",
        currency="f.currency",
    )
    facts = counted(facts, filters, user)
    keys, join = Sql("null::uuid"), ""
    if by is not None:
        keys, join = DIMENSIONS[by].value(facts, filters), DIMENSIONS[by].join(facts)
    facts = _with(facts, Sql(LISTED, (late,)) + join)
    rows = facts.select(
        Sql(
            "l.id, f.stage_id, f.pipeline_id, f.entered_at, l.opened_at, f.owner_id, l.source_id,"
            " f.value, f.currency, f.told_late, f.expected_close, listed.price,"
            " listed.currency as listed_in, listed.unpriced, listed.product,"
        )
        + keys
        + "as key"
    ).rows()
    return _leads(rows, fates, as_of)


@dataclass(frozen=True)
class Won:
    """Leads that were won before the moment: how many, and what they are worth."""

    leads: int = 0
    worth: Decimal = Decimal("0.00")


def won_before(
    filters: Filters, user: User | None, *, as_of: datetime, by: str | None = None
) -> dict[Any, Won]:
    """What had been won in the period when the moment came, of each row (None without `by`)."""
    facts = counted(
        Facts(
            source=Sql("leads_closing f join leads_lead l on l.id = f.lead_id"),
            where=(
                Sql("f.status = 'won' and f.at >= %s", (filters.begins,)),
                Sql("f.at < %s and f.at < %s", (filters.ends, as_of)),
                Sql("(f.reopened_at is null or f.reopened_at >= %s)", (as_of,)),
            ),
            at="f.at",
            owner="f.owner_id",
            pipeline="f.pipeline_id",
            version="f.version_id",
            stage="f.stage_id",
            currency="f.currency",
        ),
        filters,
        user,
    )
    keys, join = Sql("null::uuid"), ""
    if by is not None:
        keys, join = DIMENSIONS[by].value(facts, filters), DIMENSIONS[by].join(facts)
    what = keys + "as key, count(*) as leads, coalesce(sum(f.worth), 0) as worth"
    rows = (facts.select(what, join=join) + "group by 1").rows()
    return {row["key"]: Won(row["leads"], row["worth"]) for row in rows if row["leads"]}


def arrivals_before(
    filters: Filters, user: User | None, *, as_of: datetime, days: int, by: str | None = None
) -> dict[tuple[uuid.UUID, Any], float]:
    """Of each pipeline and row: its part of all leads that came in the days before the moment.

    A lead belongs to whoever got it as it came.
    """
    since = as_of - timedelta(days=days)
    facts = Facts(
        source=Sql(
            "leads_lead l join lateral (select v.owner_id, v.pipeline_id, v.version_id, v.stage_id"
            " from leads_stagevisit v where v.lead_id = l.id and v.entered_at < %s"
            " order by v.entered_at, v.id limit 1) f on true",
            (as_of,),
        ),
        where=(Sql("l.opened_at >= %s and l.opened_at < %s", (since, as_of)),),
        at="l.opened_at",
        owner="f.owner_id",
        pipeline="f.pipeline_id",
        version="f.version_id",
        stage="f.stage_id",
    )
    whole = (
        facts.narrowed(Sql("l.deleted_at is null")).select("f.pipeline_id, count(*) as n")
        + "group by 1"
    ).rows()
    all_of = {row["pipeline_id"]: row["n"] for row in whole}
    facts = counted(facts, filters, user)
    keys, join = Sql("null::uuid"), ""
    if by is not None:
        keys, join = DIMENSIONS[by].value(facts, filters), DIMENSIONS[by].join(facts)
    what = Sql("f.pipeline_id,") + keys + "as key, count(*) as n"
    rows = (facts.select(what, join=join) + "group by 1, 2").rows()
    return {(row["pipeline_id"], row["key"]): row["n"] / all_of[row["pipeline_id"]] for row in rows}


def _with(facts: Facts, join: Sql) -> Facts:
    return Facts(**{**vars(facts), "source": facts.source + join})


def _leads(rows: list[dict[str, Any]], fates: Fates, as_of: datetime) -> list[OpenLead]:
    money = Money(as_of)
    found: dict[uuid.UUID, OpenLead] = {}
    for row in rows:
        if row["id"] in found:
            had = found[row["id"]]
            found[row["id"]] = OpenLead(**{**vars(had), "keys": (*had.keys, row["key"])})
            continue
        value = row["value"]
        if row["told_late"] and row["pipeline_id"] in fates.doubted:
            value = None
        worth = None if value is None else money.worth(value, row["currency"])
        if value is None and row["price"] is not None and not row["unpriced"]:
            worth = money.worth(row["price"], row["listed_in"])
        found[row["id"]] = OpenLead(
            id=row["id"],
            pipeline=row["pipeline_id"],
            stage=row["stage_id"],
            entered_at=row["entered_at"],
            opened_at=row["opened_at"],
            value=worth,
            expected_close=row["expected_close"],
            owner=row["owner_id"],
            source=row["source_id"],
            product=row["product"],
            keys=(row["key"],),
        )
    return list(found.values())


class Money:
    """Amounts in the organisation's currency at the last rate before a moment."""

    def __init__(self, at: datetime) -> None:
        self.currency = organisation().currency
        self._day = at.date()
        self._known: dict[tuple[Decimal, str], Decimal | None] = {}

    def worth(self, amount: Decimal, currency: str) -> Decimal | None:
        """The amount in the organisation's currency; None without a rate."""
        if currency == self.currency:
            return amount
        if (amount, currency) not in self._known:
            self._known[amount, currency] = convert(
                amount, currency, to=self.currency, on=self._day
            )
        return self._known[amount, currency]
