"""An index of the hand-overs of leads, made while the log can still be written to."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("events", "0002_append_only")]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                condition=models.Q(("because", {}), ("kind", "lead_assigned")),
                fields=["lead", "at"],
                name="handover_of_lead",
            ),
        ),
    ]
