from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# Where each visit of these leads stands among the others: whether it is the lead's first to its
# stage, and when the lead was first higher up after it. What is entered at the same moment as a
# lower stage follows it (imports have whole seconds, and automatic moves take no time). Entering
# the stage that ends in won counts only if it was not undone by reopening; stages that end in lost
# are no part of the way up.
#
# Nearly every lead only goes up: then the next visit is the higher one. Only for visits of leads
# that were moved back are the others searched. Planned once a connection, which takes longer than
# carrying it out; and tables are never read whole, since a plan that was made while they were empty
# would go on searching all visits for each of them.
PLACE = """
create function leads_place_visits(of_leads uuid[]) returns void
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
    update leads_stagevisit v set is_first = placed.is_first, higher_at = placed.higher_at
    from (
        select e.id,
               e.counts and e.nth = 1 as is_first,
               case when not e.counts or e.next_position is null then null
                    when e.next_position > e.position then e.next_at
                    else (
                        select min(h.entered_at)
                        from leads_stagevisit h join process_stage s on s.id = h.stage_id
                        where h.lead_id = e.lead_id and h.pipeline_id = e.pipeline_id
                          and h.entered_at >= e.entered_at and s.position > e.position
                          and s.ends_in <> 'lost' and (s.ends_in <> 'won' or not exists (
                              select from leads_closing undone
                              where undone.lead_id = h.lead_id
                                and undone.reopened_at > h.entered_at)))
               end as higher_at
        from (
            select c.*,
                   row_number() over (partition by c.lead_id, c.stage_id, c.counts
                                      order by c.entered_at, c.id) as nth,
                   lead(c.entered_at) over following as next_at,
                   lead(c.position) over following as next_position
            from (
                select v.id, v.lead_id, v.pipeline_id, v.stage_id, v.entered_at, s.position,
                       s.ends_in <> 'lost' and (s.ends_in <> 'won' or not exists (
                           select from leads_closing undone
                           where undone.lead_id = v.lead_id
                             and undone.reopened_at > v.entered_at)) as counts
                from leads_stagevisit v join process_stage s on s.id = v.stage_id
                where v.lead_id = any(of_leads)
            ) c
            window following as (partition by c.lead_id, c.pipeline_id, c.counts
                                 order by c.entered_at, c.position, c.id)
        ) e
    ) placed
    where v.id = placed.id
      and (v.is_first, v.higher_at) is distinct from (placed.is_first, placed.higher_at);
end $$;

create function leads_place_added_visits() returns trigger language plpgsql as $$
begin
    perform leads_place_visits(array(select distinct lead_id from touched));
    return null;
end $$;

create function leads_place_visits_of_lead() returns trigger language plpgsql as $$
begin
    perform leads_place_visits(array[coalesce(new.lead_id, old.lead_id)]);
    return null;
end $$;

create trigger placed_when_added after insert on leads_stagevisit
    referencing new table as touched
    for each statement execute function leads_place_added_visits();
create trigger placed_when_removed after delete on leads_stagevisit
    referencing old table as touched
    for each statement execute function leads_place_added_visits();
create trigger placed_when_changed
    after update of entered_at, stage_id, pipeline_id on leads_stagevisit for each row
    when ((new.entered_at, new.stage_id, new.pipeline_id)
          is distinct from (old.entered_at, old.stage_id, old.pipeline_id))
    execute function leads_place_visits_of_lead();

create trigger placed_when_told_as_reopened after insert on leads_closing for each row
    when (new.reopened_at is not null) execute function leads_place_visits_of_lead();
create trigger placed_when_reopened after update of reopened_at on leads_closing for each row
    when (new.reopened_at is distinct from old.reopened_at)
    execute function leads_place_visits_of_lead();
create trigger placed_when_no_longer_reopened after delete on leads_closing for each row
    when (old.reopened_at is not null) execute function leads_place_visits_of_lead();
"""

UNPLACE = """
drop trigger placed_when_no_longer_reopened on leads_closing;
drop trigger placed_when_reopened on leads_closing;
drop trigger placed_when_told_as_reopened on leads_closing;
drop trigger placed_when_changed on leads_stagevisit;
drop trigger placed_when_removed on leads_stagevisit;
drop trigger placed_when_added on leads_stagevisit;
drop function leads_place_visits_of_lead();
drop function leads_place_added_visits();
drop function leads_place_visits(uuid[]);
"""

# Reports have many expressions: compiling them first (PostgreSQL's JIT) took six times as long as
# the whole answer takes without. Whoever may not set this for the database can do so elsewhere.
NO_JIT = """
do $$ begin
    execute format('alter database %I set jit = off', current_database());
exception when insufficient_privilege then
    raise notice 'Set jit = off for this database: reports are several times as fast without.';
end $$;
"""

SOME = 5_000


def place_all(apps, schema_editor):
    """Place the visits that are there, some leads at a time, so that nobody waits long."""
    with schema_editor.connection.cursor() as cursor:
        last = None
        while True:
            cursor.execute(
                "select id from leads_lead where %s::uuid is null or id > %s order by id limit %s",
                [last, last, SOME],
            )
            ids = [id for (id,) in cursor.fetchall()]
            if not ids:
                return
            cursor.execute("select leads_place_visits(%s)", [ids])
            last = ids[-1]


class Migration(migrations.Migration):
    # Outside a transaction: rows are filled and indexed while others go on writing.
    atomic = False
    dependencies = [("leads", "0006_own_activity_kinds")]

    operations = [
        migrations.AddField(
            model_name="stagevisit",
            name="is_first",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="the lead's first visit to the stage, and one that counts on the way up",
            ),
        ),
        migrations.AddField(
            model_name="stagevisit",
            name="higher_at",
            field=models.DateTimeField(
                help_text="when the lead first entered a higher stage after it", null=True
            ),
        ),
        migrations.RunSQL(PLACE, UNPLACE),
        migrations.RunSQL(NO_JIT, migrations.RunSQL.noop),
        migrations.RunPython(place_all, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="stagevisit",
            index=models.Index(
                condition=models.Q(("is_first", True)),
                fields=["pipeline", "entered_at"],
                include=["lead", "stage", "owner", "version", "higher_at"],
                name="first_visits",
            ),
        ),
    ]
