"""The figures of the six metrics, asked by plain SQL of the tables that hold what happened.

The best that can be written by hand for one question: twelve months, by owner, all leads. No
filter, no visibility, no interval, no label, nothing that is kept beside the rows (such as where a
visit stands among the others). Each is one trip or two to the database. What the forecast's model
says is no SQL: its line asks for what the three methods rest on, and for two of them.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

WIN_RATE = """
    select f.owner_id, count(*) filter (where f.status = 'won') as won,
           count(*) filter (where f.status = 'lost') as lost,
           sum(f.worth) filter (where f.status = 'won') as won_worth,
           sum(f.worth) filter (where f.status = 'lost') as lost_worth,
           sum(f.worth * f.worth) as squares
    from leads_closing f join leads_lead l on l.id = f.lead_id and l.deleted_at is null
    where f.reopened_at is null and f.status in ('won', 'lost') and f.at >= %(since)s
      and f.at < %(until)s
    group by 1
"""
OPENED = """
    select coalesce(f.owner_id, l.owner_id), count(*) filter (where l.status = 'won') as won,
           count(*) filter (where l.status = 'lost') as lost,
           count(*) filter (where l.status = 'open') as open
    from leads_lead l left join leads_closing f on f.lead_id = l.id and f.reopened_at is null
    where l.opened_at >= %(since)s and l.opened_at < %(until)s and l.deleted_at is null
      and l.status <> 'cancelled'
    group by 1
"""

# By owner, by month and in all; the mean of the year before beside them.
DEAL_SIZE = """
    select f.owner_id, date_trunc('month', f.at at time zone 'Europe/Amsterdam') as month,
           count(*) as won, sum(f.worth) as total, sum(f.worth * f.worth) as squares,
           sum(f.worth * f.worth * f.worth) as cubes,
           percentile_disc(array[0.5, 0.85]) within group (order by f.worth) as ranks
    from leads_closing f join leads_lead l on l.id = f.lead_id and l.deleted_at is null
    where f.reopened_at is null and f.status = 'won' and f.at >= %(since)s and f.at < %(until)s
    group by grouping sets ((1), (2), ())
"""
DEAL_SIZE_BEFORE = """
    select f.owner_id, count(*) as won, sum(f.worth) as total, sum(f.worth * f.worth) as squares
    from leads_closing f join leads_lead l on l.id = f.lead_id and l.deleted_at is null
    where f.reopened_at is null and f.status = 'won' and f.at >= %(before)s and f.at < %(since)s
    group by rollup (f.owner_id)
"""

# Visits that are the lead's first to their stage, and when it was higher up next: mostly that is
# the visit that follows; only after a step back are the others looked at.
FUNNEL = """
    with visit as materialized (
        select v.lead_id, v.stage_id, v.owner_id, v.entered_at, s.position,
               row_number() over (partition by v.lead_id, v.stage_id
                                  order by v.entered_at, v.id) as nth,
               lead(v.entered_at) over visits as next_at,
               lead(s.position) over visits as next_position
        from leads_stagevisit v join process_stage s on s.id = v.stage_id
        where v.pipeline_id = (select id from process_pipeline where key = 'b2b-classic')
          and s.ends_in <> 'lost'
        window visits as (partition by v.lead_id order by v.entered_at, s.position, v.id)
    ), first as (
        select v.lead_id, v.stage_id, v.owner_id, v.entered_at,
               case when next_position > position then next_at
                    when next_position is not null then (
                   select min(h.entered_at)
                   from leads_stagevisit h join process_stage higher on higher.id = h.stage_id
                   where h.lead_id = v.lead_id and h.entered_at >= v.entered_at
                     and higher.position > v.position and higher.ends_in <> 'lost')
               end as higher_at
        from visit v where nth = 1 and entered_at >= %(since)s and entered_at < %(until)s
    ), went as (
        select v.stage_id, v.owner_id, l.status, l.touched_at, s.idle_days,
               v.higher_at is not null or l.status = 'won' as up,
               date_part('epoch', v.higher_at - v.entered_at) / 86400 as days
        from first v join leads_lead l on l.id = v.lead_id
        join process_stage s on s.id = l.stage_id
        where l.deleted_at is null and l.status <> 'cancelled'
    )
    select stage_id, owner_id, count(*) as entered, count(*) filter (where up) as reached_next,
           count(*) filter (where not up and status = 'lost') as lost,
           count(*) filter (where not up and status = 'open' and touched_at
                            < now() - idle_days * interval '1 day') as stalled,
           count(*) filter (where status = 'won') as won,
           percentile_cont(array[0.5, 0.85]) within group (order by days) as days
    from went group by grouping sets ((stage_id, owner_id), (stage_id))
"""
FUNNEL_NOW = """
    select stage_id, count(*), sum(value),
           avg(date_part('epoch', now() - stage_entered_at)) / 86400 as age
    from leads_lead where status = 'open' and deleted_at is null group by 1
"""

ASKS = """
    select version.id as version_id, stage.id as stage_id
    from process_processversion version
    cross join jsonb_array_elements(version.document -> 'stages') drawn
    join process_stage stage
      on stage.pipeline_id = version.pipeline_id and stage.key = drawn ->> 'key'
    where drawn ->> 'is_ask' = 'true'
"""
CYCLE = f"""
    with closed as materialized (
        select f.lead_id, f.owner_id, f.status, f.opened_at, f.at
        from leads_closing f join leads_lead l on l.id = f.lead_id and l.deleted_at is null
        where f.reopened_at is null and f.status in ('won', 'lost') and f.at >= %(since)s
          and f.at < %(until)s
    ), asked as (
        select c.lead_id, min(asking.at) as at
        from closed c join (
            select lead_id, entered_at as at from leads_stagevisit
            where (version_id, stage_id) in ({ASKS})
            union all
            select lead_id, at from leads_activity where kind = 'ask' and held
        ) asking on asking.lead_id = c.lead_id and asking.at between c.opened_at and c.at
        group by 1
    ), lasted as (
        select c.owner_id, c.status, date_part('epoch', c.at - c.opened_at) / 86400 as days,
               date_part('epoch', asked.at - c.opened_at) as before_ask,
               date_part('epoch', c.at - asked.at) as after_ask
        from closed c left join asked on asked.lead_id = c.lead_id
    )
    select owner_id, {{lengths}} from lasted group by rollup (owner_id)
""".replace(
    "{lengths}",
    ", ".join(
        f"count({what}) filter (where {which}), avg({what}) filter (where {which}),"
        f" percentile_cont(array[0.5, 0.85]) within group (order by {what}) filter (where {which})"
        for what, which in (
            ("days", "status = 'won'"),
            ("days", "status = 'lost'"),
            ("before_ask", "true"),
            ("after_ask", "true"),
            ("after_ask / nullif(days, 0)", "true"),
        )
    ),
)
IN_STAGES = """
    select stage_id, status, count(*), avg(days),
           percentile_cont(array[0.5, 0.85]) within group (order by days) as points
    from (
        select v.stage_id, f.status, sum(date_part('epoch',
                   least(coalesce(v.left_at, f.at), f.at) - v.entered_at)) as days
        from leads_closing f join leads_lead l on l.id = f.lead_id and l.deleted_at is null
        join leads_stagevisit v on v.lead_id = f.lead_id and v.entered_at <= f.at
        join process_stage s on s.id = v.stage_id and s.ends_in = ''
        where f.reopened_at is null and f.status in ('won', 'lost') and f.at >= %(since)s
          and f.at < %(until)s
        group by f.lead_id, 1, 2
    ) stay group by 1, 2
"""

WORKED = """
    select v.owner_id, count(distinct v.lead_id)
    from leads_stagevisit v join process_stage s on s.id = v.stage_id and s.ends_in = ''
    join leads_lead l on l.id = v.lead_id and l.deleted_at is null and l.status <> 'cancelled'
    where v.entered_at < %(until)s and (v.left_at is null or v.left_at >= %(since)s)
    group by rollup (v.owner_id)
"""
# Moved on though its goals were unmet; a stage passed over; a required task late by over a working
# day (here: by two days); untouched for longer than the stage allows; closed without a word.
BREACHES = """
    with stay as materialized (
        select v.id, v.lead_id, v.owner_id, v.entered_at, v.left_at, v.how, v.goals_met, v.jumped,
               v.reason, s.position, s.idle_days * interval '1 day' as allowed,
               lead(s.position) over visits as next_position,
               lead(v.jumped) over visits as next_jumped
        from leads_stagevisit v join process_stage s on s.id = v.stage_id
        join leads_lead l on l.id = v.lead_id and l.deleted_at is null and l.status <> 'cancelled'
        where v.entered_at < %(until)s
          and (v.left_at is null or v.left_at >= %(since)s) and s.ends_in <> 'lost'
        window visits as (partition by v.lead_id order by v.entered_at, s.position)
    ), long as materialized (
        select id, lead_id, entered_at, coalesce(left_at, now()) as ended_at, allowed
        from stay where coalesce(left_at, now()) - entered_at > allowed
    ), touched as (
        select id, allowed, ended_at, entered_at as at from long
        union all
        select long.id, allowed, ended_at, a.at from long join leads_activity a
          on a.lead_id = long.lead_id and a.held and a.at > entered_at and a.at < ended_at
        union all
        select long.id, allowed, long.ended_at, t.ended_at from long join leads_task t
          on t.lead_id = long.lead_id and t.state = 'done' and t.ended_at > entered_at
         and t.ended_at < long.ended_at
        union all
        select long.id, allowed, ended_at, g.at from long join leads_goaltick g
          on g.lead_id = long.lead_id and g.at > entered_at and g.at < ended_at
        union all
        select long.id, allowed, ended_at, signal.at from long join leads_signal signal
          on signal.lead_id = long.lead_id and signal.at > entered_at and signal.at < ended_at
    ), breach as (
        select 'override' as kind, id from stay
        where how = 'moved' and not goals_met and next_position > position
        union all
        select 'jump', id from stay where next_jumped and next_position > position + 1
        union all
        select 'late_task', t.visit_id from leads_task t
        where t.required and t.key <> '' and t.due_at < %(until)s - interval '2 days'
          and (t.ended_at is null or (t.ended_at > t.due_at + interval '2 days'
                                      and t.ended_at >= %(since)s))
        union all
        select 'stalled', id from (
            select id, at, allowed, lead(at, 1, ended_at) over (partition by id order by at) as next
            from touched
        ) gap where next - at > allowed
        union all
        select 'silent_close', stay.id from stay join leads_closing c
          on c.lead_id = stay.lead_id and c.at = stay.left_at and c.reopened_at is null
        where (stay.how = 'won' and not stay.goals_met)
           or (stay.how = 'lost' and c.reason_id is null and stay.reason = '')
    ), of_lead as (
        select stay.owner_id, stay.lead_id, {counts}
        from breach join stay on stay.id = breach.id group by 1, 2
    )
    select owner_id, count(*), {sums} from of_lead group by rollup (owner_id)
"""
KINDS = ("override", "jump", "late_task", "stalled", "silent_close")
BREACHES = BREACHES.format(
    counts=", ".join(f"count(*) filter (where kind = '{kind}') as {kind}" for kind in KINDS),
    sums=", ".join(f"sum({kind}), count(*) filter (where {kind} > 0)" for kind in KINDS),
)
STAYS = """
    select v.stage_id, count(*), percentile_cont(array[0.5, 0.85]) within group (
               order by date_part('epoch', v.left_at - v.entered_at)) as points
    from leads_stagevisit v
    join leads_lead l on l.id = v.lead_id and l.deleted_at is null and l.status <> 'cancelled'
    where v.left_at >= %(since)s and v.left_at < %(until)s and v.how <> 'cancelled' group by 1
"""

# What is open, times the win rate of the trailing year: of the pipeline (what is expected to close
# in the period), and from each stage.
FORECAST = """
    with closed as materialized (
        select f.lead_id, f.pipeline_id, f.status, f.at
        from leads_closing f join leads_lead l on l.id = f.lead_id and l.deleted_at is null
        where f.reopened_at is null and f.status in ('won', 'lost') and f.at >= %(since)s
    ), whole as (
        select pipeline_id, count(*) as closed, count(*) filter (where status = 'won') as won
        from closed group by 1
    ), fate as (
        select v.stage_id, count(distinct v.lead_id) as closed,
               count(distinct v.lead_id) filter (where closed.status = 'won') as won
        from closed join leads_stagevisit v
          on v.lead_id = closed.lead_id and v.entered_at <= closed.at
        group by 1
    )
    select l.owner_id, count(*), sum(l.value),
           sum(l.value * whole.won / whole.closed) filter (
               where l.expected_close is null
               or l.expected_close between %(quarter)s and %(quarter_ends)s) as basic,
           sum(l.value * (fate.won + 20.0 * whole.won / whole.closed)
               / (fate.closed + 20)) as stage
    from leads_lead l join whole on whole.pipeline_id = l.pipeline_id
    left join fate on fate.stage_id = l.stage_id
    where l.status = 'open' and l.deleted_at is null
    group by rollup (l.owner_id)
"""
WON = """
    select f.owner_id, count(*), sum(f.worth)
    from leads_closing f join leads_lead l on l.id = f.lead_id and l.deleted_at is null
    where f.reopened_at is null and f.status = 'won' and f.at >= %(quarter)s
      and f.at < %(quarter_ends)s
    group by rollup (f.owner_id)
"""
WON_BEFORE = """
    select date_trunc('quarter', f.at at time zone 'Europe/Amsterdam'), sum(f.worth)
    from leads_closing f join leads_lead l on l.id = f.lead_id and l.deleted_at is null
    where f.reopened_at is null and f.status = 'won'
      and f.at >= %(quarter)s - interval '3 years' and f.at < %(quarter)s
    group by 1
"""

QUESTIONS: dict[str, tuple[str, ...]] = {
    "adoption": (WORKED, BREACHES, STAYS),
    "funnel": (FUNNEL, FUNNEL_NOW),
    "win-rate": (WIN_RATE, OPENED),
    "deal-size": (DEAL_SIZE, DEAL_SIZE_BEFORE),
    "forecast": (FORECAST, WON, WON_BEFORE),
    "cycle": (CYCLE, IN_STAGES),
}
"""What is asked for each metric."""

PERIOD = """
    select now() - interval '1 year' as since, now() as until, now() - interval '2 years' as before,
           date_trunc('quarter', now()) as quarter,
           date_trunc('quarter', now()) + interval '3 months' as quarter_ends
"""


def answer(metric: str) -> int:
    """Ask for the figures of the last twelve months; how many rows they are."""
    with connection.cursor() as cursor:
        cursor.execute(PERIOD)
        names = [column.name for column in cursor.description]
        period = dict(zip(names, cursor.fetchone(), strict=True))
    return sum(len(rows) for rows in ask(metric, period))


def ask(metric: str, period: dict[str, Any]) -> list[list[tuple[Any, ...]]]:
    """The rows of each question. The database may sort in memory, and compiles nothing."""
    answers = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"
        )
        for question in QUESTIONS[metric]:
            cursor.execute(question, period)
            answers.append(cursor.fetchall())
    return answers
