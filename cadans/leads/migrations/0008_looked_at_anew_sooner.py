from django.db import migrations

# The database looks at a table anew once a tenth of it changed: at five million visits that is half
# a million, the newest weeks, which reports ask for most and of which it then knows nothing. And it
# notes which pages an index alone can answer for once a fifth was added.
TABLES = ("leads_stagevisit", "leads_lead", "leads_closing")
SOONER = "autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05"
AS_USUAL = "autovacuum_analyze_scale_factor, autovacuum_vacuum_insert_scale_factor"


class Migration(migrations.Migration):
    dependencies = [("leads", "0007_visits_in_their_place")]

    operations = [
        migrations.RunSQL(
            f"alter table {table} set ({SOONER})", f"alter table {table} reset ({AS_USUAL})"
        )
        for table in TABLES
    ]
