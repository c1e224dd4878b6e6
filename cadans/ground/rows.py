"""One of some rows by its id, or the error that it is not there."""

from __future__ import annotations

import uuid
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound

Thing = TypeVar("Thing", bound=Model)


def one_of(rows: QuerySet[Thing], id: uuid.UUID) -> Thing:
    """The row with that id. Raises NotFound."""
    found = rows.filter(pk=id).first()
    if found is None:
        raise NotFound(_("It is no longer there."))
    return found


def locked(rows: QuerySet[Thing], id: uuid.UUID) -> Thing:
    """The row with that id, held until the transaction ends. Raises NotFound."""
    return one_of(rows.select_for_update(of=("self",)), id)
