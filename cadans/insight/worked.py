"""What adoption counts, as SQL: pieces of work on leads, and the breaches of the process in them.

A *piece* is the part of a stay in a stage during which one person owned the lead. A *breach*
belongs to a stay and lasts from one moment to another (many for no time at all); it counts for
each piece that it touches, so for whoever owned the lead meanwhile.
"""

# ruff: noqa: S608 - no value is ever written into the text

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from cadans.ground.working_time import WorkingTime
from cadans.insight.facts import Facts, Sql, counted, joined
from cadans.insight.filters import Filters
from cadans.leads.models import Lead
from cadans.team.models import User
from cadans.team.queries import working_time

KINDS = ("override", "jump", "late_task", "stalled", "silent_close")
"""The ways in which work can leave the process, in the order in which they are told."""

GRACE = 1
"""Working days that a required task may be late before that counts."""

# Who had the lead when. A stay begins with its owner (`owner` of the visit); whoever was given the
# lead by hand during the stay is told by the log, until the next one was or the stay ended. What a
# rule gave on entering a stage is the owner of the stay.
HANDED = """
    with handed as materialized (
        select v.id as visit_id, v.lead_id, v.pipeline_id, v.version_id, v.stage_id,
               (told.data ->> 'owner')::uuid as owner_id, told.at as since,
               coalesce(lead(told.at) over (partition by v.id order by told.at, told.id),
                        v.left_at) as until
        from events_event told join leads_stagevisit v
          on v.lead_id = told.lead and told.at > v.entered_at
         and (v.left_at is null or told.at < v.left_at)
        where told.kind = 'lead_assigned' and told.because = '{}'::jsonb
    ),
    first as (select visit_id, min(since) as at from handed group by visit_id)
"""
PIECES = f"""
    {HANDED}
    select v.id as visit_id, v.lead_id, v.pipeline_id, v.version_id, v.stage_id, v.owner_id,
           v.entered_at as since, coalesce(first.at, v.left_at) as until
    from leads_stagevisit v join process_stage s on s.id = v.stage_id and s.ends_in = ''
    left join first on first.visit_id = v.id
    where v.entered_at < %s and (v.left_at is null or v.left_at >= %s)
    union all
    select * from handed
"""
BREACHED = f"""
    {HANDED},
    breach as materialized (
        select kind, visit_id, task_id, at as began, until as ended from ({{breaches}}) found
        where at < %s and (at >= %s or until > %s or until is null)
    )
    select breach.*, v.lead_id, v.pipeline_id, v.version_id, v.stage_id, v.owner_id,
           v.entered_at as since, coalesce(first.at, v.left_at) as until
    from breach join leads_stagevisit v on v.id = breach.visit_id
    left join first on first.visit_id = v.id
    union all
    select breach.*, handed.lead_id, handed.pipeline_id, handed.version_id, handed.stage_id,
           handed.owner_id, handed.since, handed.until
    from breach join handed on handed.visit_id = breach.visit_id
"""

# A stay that a person ended by moving the lead on though its goals were unmet. What a file told is
# no override: it does not say how the goals stood.
OVERRIDES = """
    select 'override' as kind, v.id as visit_id, null::uuid as task_id, v.left_at as at,
           v.left_at as until
    from leads_stagevisit v join process_stage s on s.id = v.stage_id
    where v.how = 'moved' and not v.goals_met and v.left_at >= %s and v.left_at < %s
      and (select higher.position
           from leads_stagevisit n join process_stage higher on higher.id = n.stage_id
           where n.lead_id = v.lead_id and n.entered_at >= v.left_at and n.id <> v.id
           order by n.entered_at, n.id limit 1) > s.position
      and not exists (
          select from events_event told where told.id = v.left_by and told.via = 'import')
"""

# A stay that was followed by one further on, with a stage between them that the lead never saw. It
# counts for the stay that was left: whoever owned the lead then passed the stage over.
JUMPS = """
    select 'jump', p.id, null::uuid, v.entered_at, v.entered_at
    from leads_stagevisit v join process_stage s on s.id = v.stage_id
    cross join lateral (
        select before.id, came_from.position
        from leads_stagevisit before join process_stage came_from on came_from.id = before.stage_id
        where before.lead_id = v.lead_id and before.left_at <= v.entered_at and before.id <> v.id
          and before.entered_at <= v.entered_at and came_from.ends_in = ''
        order by before.left_at desc, before.id desc limit 1
    ) p
    where v.jumped and v.entered_at >= %s and v.entered_at < %s
      and exists (
          select from process_stage passed
          join process_processversion version on version.id = v.version_id
          where passed.pipeline_id = v.pipeline_id and passed.ends_in = ''
            and passed.position > p.position and passed.position < s.position
            and (version.document -> 'stages' is null or version.document -> 'stages' @>
                 jsonb_build_array(jsonb_build_object('key', passed.key)))
            and not exists (
                select from leads_stagevisit seen where seen.lead_id = v.lead_id
                and seen.stage_id = passed.id and seen.entered_at <= v.entered_at))
"""

# A required task of the stage, still open when the grace after its due date was over. `grace` says
# of each day on which something may be due, on which day the grace ends (at the same hour).
LATE_TASKS = """
    select 'late_task', late.visit_id, late.task_id, late.at, late.until from (
        select t.visit_id, t.id as task_id,
               ((t.due_at at time zone %s) + coalesce(grace.days, %s) * interval '1 day')
                   at time zone %s as at,
               least(t.ended_at, v.left_at) as until
        from leads_task t
        join leads_stagevisit v on v.id = t.visit_id
        left join unnest(%s::date[], %s::int[]) as grace(day, days)
          on grace.day = (t.due_at at time zone %s)::date
        where t.required and t.key <> '' and t.due_at < %s
          and (t.ended_at is null or (t.ended_at > t.due_at and t.ended_at >= %s))
    ) late where late.until is null or late.until > late.at
"""

# What a stage allowed, as the version said that the lead followed.
LIMITS = """
    select version.id as version_id, stage.id as stage_id, (drawn ->> 'idle_days')::int as days
    from process_processversion version
    cross join jsonb_array_elements(version.document -> 'stages') drawn
    join process_stage stage
      on stage.pipeline_id = version.pipeline_id and stage.key = drawn ->> 'key'
"""

# A gap between two touches that was longer than the limit. Touched is a lead by an activity that
# was held, a task done, a goal ticked, a signal, by entering the stage; and the lead itself knows
# its last touch. Only stays that took longer than the limit are looked into.
STALLED = """
    select 'stalled', visit_id, null::uuid, at + allowed, coalesce(until, left_at) from (
        with long as materialized (
            select row_number() over () as n, v.id as visit_id, v.lead_id, v.entered_at, v.left_at,
                   allowed.days * interval '1 day' as allowed, coalesce(v.left_at, %s) as ended_at
            from leads_stagevisit v
            join process_stage s on s.id = v.stage_id and s.ends_in = ''
            left join unnest(%s::uuid[], %s::uuid[], %s::int[])
                 as drawn(version_id, stage_id, days)
              on drawn.version_id = v.version_id and drawn.stage_id = v.stage_id
            cross join lateral (select case when drawn.stage_id is null then s.idle_days
                                            else drawn.days end as days) allowed
            where v.entered_at < %s and (v.left_at is null or v.left_at >= %s)
              and coalesce(v.left_at, %s) - v.entered_at > allowed.days * interval '1 day'
        ), touched as (
            select n, entered_at as at from long
            union all
            select n, a.at from long join leads_activity a
              on a.lead_id = long.lead_id and a.held and a.at > entered_at and a.at < ended_at
            union all
            select n, t.ended_at from long join leads_task t
              on t.lead_id = long.lead_id and t.state = 'done'
             and t.ended_at > entered_at and t.ended_at < long.ended_at
            union all
            select n, g.at from long join leads_goaltick g
              on g.lead_id = long.lead_id and g.at > entered_at and g.at < ended_at
            union all
            select n, signal.at from long join leads_signal signal
              on signal.lead_id = long.lead_id and signal.at > entered_at and signal.at < ended_at
            union all
            select n, l.touched_at from long join leads_lead l
              on l.id = long.lead_id and left_at is null
             and l.touched_at > entered_at and l.touched_at < ended_at
        )
        select long.*, gap.at, gap.until from (
            select n, at, lead(at) over (partition by n order by at) as until from touched
        ) gap join long on long.n = gap.n
    ) gap where coalesce(until, ended_at) - at > allowed
"""

# Lost without saying why, or won though the stage it was in was not done. A closing that was undone
# by reopening counts nowhere; how goals stood in a file is not known.
SILENT_CLOSES = """
    select 'silent_close', v.id, null::uuid, c.at, c.at
    from leads_closing c join leads_lead l on l.id = c.lead_id
    cross join lateral (
        select stay.id
        from leads_stagevisit stay join process_stage s on s.id = stay.stage_id and s.ends_in = ''
        where stay.lead_id = c.lead_id and stay.left_at <= c.at
        order by stay.left_at desc, stay.id desc limit 1
    ) v
    where c.status = 'lost' and c.reason_id is null and l.loss_reason_id is null
      and c.reopened_at is null and c.at >= %s and c.at < %s and not exists (
          select from leads_stagevisit said where said.lead_id = c.lead_id
          and said.left_at = c.at and said.how = 'lost' and said.reason <> '')
    union all
    select 'silent_close', v.id, null::uuid, c.at, c.at
    from leads_stagevisit v join process_stage s on s.id = v.stage_id and s.ends_in = ''
    join leads_closing c on c.lead_id = v.lead_id and c.at = v.left_at and c.status = 'won'
    where v.how = 'won' and not v.goals_met and c.reopened_at is null
      and v.left_at >= %s and v.left_at < %s and not exists (
          select from events_event told where told.id = v.left_by and told.via = 'import')
"""

# The months (or quarters) that something touched, each by a moment in it.
SPOTS = """
    cross join lateral (
        select spot::timestamp at time zone %s as at from generate_series(
            date_trunc('{unit}', greatest({since}, %s) at time zone %s),
            least(coalesce({until}, %s), %s) at time zone %s, interval '{step}') spot
    ) spot
"""
UNITS = {"month": ("month", "1 month"), "quarter": ("quarter", "3 months")}


def work(filters: Filters, user: User | None, *, on: datetime | None = None) -> Facts:
    """The pieces of work that touch the period, of leads that were somebody's.

    Broken down by month or quarter each piece is there once for each that it touches. `on` is the
    moment up to which one knows (default: now).
    """
    moment = on or timezone.now()
    begins, ends = bounds(filters, moment)
    source = Sql(f"({PIECES}) f", (ends, begins)) + "join leads_lead l on l.id = f.lead_id"
    source += spots(filters, moment, since="f.since", until="f.until")
    return counted(pieces(filters, source, moment), filters, user)


def breached(
    filters: Filters, user: User | None, *, kind: str | None = None, on: datetime | None = None
) -> Facts:
    """The breaches of the period, each with the pieces of work that it touches.

    `f` has the piece and the breach: `kind`, `task_id`, and `began` to `ended` (null: it still
    lasts). `kind` narrows to one of KINDS.
    """
    moment = on or timezone.now()
    begins, ends = bounds(filters, moment)
    found = breaches(filters, moment, kind)
    inner = BREACHED.replace("{breaches}", found.text)
    source = Sql(f"({inner}) f", (*found.values, ends, begins, begins))
    source += "join leads_lead l on l.id = f.lead_id"
    source += spots(
        filters, moment, since="greatest(f.began, f.since)", until="least(f.ended, f.until)"
    )
    facts = pieces(filters, source, moment).narrowed(
        Sql("(f.until is null or f.began <= f.until) and (f.ended is null or f.ended >= f.since)")
    )
    return counted(facts, filters, user)


def pieces(filters: Filters, source: Sql, moment: datetime) -> Facts:
    """Pieces of work of leads that were somebody's, within the period."""
    begins, ends = bounds(filters, moment)
    return Facts(
        source=source,
        where=(
            Sql("f.owner_id is not null and l.status <> 'cancelled'"),
            Sql("f.since < %s and (f.until is null or f.until >= %s)", (ends, begins)),
        ),
        at="spot.at" if filters.by in UNITS else "f.since",
        owner="f.owner_id",
        pipeline="f.pipeline_id",
        version="f.version_id",
        stage="f.stage_id",
    )


def bounds(filters: Filters, moment: datetime) -> tuple[datetime, datetime]:
    """The period, as far as it is known."""
    return filters.begins, min(filters.ends, moment)


def spots(filters: Filters, moment: datetime, *, since: str, until: str) -> Sql:
    """What repeats a row for each month or quarter that it touches, when asked by those."""
    if filters.by not in UNITS:
        return Sql("")
    unit, step = UNITS[filters.by]
    begins, ends = bounds(filters, moment)
    last = ends - timedelta(microseconds=1)
    text = SPOTS.format(unit=unit, step=step, since=since, until=until)
    zone = filters.zone
    return Sql(text, (zone, begins, zone, last, last, zone))


def breaches(filters: Filters, moment: datetime, kind: str | None) -> Sql:
    """The breaches that can touch the period, of all kinds or of one."""
    begins, ends = bounds(filters, moment)
    period = (begins, ends)
    parts = {
        "override": lambda: Sql(OVERRIDES, period),
        "jump": lambda: Sql(JUMPS, period),
        "late_task": lambda: Sql(LATE_TASKS, (*graces(filters, ends), ends, begins)),
        "stalled": lambda: stalled(begins, ends, moment),
        "silent_close": lambda: Sql(SILENT_CLOSES, (*period, *period)),
    }
    # The first names the columns of all.
    columns = Sql("select null as kind, null::uuid as visit_id, null::uuid as task_id,")
    columns += "null::timestamptz as at, null::timestamptz as until where false"
    wanted = [parts[name]() for name in KINDS if kind in (None, name)]
    return joined([columns, *wanted], "union all")


def stalled(begins: datetime, ends: datetime, moment: datetime) -> Sql:
    """The gaps between touches that were longer than the stage allowed."""
    limits = Sql(LIMITS).rows()
    drawn = tuple([row[name] for row in limits] for name in ("version_id", "stage_id", "days"))
    return Sql(STALLED, (moment, *drawn, ends, begins, moment))


def graces(filters: Filters, ends: datetime) -> tuple[object, ...]:
    """Of each day since the first lead, how many days later the grace of what is due then ends."""
    working = working_time()
    first = Lead.objects.order_by("opened_at").values_list("opened_at", flat=True).first() or ends
    day, last = working.day_of(first), working.day_of(ends)
    days, after = [], []
    while day <= last:
        days.append(day)
        after.append((grace_ends(working, day) - day).days)
        day += timedelta(days=1)
    zone = working.zone
    return (zone, GRACE, zone, days, after, zone)


def grace_ends(working: WorkingTime, day: date) -> date:
    """The day on which the grace ends for what is due on `day`."""
    return working.working_day_after(day, GRACE)
