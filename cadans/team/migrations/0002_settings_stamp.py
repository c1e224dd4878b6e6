from django.db import migrations

# What is remembered of these tables is asked anew when they change (ground/remembered.py).
FORWARD = """
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON team_organisation FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON team_team FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON team_membership FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON team_absence FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OF email, name, role, language, is_active OR DELETE
    ON team_user FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OF user_id, name, digest, scopes, revoked_at OR DELETE
    ON team_apitoken FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
"""
BACKWARD = """
DROP TRIGGER settings_changed ON team_organisation;
DROP TRIGGER settings_changed ON team_team;
DROP TRIGGER settings_changed ON team_membership;
DROP TRIGGER settings_changed ON team_absence;
DROP TRIGGER settings_changed ON team_user;
DROP TRIGGER settings_changed ON team_apitoken;
"""


class Migration(migrations.Migration):
    dependencies = [("team", "0001_initial"), ("ground", "0003_settings_stamp")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
