"""The funnel: of the leads that entered a stage, how many went on, were lost, wait or stall.

The cohort view follows each lead's first entry into each stage, where it fell in the period. Of
those that entered, each is exactly one of:

- `reached_next`: later entered any higher stage of the pipeline, or was won;
- `lost`: closed as lost without having reached a higher stage;
- `stalled`: still open, not higher, and untouched for longer than its stage's idle limit;
- `active`: still open, not higher, within the limit (or its stage has none).

Those that wait may go on yet: what share of a cohort is expected to in the end says
`aalen_johansen.py`, from the days after which each left. The snapshot view is what lies in each
stage now.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.ground.money import CENT, convert
from cadans.insight.aalen_johansen import Spell, expected
from cadans.insight.dimensions import DIMENSIONS, named, part
from cadans.insight.facts import (
    LOST,
    REACHED,
    WAITING,
    Facts,
    Sql,
    entries,
    equal,
    idle,
    open_leads,
)
from cadans.insight.filters import NONE, Choice, Filters
from cadans.insight.intervals import rate
from cadans.insight.key_conversions import with_effects
from cadans.process.models import Pipeline, Stage
from cadans.team.models import User
from cadans.team.queries import organisation

BREAKDOWNS = (
    *("stage", "owner", "team", "territory", "product", "product_line", "source"),
    *("month", "quarter", "pipeline"),
)

# (`date_part` is a float8; `extract` would be an exact numeric, which takes ten times as long.)
DAYS = "date_part('epoch', coalesce(f.higher_at, c.at) - f.entered_at) / 86400"
LASTED = "greatest(date_part('day', coalesce(f.higher_at, c.at, %s) - f.entered_at), 0)::int"
AGE = "date_part('epoch', %s - l.stage_entered_at) / 86400"

COUNTED = """
    stage, {key} as key, {whole} as is_whole, count(*) as entered,
    count(*) filter (where outcome = 'reached_next') as reached_next,
    count(*) filter (where outcome = 'lost') as lost,
    count(*) filter (where outcome = 'stalled') as stalled,
    count(*) filter (where outcome = 'active') as active,
    count(*) filter (where ending = 'won') as won,
    count(*) filter (where ending in ('won', 'lost')) as decided,
    percentile_cont(array[0.5, 0.85]) within group (order by days) as days
"""

# After how many whole days leads left the stage, or how long they are in it: the same entries,
# looked at once.
SPREAD = """
    with each as materialized ({each}),
    counted as (select {counts} from each group by grouping sets ({sets})),
    spells as (
        select stage, key, array_agg(lasted) as lasted, array_agg(how) as how,
               array_agg(leads) as leads
        from (
            select stage, key, lasted, count(*) as leads,
                   case when outcome in ('reached_next', 'lost') then outcome
                        else 'waiting' end as how
            from each group by stage, key, lasted, how
        ) spell group by stage, key)
    select counted.*, spells.lasted, spells.how, spells.leads
    from counted left join spells
      on spells.stage = counted.stage and spells.key is not distinct from counted.key
"""

Stages = dict[Any, dict[str, Any]]
"""Of each stage's id what was counted."""


def outcomes(on: datetime) -> dict[str, Sql]:
    """The condition of each part of the funnel, for counting and for the lists behind it."""
    stalled = Sql(f"{WAITING} and") + idle(on)
    return {
        "entered": Sql("true"),
        "reached_next": Sql(REACHED),
        "lost": Sql(LOST),
        "stalled": stalled,
        "active": Sql(f"{WAITING} and not") + idle(on),
        "resolved": Sql(f"({REACHED} or {LOST})"),
        "won": Sql("l.status = 'won'"),
        "decided": Sql("l.status in ('won', 'lost')"),
    }


def funnel(
    filters: Filters, user: User | None = None, *, on: datetime | None = None
) -> dict[str, Any]:
    """The funnel of one pipeline (or of each, by=pipeline), stage by stage.

    Without a breakdown the rows are the stages. With one, each row holds its own `stages`, and
    the total holds those of all.
    `on` is the moment at which idle limits and ages are weighed (default: now).
    """
    moment = on or timezone.now()
    filters = in_one_pipeline(filters)
    stages = stages_of(filters)
    by = None if filters.by == "stage" else filters.by
    whole, parts = counted_stages(filters, user, moment, by=by)
    lines = stage_rows(stages, whole, snapshot(filters, user, moment))
    if filters.pipeline is not None:
        lines = with_effects(lines, filters, user)
    answer = {
        "metric": "funnel",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": {**total_of(lines), "stages": lines} if by else total_of(lines),
    }
    if by is None:
        return {**answer, "rows": lines}
    labels = named(by, parts)
    rows = []
    for value, counts in parts.items():
        own = stages
        if by == "pipeline":
            own = [stage for stage in stages if stage.pipeline_id == value]
        inner = stage_rows(own, counts, None)
        key, label = labels[value]
        rows.append({"key": key, "label": label, **total_of(inner), "stages": inner})
    if DIMENSIONS[by].in_order:
        rows.sort(key=lambda row: row["key"])
    else:
        rows.sort(key=lambda row: (row["key"] == NONE, -row["entered"], row["label"].lower()))
    return {**answer, "rows": rows}


def in_one_pipeline(filters: Filters) -> Filters:
    """The filters with a pipeline: the one asked for, else the default one (by=pipeline: all)."""
    if filters.by is not None and filters.by not in BREAKDOWNS:
        raise Invalid(
            _("A funnel cannot be broken down by %(by)s. Choose one of: %(choices)s.")
            % {"by": filters.by, "choices": ", ".join(BREAKDOWNS)},
            pointer="/by",
        )
    if filters.pipeline is not None or filters.by == "pipeline":
        return filters
    first = (
        Pipeline.objects.filter(archived_at=None)
        .order_by("-is_default", "position", "name")
        .first()
    )
    return replace(filters, pipeline=first.id if first else NONE)


def stages_of(filters: Filters) -> list[Stage]:
    """The stages on the way up, in their order. Those that end in lost are not on it."""
    rows = Stage.objects.select_related("pipeline").exclude(ends_in=Stage.Ends.LOST)
    if filters.pipeline is not None:
        rows = rows.filter(pipeline=an_id(filters.pipeline))
    return list(rows.order_by("pipeline__position", "pipeline__name", "position", "key"))


def counted_stages(
    filters: Filters, user: User | None, moment: datetime, *, by: str | None
) -> tuple[Stages, dict[Any, Stages]]:
    """Counts and speed of each stage: in total, and for each value of the breakdown.

    The total comes from the same pass over the visits, unless a lead can be in several rows.
    """
    facts = entries(filters, user)
    if by is None:
        return _counted(_outcomes_of(facts, moment, Sql("null")), "(stage)")[0], {}
    dimension = DIMENSIONS[by]
    each = _outcomes_of(facts, moment, dimension.value(facts, filters), dimension.join(facts))
    if dimension.overlaps:
        whole, _none = counted_stages(filters, user, moment, by=None)
        return whole, _counted(each, "(stage, key)")[1]
    return _counted(each, "(stage), (stage, key)")


def _outcomes_of(facts: Facts, moment: datetime, key: Sql, join: str = "") -> Sql:
    """One row an entry: its stage, what became of it, in how many days, and the breakdown."""
    what = (
        key
        + f"as key, f.stage_id as stage, l.status as ending, case when {REACHED} then {DAYS} end"
        " as days,"
        + Sql(LASTED, (moment,))
        + f" as lasted, case when {REACHED} then 'reached_next' when {LOST} then 'lost' when"
        + idle(moment)
        + "then 'stalled' else 'active' end as outcome"
    )
    return facts.select(what, join=join)


def _counted(each: Sql, sets: str) -> tuple[Stages, dict[Any, Stages]]:
    """The outcomes counted for each of the grouping sets."""
    by_key = "key)" in sets
    counts = (
        COUNTED.format(key="key", whole="grouping(key) = 1")
        if by_key
        else (COUNTED.format(key="null::text", whole="true"))
    )
    # Only our own text is put into the query; its values travel beside it.
    query = Sql(SPREAD.format(each=each.text, counts=counts, sets=sets), each.values)
    whole: Stages = {}
    parts: dict[Any, Stages] = {}
    for row in query.rows():
        key, stage, is_whole = row.pop("key"), row.pop("stage"), row.pop("is_whole")
        spells = zip(*(row.pop(name) or () for name in ("lasted", "how", "leads")), strict=True)
        row["spells"] = [] if by_key and is_whole else [Spell(*spell) for spell in spells]
        target = whole if is_whole else parts.setdefault(key, {})
        target[stage] = row
    for stages in parts.values():
        for stage, row in stages.items():
            if stage in whole:
                whole[stage]["spells"] += row["spells"]
    return whole, parts


NOTHING: dict[str, Any] = {
    **dict.fromkeys(("entered", "reached_next", "lost", "stalled", "active", "won", "decided"), 0),
    "days": None,
    "spells": (),
}


def stage_rows(
    stages: Iterable[Stage],
    counts: dict[Any, dict[str, Any]],
    present: dict[Any, dict[str, Any]] | None,
) -> list[dict[str, Any]]:
    """One row a stage, in the pipeline's order; retired stages only while they hold something."""
    rows = []
    for stage in stages:
        count = counts.get(stage.id, NOTHING)
        now = None if present is None else present.get(stage.id)
        if stage.retired_at is not None and not count["entered"] and not now:
            continue
        row = figures(stage, count)
        if present is not None and not stage.ends_in:
            row["snapshot"] = weighted(now or present[None], row["win_rate"]["value"])
        rows.append(row)
    return rows


def figures(stage: Stage, count: dict[str, Any]) -> dict[str, Any]:
    """A stage's figures. The stage that ends in won has no next one, so no conversion."""
    last = "last_stage" if stage.ends_in else ""
    entered, reached, lost = count["entered"], count["reached_next"], count["lost"]
    won, decided = count["won"], count["decided"]
    median, p85 = (None, None) if last or not count["days"] else count["days"]
    return {
        "key": stage.key,
        "label": stage.label,
        "pipeline": stage.pipeline.key,
        "ends_in": stage.ends_in,
        "entered": entered,
        "reached_next": reached,
        "lost": lost,
        "stalled": count["stalled"],
        "active": count["active"],
        "conversion": rate(reached, entered, reason=last).as_json(),
        "conversion_resolved": rate(reached, reached + lost, reason=last).as_json(),
        "conversion_expected": (
            {**rate(reached, entered, reason=last).as_json(), "undecided": None}
            if last
            else expected(count["spells"], entered=entered, reached=reached)
        ),
        "days": {
            "median": median,
            "p85": p85,
            "leads": 0 if last else reached,
            "waiting": 0 if last else count["stalled"] + count["active"],
        },
        "won": won,
        "win_rate": rate(won, decided).as_json(),
    }


def total_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole way: of the leads that entered the first stage, how many were won."""
    first = next((line for line in lines if not line["ends_in"]), None)
    if first is None:
        nothing = rate(0, 0).as_json()
        return {"stage": None, "entered": 0, "won": 0, "conversion": nothing, "win_rate": nothing}
    return {
        "stage": first["key"],
        "entered": first["entered"],
        "won": first["won"],
        "conversion": rate(first["won"], first["entered"]).as_json(),
        "win_rate": first["win_rate"],
    }


# ── what lies where now ─────────────────────────────────────────────────────────────────────


def snapshot(filters: Filters, user: User | None, moment: datetime) -> dict[Any, dict[str, Any]]:
    """Per stage the open leads: how many, their value, how long they have been there.

    Values are in the organisation's currency at today's rate; amounts in a currency without a
    rate are left out and counted in `without_rate`. The key None holds what an empty stage has.
    """
    to, today = organisation().currency, timezone.localtime(moment).date()
    facts = open_leads(filters, user)
    what = Sql(
        "l.stage_id as stage, l.currency, grouping(l.currency) = 1 as whole, count(*) as leads,"
        " sum(l.value) as value, count(*) filter (where l.value is null) as worthless,"
        f" avg({AGE}) as mean_age,"
        f" percentile_cont(0.5) within group (order by {AGE}) as median_age,"
        " count(*) filter (where",
        (moment, moment),
    )
    what += idle(moment) + ") as idle"
    query = facts.select(what) + "group by grouping sets ((l.stage_id), (l.stage_id, l.currency))"
    found: dict[Any, dict[str, Any]] = {None: empty_stage(to)}
    for row in query.rows():
        stage = found.setdefault(row["stage"], empty_stage(to))
        if row["whole"]:
            stage |= {
                "leads": row["leads"],
                "idle": row["idle"],
                "without_value": row["worthless"],
                "days": {"mean": row["mean_age"], "median": row["median_age"]},
            }
        elif row["value"] is not None:
            worth = convert(row["value"], row["currency"], to=to, on=today)
            if worth is None:
                stage["without_rate"] += row["leads"]
            else:
                stage["worth"] += worth
        found[row["stage"]] = stage
    return found


def empty_stage(currency: str) -> dict[str, Any]:
    """What there is to say about a stage without open leads."""
    return {
        "leads": 0,
        "idle": 0,
        "without_value": 0,
        "without_rate": 0,
        "days": {"mean": None, "median": None},
        "worth": Decimal("0.00"),
        "currency": currency,
    }


def weighted(stage: dict[str, Any], chance: float | None) -> dict[str, Any]:
    """A stage's snapshot for the answer, its value also weighted by the win rate from there."""
    shape = dict(stage)
    worth, currency = shape.pop("worth"), shape.pop("currency")
    weight = None
    if chance is not None:
        # Through text: the chance as written, not its nearest binary fraction.
        exact = (worth * Decimal(str(chance))).quantize(CENT, rounding=ROUND_HALF_EVEN)
        weight = {"amount": str(exact), "currency": currency}
    return {
        **shape,
        "value": {"amount": str(worth), "currency": currency},
        "weighted_value": weight,
    }


# ── the leads behind a figure ───────────────────────────────────────────────────────────────


def leads_of(filters: Filters, user: User | None, key: str, name: str, *, stage: str = "") -> Sql:
    """The ids of the leads behind a figure of the funnel.

    Without a breakdown `key` is the stage; with one it is the row, and `stage` the stage in it
    (default: the first). `name` is a part of `outcomes`, or `present` and `idle` (snapshot).
    """
    filters = in_one_pipeline(filters)
    by = None if filters.by == "stage" else filters.by
    if by == "pipeline" and key:
        filters = replace(filters, pipeline=DIMENSIONS[by].key_of(key))
    wanted = stage_named(filters, stage if by else key)
    moment = timezone.now()
    if name in ("present", "idle"):
        waiting = open_leads(filters, user).narrowed(equal("l.stage_id", wanted.id))
        return (waiting.narrowed(idle(moment)) if name == "idle" else waiting).select("l.id")
    conditions = outcomes(moment)
    if name not in conditions:
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    facts = entries(filters, user).narrowed(equal("f.stage_id", wanted.id), conditions[name])
    if by and key:
        facts = facts.narrowed(part(facts, filters, by, key))
    return facts.select("l.id")


def an_id(choice: Choice | None) -> uuid.UUID | None:
    """The id that was chosen; None for "no pipeline" (there is none yet)."""
    return choice if isinstance(choice, uuid.UUID) else None


def stage_label(filters: Filters, key: str) -> str:
    """The name of the stage with the key. Raises Invalid when there is none."""
    return stage_named(in_one_pipeline(filters), key).label


def stage_named(filters: Filters, key: str) -> Stage:
    """The stage with the key in the report's pipeline; without a key the first one."""
    rows = Stage.objects.filter(
        Q(key=key) if key else Q(ends_in=""), pipeline=an_id(filters.pipeline)
    ).order_by("position")
    found = rows.first()
    if found is None:
        raise Invalid(_("There is no stage “%(key)s”.") % {"key": key}, pointer="/key")
    return found
