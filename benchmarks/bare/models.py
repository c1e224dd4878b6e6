"""One table, made by `benchmarks.product`."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7


class Row(models.Model):
    """A row, and nothing that follows from it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    title = models.CharField(max_length=200)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Row"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "bare_row"

    def __str__(self) -> str:
        return self.title
