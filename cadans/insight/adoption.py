"""Adoption: does the team really use the process?

Counted are the leads that somebody worked in the period (owned while they were open), and of those
the ones in which nothing left the process meanwhile. What leaves it is a breach, in five kinds:

- `override`: a person moved the lead on though the goals of its stage were unmet;
- `jump`: a stage was passed over without a visit;
- `late_task`: a required task of a stage was still open when the grace after its due date was over;
- `stalled`: nobody touched the lead for longer than its stage allows;
- `silent_close`: lost without a reason, or won though the goals of its stage were unmet.

A task stays late, and a lead stalled, until that ends: both count in each period that they touch.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.insight.dimensions import DIMENSIONS, a_stage, named, part
from cadans.insight.facts import Facts, Sql, reading_much
from cadans.insight.filters import NONE, Filters
from cadans.insight.intervals import rate
from cadans.insight.stuck import stuck, stuck_leads
from cadans.insight.worked import KINDS, breached, work
from cadans.process.models import Stage
from cadans.team.models import User

BREAKDOWNS = (
    *("owner", "team", "territory", "product", "product_line", "source"),
    *("stage", "month", "quarter", "pipeline"),
)

TARGET = 1.0
"""What adoption should be."""

NEWEST = 50
"""Breaches that are told one by one at a time."""

# How many leads were worked: the total (`whole`) and each value of the breakdown.
WORKED = """
    with piece as materialized (select distinct key, lead_id from ({inner}) each)
    select false as whole, key, count(*) as leads from piece group by key
    union all
    select true, null, count(distinct lead_id) from piece
"""

# A breach that touches two pieces of work of one row is one breach of it.
BROKEN = """
    with touching as materialized (
        select distinct key, lead_id, kind, visit_id, task_id, began from ({inner}) each
    ),
    lead as (
        select false as whole, key, lead_id, {counts} from touching group by key, lead_id
        union all
        select true, null, lead_id, {counts} from (
            select distinct lead_id, kind, visit_id, task_id, began from touching
        ) once group by lead_id
    )
    select whole, key, count(*) as breached, {sums} from lead group by whole, key
"""
COUNTS = ", ".join(f"count(*) filter (where kind = '{kind}') as {kind}" for kind in KINDS)
SUMS = ", ".join(
    f"sum({kind})::int as {kind}, count(*) filter (where {kind} > 0) as {kind}_leads"
    for kind in KINDS
)


@dataclass(frozen=True)
class Counted:
    """What was counted in total, and for each value of the breakdown."""

    total: dict[str, Any]
    rows: dict[Any, dict[str, Any]]


def adoption(
    filters: Filters, user: User | None = None, *, on: datetime | None = None
) -> dict[str, Any]:
    """Adoption in total and by `filters.by`, the breaches by kind, and where deals get stuck.

    `breaches` holds of each kind `{"count", "leads"}`; `breaches_of` has them one by one. `on` is
    the moment up to which one knows (default: now).
    """
    by = filters.by
    if by is not None and by not in BREAKDOWNS:
        raise Invalid(
            _("Adoption cannot be broken down by %(by)s. Choose one of: %(choices)s.")
            % {"by": by, "choices": ", ".join(BREAKDOWNS)},
            pointer="/by",
        )
    moment = on or timezone.now()
    leads, counts = worked(filters, user, moment), broken(filters, user, moment)
    plain = replace(filters, by=None)
    return {
        "metric": "adoption",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": {**figures(leads.total, counts.total), "stages": stuck(plain, user, on=moment)},
        "rows": [] if by is None else rows_of(by, leads.rows, counts.rows),
    }


def worked(filters: Filters, user: User | None, moment: datetime) -> Counted:
    """How many leads were worked."""
    return counted(WORKED, keyed(work(filters, user, on=moment), filters, "l.id as lead_id"))


def broken(filters: Filters, user: User | None, moment: datetime) -> Counted:
    """How many leads had breaches, and of each kind how many there were, in how many leads."""
    what = "l.id as lead_id, f.kind, f.visit_id, f.task_id, f.began"
    return counted(BROKEN, keyed(breached(filters, user, on=moment), filters, what))


def counted(text: str, inner: Sql) -> Counted:
    """The counts of one question, which the database answers in one go."""
    query = Sql(text.format(sums=SUMS, counts=COUNTS, inner=inner.text), inner.values)
    total, rows = {}, {}
    with reading_much():
        found = query.rows()
    for row in found:
        if row["whole"]:
            total = row
        else:
            rows[row["key"]] = row
    return Counted(total, rows)


def keyed(facts: Facts, filters: Filters, what: str) -> Sql:
    """The facts with the value of the breakdown of each as `key`."""
    if filters.by is None:
        return facts.select(f"null as key, {what}")
    dimension = DIMENSIONS[filters.by]
    key = dimension.value(facts, filters)
    return facts.select(key + f"as key, {what}", join=dimension.join(facts))


def rows_of(
    by: str, leads: dict[Any, dict[str, Any]], counts: dict[Any, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows: periods in their order without gaps, all else by the number of leads worked."""
    if DIMENSIONS[by].in_order and leads:
        step, day, filled = relativedelta(months=1 if by == "month" else 3), min(leads), {}
        while day <= max(leads):
            filled[day] = leads.get(day, {})
            day += step
        leads = filled
    labels = named(by, leads)
    rows = [
        {"key": labels[key][0], "label": labels[key][1], **figures(one, counts.get(key, {}))}
        for key, one in leads.items()
    ]
    if not DIMENSIONS[by].in_order:
        rows.sort(key=lambda row: (row["key"] == NONE, -row["worked"], row["label"].lower()))
    return rows


def figures(found: dict[str, Any], counts: dict[str, Any]) -> dict[str, Any]:
    """One row's figures, from what was worked and what was breached."""
    leads, breached_leads = found.get("leads", 0), counts.get("breached", 0)
    return {
        "adoption": rate(leads - breached_leads, leads).as_json(),
        "target": TARGET,
        "worked": leads,
        "in_process": leads - breached_leads,
        "breached": breached_leads,
        "breaches": {
            kind: {"count": counts.get(kind, 0), "leads": counts.get(f"{kind}_leads", 0)}
            for kind in KINDS
        },
    }


# ── one by one ──────────────────────────────────────────────────────────────────────────────


def breaches_of(
    filters: Filters,
    user: User | None,
    *,
    kind: str | None = None,
    most: int = NEWEST,
    skip: int = 0,
    on: datetime | None = None,
) -> list[dict[str, Any]]:
    """Breaches of the period one by one, each once, the newest first.

    `{"kind", "lead_id", "title", "at", "until", "owner", "stage_id", "task", "task_in"}`: `owner`
    is the name of whoever had the lead when it began to count, `until` is null while it lasts,
    `task` the late task's name (`task_in`: in each language). Raises Invalid for a strange kind.
    """
    if kind is not None and kind not in KINDS:
        raise unknown_part(kind)
    facts = breached(replace(filters, by=None), user, kind=kind, on=on)
    inner = facts.select(
        "distinct on (f.began, f.kind, f.visit_id, f.task_id) f.began as at, f.kind,"
        " f.ended as until, f.visit_id, f.task_id, l.id as lead_id, l.title, f.stage_id, f.owner_id"
    )
    inner += "order by f.began desc, f.kind, f.visit_id, f.task_id, f.since"
    inner += Sql("limit %s offset %s", (most, skip))
    query = Sql(
        "select b.*, owner.name as owner, task.name as task, task.name_in as task_in from ("
    )
    query += inner + ") b left join team_user owner on owner.id = b.owner_id"
    query += "left join leads_task task on task.id = b.task_id"
    with reading_much():
        found = (query + "order by b.at desc, b.kind, b.visit_id, b.task_id").rows()
    # A cursor of our own gets JSON as text.
    return [{**row, "task_in": json.loads(row["task_in"] or "{}")} for row in found]


def breaches_count(total: dict[str, Any], kind: str | None) -> int:
    """How many breaches a total counts: of one kind, or of all."""
    counts = total["breaches"]
    return sum(counts[name]["count"] for name in KINDS if kind in (None, name))


# ── the leads behind a figure ───────────────────────────────────────────────────────────────


def leads_of(filters: Filters, user: User | None, key: str, name: str, *, stage: str = "") -> Sql:
    """The ids of the leads behind a figure: the part `name` of the row `key` ("": the total).

    `name` is `worked`, `in_process`, `breached`, one of KINDS, or (for a `stage`,
    `pipeline/stage`, or all of them) `stuck`.
    """
    if name == "stuck":
        wanted = Stage.objects.get(id=a_stage(stage)) if stage else None
        return stuck_leads(filters, user, wanted).select("l.id")
    if name in ("breached", *KINDS):
        return of_row(breached(filters, user, kind=name if name in KINDS else None), filters, key)
    if name not in ("worked", "in_process"):
        raise unknown_part(name)
    leads = of_row(work(filters, user), filters, key)
    if name == "worked":
        return leads
    return leads + "except" + of_row(breached(filters, user), filters, key)


def of_row(facts: Facts, filters: Filters, key: str) -> Sql:
    """The leads of the facts in a row of the breakdown; without a key, of all."""
    if key and filters.by:
        facts = facts.narrowed(part(facts, filters, filters.by, key))
    return facts.select("l.id")


def unknown_part(name: str) -> Invalid:
    """The error for a part that no report can have named."""
    return Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
