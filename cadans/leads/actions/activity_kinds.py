"""An organisation's own kinds of activities."""

from __future__ import annotations

from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid
from cadans.leads.activity import Activity, ActivityKind, OwnActivityKind
from cadans.leads.activity_kinds import OTHER_ICON
from cadans.process.queries import activities_waited_for
from cadans.team.models import User
from cadans.team.queries import require_role

LONGEST_NAME = 40
OWN_ICONS = (
    OTHER_ICON,
    "map-pin",
    "factory",
    "ruler",
    "wrench",
    "truck",
    "package",
    "flask-conical",
    "video",
    "coffee",
    "message-circle",
    "file-text",
    "graduation-cap",
    "gift",
)
"""What an own kind may look like."""


def add_activity_kind(
    actor: User | None,
    *,
    name_nl: str = "",
    name_en: str = "",
    icon: str = OTHER_ICON,
    key: str = "",
    via: str = "web",
) -> OwnActivityKind:
    """A new kind, behind the others. Without a key one is made of the name.

    Raises Invalid, or Conflict when there is such a kind already.
    """
    require_role(actor, User.Role.MANAGER, User.Role.ADMIN)
    names = _clean_names(name_nl, name_en)
    key = slugify(key or names[1] or names[0]).replace("-", "_").strip("_")[:40]
    if not key:
        raise _wrong("name_en", _("Use letters or digits in the name."))
    kind = OwnActivityKind(key=key, name_nl=names[0], name_en=names[1], icon=_clean_icon(icon))
    with Act(actor, via=via) as act:
        _must_be_free(kind)
        last = OwnActivityKind.objects.aggregate(last=Max("position"))["last"]
        kind.position = 0 if last is None else last + 1
        kind.save(force_insert=True)
        act.record("activity_kind_added", _subject(kind), data=_told(kind))
    return kind


def change_activity_kind(
    actor: User | None,
    kind: OwnActivityKind,
    *,
    name_nl: str = "",
    name_en: str = "",
    icon: str = OTHER_ICON,
    is_active: bool = True,
    via: str = "web",
) -> OwnActivityKind:
    """Rename a kind, or put it away so that it is no longer logged. Its key stays.

    Raises Invalid, or Conflict when another kind has that name.
    """
    require_role(actor, User.Role.MANAGER, User.Role.ADMIN)
    kind.name_nl, kind.name_en = _clean_names(name_nl, name_en)
    kind.icon = _clean_icon(icon)
    kind.is_active = is_active
    with Act(actor, via=via) as act:
        _must_be_free(kind)
        kind.save()
        act.record("activity_kind_changed", _subject(kind), data=_told(kind))
    return kind


def delete_activity_kind(actor: User | None, kind: OwnActivityKind, *, via: str = "web") -> None:
    """Remove a kind of which nothing was logged and for which no goal waits. Raises Conflict."""
    require_role(actor, User.Role.MANAGER, User.Role.ADMIN)
    with Act(actor, via=via) as act:
        if Activity.objects.filter(kind=kind.key).exists() or kind.key in activities_waited_for():
            raise Conflict(
                _("“%(name)s” is used by activities or goals. Put it away instead.")
                % {"name": kind.name},
                code="in_use",
            )
        act.record("activity_kind_deleted", _subject(kind), data=_told(kind))
        kind.delete()


def _subject(kind: OwnActivityKind) -> Subject:
    return Subject("activity_kind", kind.id)


def _told(kind: OwnActivityKind) -> dict[str, object]:
    return {
        "key": kind.key,
        "name_nl": kind.name_nl,
        "name_en": kind.name_en,
        "is_active": kind.is_active,
    }


def _clean_names(name_nl: str, name_en: str) -> tuple[str, str]:
    """Both names, the one standing in for the other that was left out."""
    dutch, english = name_nl.strip(), name_en.strip()
    dutch, english = dutch or english, english or dutch
    if not dutch:
        raise _wrong("name_nl", _("This cannot be empty."))
    for field, name in (("name_nl", dutch), ("name_en", english)):
        if len(name) > LONGEST_NAME or "\x00" in name:
            told = _("Too long: at most %(longest)s characters.") % {"longest": LONGEST_NAME}
            raise _wrong(field, told)
    return dutch, english


def _clean_icon(icon: str) -> str:
    if icon not in OWN_ICONS:
        raise _wrong(
            "icon",
            _("There is no such icon. Choose one of these: %(icons)s.")
            % {"icons": ", ".join(OWN_ICONS)},
        )
    return icon


def _must_be_free(kind: OwnActivityKind) -> None:
    """Neither the key nor a name may be another kind's, or people would not tell them apart."""
    others = list(OwnActivityKind.objects.exclude(id=kind.id))
    keys = {*ActivityKind.values, *(one.key for one in others)}
    names = {
        *_usual_names(),
        *(name.casefold() for one in others for name in (one.name_nl, one.name_en)),
    }
    for field, value, taken in (
        ("name_nl", kind.name_nl, names),
        ("name_en", kind.name_en, names),
        ("key", kind.key, keys),
    ):
        if value.casefold() in taken:
            message = _("“%(name)s” is there already.") % {"name": value}
            raise Conflict(message, pointer=f"/{field}", code="duplicate")


def _usual_names() -> set[str]:
    names = set()
    for language in ("nl", "en"):
        with override(language):
            names |= {str(label).casefold() for label in ActivityKind.labels}
    return names


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, pointer=f"/{field}", fields={field: message})
