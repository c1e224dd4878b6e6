"""Time-ordered ids, made in Python so that events can name their causes in one bulk insert."""

import uuid
from datetime import datetime

from django.db import models
from uuid_utils import uuid7 as native_uuid7
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): rows made later sort later."""
    return uuid7()


def new_id_as_text() -> str:
    """The same as text, in a third of the time: for rows by the hundred thousand."""
    return str(native_uuid7())


def id_at(moment: datetime) -> uuid.UUID:
    """The lowest UUID version 7 of that millisecond: what is made from then on sorts after it."""
    milliseconds = max(int(moment.timestamp() * 1000), 0)
    return uuid.UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62))


class Row(models.Model):
    """What every table of business data has: a time-ordered id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
