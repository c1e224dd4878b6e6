from django.db import migrations

# The log is append-only in the database itself. Erasure (a person's right) and tests announce
# themselves with a setting that lasts for their transaction.
FORWARD = """
CREATE FUNCTION refuse_to_change_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('cadans.may_change_the_log', true) = 'yes' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'events are never changed or removed'
        USING HINT = 'Record a new event that corrects the old one.';
END
$$;
CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_log();
"""
BACKWARD = """
DROP TRIGGER events_are_append_only ON events_event;
DROP FUNCTION refuse_to_change_the_log();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
