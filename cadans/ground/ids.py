"""Time-ordered ids, made in Python so that events can name their causes in one bulk insert."""

import uuid
from datetime import datetime

from django.db import models
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): rows made later sort later."""
    return uuid7()


def id_at(moment: datetime) -> uuid.UUID:
    """A UUID version 7 that sorts as if it had been made at `moment` (for history written late)."""
    return uuid7(int(moment.timestamp()), moment.microsecond * 1000)


class Row(models.Model):
    """What every table of business data has: a time-ordered id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
