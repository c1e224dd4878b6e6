import django.db.models.deletion
import django.utils.timezone
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import cadans.ground.ids


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_settings_stamp")]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="called_off_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="due_by_hand",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="somebody chose the due date: it stays",
            ),
        ),
        migrations.CreateModel(
            name="IdleSpell",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=cadans.ground.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("since", models.DateTimeField(help_text="the last touch before it")),
                ("days", models.PositiveSmallIntegerField(help_text="the limit of its stage")),
                ("noticed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="idle_spells",
                        to="leads.lead",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lead", "since"), name="idle_spell_noticed_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MissedDue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=cadans.ground.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="missed",
                        to="leads.task",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "missed dues",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("task", "due_at"), name="missed_due_noticed_once"
                    )
                ],
            },
        ),
        # Checked in the next migration, so that nobody waits for a look through a large table.
        AddConstraintNotValid(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("called_off_at", None), ("held", False), _connector="OR"),
                name="held_is_not_called_off",
            ),
        ),
    ]
