from django.db import migrations

# What is remembered of these tables is asked anew when they change (ground/remembered.py).
FORWARD = """
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON assignment_territory FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON assignment_area FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
"""
BACKWARD = """
DROP TRIGGER settings_changed ON assignment_territory;
DROP TRIGGER settings_changed ON assignment_area;
"""


class Migration(migrations.Migration):
    dependencies = [("assignment", "0001_initial"), ("ground", "0003_settings_stamp")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
