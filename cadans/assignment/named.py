"""Territories by what people and programs call them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cadans.assignment.models import Territory
from cadans.ground.errors import Invalid
from cadans.team.named import as_id


def territory_named(word: str, *, pointer: str = "/territory") -> Territory:
    """A territory by id or name. Raises Invalid; also when several bear the name."""
    id = as_id(word)
    named = Territory.objects.filter(id=id) if id else Territory.objects.filter(name__iexact=word)
    found = list(named[:2])
    if len(found) == 1:
        return found[0]
    message = (
        _("Several territories are called “%(name)s”; give the id of one.")
        if found
        else _("There is no territory “%(name)s”.")
    )
    raise Invalid(message % {"name": word}, pointer=pointer, code="unknown_territory")
