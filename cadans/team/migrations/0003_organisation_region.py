from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("team", "0002_settings_stamp")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="region",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="and its own holidays",
                max_length=20,
            ),
        ),
    ]
