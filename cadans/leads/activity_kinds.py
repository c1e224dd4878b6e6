"""The kinds of activities: those that every organisation has, and its own."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cadans.ground.asking import every
from cadans.ground.errors import Invalid
from cadans.ground.remembered import remembered
from cadans.leads.activity import ActivityKind, OwnActivityKind

ICONS = {
    ActivityKind.CALL: "phone",
    ActivityKind.MEETING: "users",
    ActivityKind.DEMO: "presentation",
    ActivityKind.EMAIL: "mail",
    ActivityKind.NOTE: "notebook-pen",
    ActivityKind.ASK: "handshake",
}
OTHER_ICON = "circle-dot"


def own_activity_kinds() -> QuerySet[OwnActivityKind]:
    """The organisation's own kinds, those that are not used any more too."""
    return OwnActivityKind.objects.all()


@remembered
def _own() -> dict[str, OwnActivityKind]:
    rows = every(OwnActivityKind, "true")
    return {one.key: one for one in sorted(rows, key=lambda one: (one.position, one.key))}


def kind_name(key: str) -> str:
    """What a kind is called in the reader's language; its key when it is gone."""
    if key in ActivityKind.values:
        return str(ActivityKind(key).label)
    own = _own().get(key)
    return own.name if own else key


def kind_icon(key: str) -> str:
    """The icon of a kind."""
    if key in ActivityKind.values:
        return ICONS[ActivityKind(key)]
    own = _own().get(key)
    return own.icon if own else OTHER_ICON


def kinds_in_use() -> list[tuple[str, str]]:
    """What can be logged or planned: key and name, one's own kinds last."""
    usual = [(str(one.value), str(one.label)) for one in ActivityKind]
    return usual + [(one.key, one.name) for one in _own().values() if one.is_active]


def kinds_put_away() -> list[str]:
    """Keys of one's own kinds that are not used any more."""
    return [one.key for one in _own().values() if not one.is_active]


def require_kind(key: str, *, pointer: str = "/kind") -> None:
    """Raises Invalid for a kind that there is not, or that is not used any more."""
    if key in ActivityKind.values:
        return
    own = _own().get(key)
    if own is not None and own.is_active:
        return
    told = (
        _("“%(kind)s” is a kind of activity that is no longer used. It can be: %(known)s.")
        if own
        else _("“%(kind)s” is not a kind of activity. It can be: %(known)s.")
    )
    raise Invalid(
        told % {"kind": key, "known": _listed(key for key, _name in kinds_in_use())},
        pointer=pointer,
    )


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(keys)
