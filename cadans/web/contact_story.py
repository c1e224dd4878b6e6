"""What happened to a person's or a company's own record, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cadans.events.models import Event
from cadans.leads.activity import Activity
from cadans.leads.activity_kinds import kind_name
from cadans.leads.event_names import Names, names_in
from cadans.leads.explain import explain

LONGEST = 60
"""Letters of a value that a sentence quotes."""

SENTENCES = {
    "added": lambda: _("%(who)s added this record."),
    "changed": lambda: _("%(who)s changed: %(changes)s."),
    "deleted": lambda: _("%(who)s deleted this record."),
    "merged": lambda: _("%(who)s merged another record into this one."),
}

OF_ADDRESSES = {"address_suppressed": "mail-x", "address_released": "mail-check"}
"""What befell somebody's address is told as on their leads; here with its icon."""


@dataclass(frozen=True)
class Happened:
    """One line of a record's history."""

    text: str
    at: datetime
    icon: str
    note: str = ""
    lead: Any = None


def history_of(
    events: Iterable[Event], activities: Iterable[Activity], labels: Mapping[str, str]
) -> list[Happened]:
    """Changes and activities together, newest first; `labels` name the fields."""
    events = list(events)
    names = names_in(events)
    items = [
        Happened(
            text=_told(event, names, labels),
            at=event.at,
            icon=_icon(event.kind),
        )
        for event in events
    ]
    items += [
        Happened(
            text=_done(activity),
            at=activity.at,
            icon=ICONS.get(activity.kind, {"icon": "circle-dot"})["icon"],
            note=activity.note,
            lead=activity.lead,
        )
        for activity in activities
    ]
    return sorted(items, key=lambda item: item.at, reverse=True)


ICONS: dict[str, dict[str, str]] = {
    "call": {"icon": "phone"},
    "meeting": {"icon": "users"},
    "demo": {"icon": "presentation"},
    "email": {"icon": "mail"},
    "note": {"icon": "notebook-pen"},
    "ask": {"icon": "handshake"},
}


def _icon(kind: str) -> str:
    if kind in OF_ADDRESSES:
        return OF_ADDRESSES[kind]
    return "plus" if kind.endswith("_added") else "pencil"


def _told(event: Event, names: Names, labels: Mapping[str, str]) -> str:
    if event.kind in OF_ADDRESSES:
        return explain(event, names)
    who = names[event.actor] if event.actor else "Cadans"
    verb = event.kind.partition("_")[2]
    sentence = SENTENCES.get(verb, SENTENCES["changed"])()
    changes = event.data.get("changes") or {}
    told = [
        f"{labels.get(name, name)} {_plain(pair[0], names)} → {_plain(pair[1], names)}"
        for name, pair in changes.items()
        if isinstance(pair, list) and not isinstance(pair[1], dict)
    ] or [labels.get(name, name) for name in changes]
    return sentence % {"who": who, "changes": "; ".join(told) or "–"}


def _plain(value: Any, names: Names) -> str:
    if value in (None, ""):
        return "–"
    return f"“{names.of.get(str(value), str(value))[:LONGEST]}”"


def _done(activity: Activity) -> str:
    who = activity.by.name if activity.by else "Cadans"
    what = kind_name(activity.kind)
    if activity.outcome:
        what = f"{what} ({activity.get_outcome_display().lower()})"
    return f"{who}: {what}"
