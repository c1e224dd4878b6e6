from django.db import migrations

# What was forecast stays as it was said: rows are only ever added.
FORWARD = """
CREATE FUNCTION refuse_to_change_forecasts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('cadans.may_change_the_log', true) = 'yes' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'what was forecast is never changed or removed';
END
$$;
CREATE TRIGGER snapshots_are_append_only BEFORE UPDATE OR DELETE ON insight_snapshot
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_forecasts();
CREATE TRIGGER expected_leads_are_append_only BEFORE UPDATE OR DELETE ON insight_expectedlead
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_forecasts();
"""
BACKWARD = """
DROP TRIGGER expected_leads_are_append_only ON insight_expectedlead;
DROP TRIGGER snapshots_are_append_only ON insight_snapshot;
DROP FUNCTION refuse_to_change_forecasts();
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_snapshots_and_quotas")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
