from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    # Outside a transaction: the index is built while others go on writing.
    atomic = False
    dependencies = [("leads", "0004_planned_and_lapsed")]

    operations = [
        ValidateConstraint(model_name="activity", name="held_is_not_called_off"),
        AddIndexConcurrently(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("called_off_at", None), ("held", False)),
                fields=["by", "at"],
                name="planned_by_whom",
            ),
        ),
    ]
