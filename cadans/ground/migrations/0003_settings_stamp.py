from django.db import migrations, models

FORWARD = """
CREATE FUNCTION settings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ground_settingsstamp (id, value) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END
$$;
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ground_customfield
    FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();
INSERT INTO ground_settingsstamp (id, value) VALUES (1, gen_random_uuid());
"""
BACKWARD = """
DROP TRIGGER settings_changed ON ground_customfield;
DROP FUNCTION settings_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("ground", "0002_fields_and_rates")]

    operations = [
        migrations.CreateModel(
            name="SettingsStamp",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("value", models.UUIDField()),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
