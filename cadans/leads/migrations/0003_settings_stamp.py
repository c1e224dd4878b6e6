from django.db import migrations

# What is remembered of these tables is asked anew when they change (ground/remembered.py).
FORWARD = """
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON leads_source FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON leads_productline FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON leads_product FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE
    ON leads_lossreason FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
"""
BACKWARD = """
DROP TRIGGER settings_changed ON leads_source;
DROP TRIGGER settings_changed ON leads_productline;
DROP TRIGGER settings_changed ON leads_product;
DROP TRIGGER settings_changed ON leads_lossreason;
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0002_stagevisit_held"), ("ground", "0003_settings_stamp")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
