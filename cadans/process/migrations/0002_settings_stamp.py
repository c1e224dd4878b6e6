from django.db import migrations

# What is remembered of these tables is asked anew when they change (ground/remembered.py).
FORWARD = """
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON process_pipeline FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON process_routingrule FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON process_stage FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
"""
BACKWARD = """
DROP TRIGGER settings_changed ON process_pipeline;
DROP TRIGGER settings_changed ON process_routingrule;
DROP TRIGGER settings_changed ON process_stage;
"""


class Migration(migrations.Migration):
    dependencies = [("process", "0001_initial"), ("ground", "0003_settings_stamp")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
