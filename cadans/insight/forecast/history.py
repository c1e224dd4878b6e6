"""What the model learns from: the stays and closings of a pipeline that were known at a moment."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from cadans.ground.ids import id_at
from cadans.ground.working_time import WorkingTime
from cadans.insight.facts import Sql
from cadans.insight.forecast.hazards import (
    HOLIDAY,
    LOST,
    MOVED,
    NEVER,
    WON,
    Calendar,
    Ints,
    Stays,
)
from cadans.insight.forecast.known import Money, fates_at
from cadans.insight.forecast.records import Closed, History
from cadans.process.models import Stage
from cadans.team.queries import organisation, working_time

LOOKED_BACK = timedelta(days=730)
"""Two years are learned from: reps, products and markets change."""

ENOUGH = 40_000
"""Leads that are read at most; of more a part is taken, by chance."""

MANY = """
    select count(distinct v.lead_id) as n from leads_stagevisit v
    where v.pipeline_id = %s and v.entered_at < %s and (v.left_at is null or v.left_at >= %s)
"""

STAYS = """
    select v.lead_id as lead, v.stage_id as stage, s.ends_in,
           (v.entered_at at time zone %s)::date as entered,
           case when v.left_at < %s then (v.left_at at time zone %s)::date end as left_on, v.how,
           lead(v.stage_id) over following as to_stage, lead(s.ends_in) over following as to_end,
           lag(v.id) over following is null as first
    from leads_stagevisit v
    join process_stage s on s.id = v.stage_id
    join leads_lead l on l.id = v.lead_id
    where v.pipeline_id = %s and v.entered_at < %s and (v.left_at is null or v.left_at >= %s)
      and l.deleted_at is null and {part}
    window following as (partition by v.lead_id order by v.entered_at, s.position, v.id)
    order by v.lead_id, v.entered_at, s.position, v.id
"""

CLOSED = """
    select c.lead_id as lead, c.status = 'won' as won, (c.at at time zone %s)::date as day,
           c.worth, c.value, c.currency, l.made_at >= %s as told_late,
           coalesce(c.owner_id::text, '') as owner, coalesce(l.source_id::text, '') as source,
           coalesce(listed.product::text, '') as product,
           case when listed.unpriced then null else listed.price end as price,
           coalesce(listed.currency, c.currency) as listed_in
    from leads_closing c join leads_lead l on l.id = c.lead_id
    left join lateral (
        select sum(p.quantity * coalesce(p.price, o.price)) as price, min(o.currency) as currency,
               count(*) > count(coalesce(p.price, o.price)) as unpriced,
               (array_agg(p.product_id order by p.id))[1] as product
        from leads_leadproduct p join leads_product o on o.id = p.product_id
        where p.lead_id = l.id and (l.made_at >= %s or p.id < %s)
    ) listed on true
    where c.pipeline_id = %s and c.at >= %s and c.at < %s and l.deleted_at is null
      and (c.reopened_at is null or c.reopened_at >= %s) and c.status in ('won', 'lost') and {part}
    order by c.at, c.id
"""


def history_of(pipeline: uuid.UUID, *, as_of: datetime) -> History:
    """What was known of a pipeline's leads at the moment, of the two years before it."""
    zone, since = organisation().time_zone, as_of - LOOKED_BACK
    many = int(Sql(MANY, (pipeline, as_of, since)).rows()[0]["n"])
    step = max(1, -(-many // ENOUGH))
    # The last bytes of an id are random.
    part = f"get_byte(uuid_send(l.id), 15) %% {min(step, 256)} = 0" if step > 1 else "true"
    stages = [
        str(id)
        for id in Stage.objects.filter(pipeline=pipeline, ends_in="")
        .order_by("position", "id")
        .values_list("id", flat=True)
    ]
    stayed = Sql(STAYS.format(part=part), (zone, as_of, zone, pipeline, as_of, since))
    closed = Sql(
        CLOSED.format(part=part),
        (zone, as_of, as_of, id_at(as_of), pipeline, since, as_of, as_of),
    )
    leads: dict[Any, int] = {}
    stays = _stays(stayed.rows(), stages, leads)
    doubted = pipeline in fates_at(as_of).doubted
    return History(stages, stays, _closed(closed.rows(), leads, doubted, Money(as_of)), float(step))


def _stays(rows: list[dict[str, Any]], stages: list[str], leads: dict[Any, int]) -> Stays:
    place = {stage: n for n, stage in enumerate(stages)}
    found = []
    for row in rows:
        stage = place.get(str(row["stage"]))
        if stage is None:
            continue
        way, to, left = -1, -1, NEVER
        if row["left_on"] is not None:
            left = row["left_on"].toordinal()
            to = place.get(str(row["to_stage"]), -1)
            won = row["how"] == "won" or (row["to_end"] == "won" and row["how"] != "lost")
            way = WON if won else LOST
            if row["how"] not in ("won", "lost", "cancelled") and to >= 0:
                way = MOVED
            to = to if way == MOVED else -1
        lead = leads.setdefault(row["lead"], len(leads))
        found.append((stage, row["entered"].toordinal(), left, way, to, lead, row["first"]))
    table = np.array(found, dtype=np.int64).reshape(-1, 7).T
    return Stays(
        stage=table[0],
        entered=table[1],
        left=table[2],
        way=table[3],
        to=table[4],
        lead=table[5],
        first=table[6].astype(bool),
        stages=len(stages),
    )


def _closed(
    rows: list[dict[str, Any]], leads: dict[Any, int], doubted: bool, money: Money
) -> Closed:
    def guess(row: dict[str, Any]) -> float:
        amount, currency = row["value"], row["currency"]
        if row["told_late"] and doubted:
            amount = None
        if amount is None:
            amount, currency = row["price"], row["listed_in"]
        worth = None if amount is None else money.worth(amount, currency)
        return float("nan") if worth is None else float(worth)

    rows = [row for row in rows if row["lead"] in leads]
    return Closed(
        lead=np.array([leads[row["lead"]] for row in rows], dtype=np.int64),
        day=np.array([row["day"].toordinal() for row in rows], dtype=np.int64),
        won=np.array([row["won"] for row in rows], dtype=np.float64),
        worth=np.array(
            [float("nan") if row["worth"] is None else float(row["worth"]) for row in rows]
        ),
        guess=np.array([guess(row) for row in rows], dtype=np.float64),
        traits={name: [row[name] for row in rows] for name in ("owner", "source", "product")},
    )


def calendar_of(working: WorkingTime | None = None) -> Calendar:
    """The organisation's kinds of days."""
    hours = working or working_time()
    known: dict[int, int] = {}

    def kind_of(day: int) -> int:
        if day not in known:
            one = date.fromordinal(day)
            off = one.isoweekday() in hours.workdays and not hours.is_working_day(one)
            known[day] = HOLIDAY if off else one.weekday()
        return known[day]

    def kind(days: Ints) -> Ints:
        return np.array([kind_of(int(day)) for day in days], dtype=np.int64)

    def month(days: Ints) -> Ints:
        dates = [date.fromordinal(int(day)) for day in days]
        return np.array([one.year * 12 + one.month - 1 for one in dates], dtype=np.int64)

    return Calendar(kind, month)
