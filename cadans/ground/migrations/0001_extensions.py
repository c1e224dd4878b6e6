from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

# Only a superuser may make this one, and nothing depends on it: a hosted PostgreSQL may refuse.
STATEMENT_FIGURES = """
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pg_stat_statements is not available here';
END
$$;
"""


class Migration(migrations.Migration):
    initial = True

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        UnaccentExtension(),
        migrations.RunSQL(STATEMENT_FIGURES, migrations.RunSQL.noop),
    ]
