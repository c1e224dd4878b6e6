"""A lead's timeline: its events as sentences, the notes that came with them, and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadans.events.models import Event
from cadans.ground.text import in_language
from cadans.leads.activity import Activity
from cadans.leads.activity_kinds import kind_icon, kind_name
from cadans.leads.event_names import Names, names_in
from cadans.leads.explain import FIELDS, explain
from cadans.leads.lead import Lead
from cadans.leads.queries import last_move, published_of
from cadans.web.mail.telling import LOOKS as MAIL_LOOKS
from cadans.web.mail.telling import TOLD_ANEW, Letter, letters_of
from cadans.web.writing import number

PAGE = 40
"""Events read at a time; a page of the timeline may show fewer items."""

LONG_NOTE, LONG_NOTE_LINES = 900, 14
"""Characters and lines above which only the beginning of a note is shown at first."""

# Told by another event of the same act: leaving by entering, being left over by the skipping.
UNTOLD = {"stage_left"}
GROUPED = {"task_laid", "task_skipped"}

LOOKS: dict[str, dict[str, str]] = {
    "lead_created": {"icon": "plus", "tone": "accent"},
    "lead_changed": {"icon": "pencil"},
    "lead_assigned": {"icon": "user-check"},
    "assignment_missed": {"icon": "triangle-alert", "tone": "warn"},
    "stage_entered": {"icon": "arrow-right", "tone": "accent"},
    "lead_moved": {"icon": "move-right"},
    "task_laid": {"icon": "list-checks"},
    "task_added": {"icon": "square-plus"},
    "task_changed": {"icon": "pencil"},
    "task_rescheduled": {"icon": "calendar-clock"},
    "task_overdue": {"icon": "clock-alert", "tone": "warn"},
    "task_done": {"icon": "square-check", "tone": "good"},
    "task_skipped": {"icon": "minus"},
    "activity_replanned": {"icon": "calendar-clock"},
    "activity_called_off": {"icon": "calendar-x"},
    "lead_idle": {"icon": "snowflake", "tone": "warn"},
    "signal_received": {"icon": "radio", "tone": "info"},
    "automation_begun": {"icon": "clock"},
    "automation_done": {"icon": "zap", "tone": "info"},
    "automation_dropped": {"icon": "minus"},
    "goal_reached": {"icon": "flag", "tone": "good"},
    "goal_ticked": {"icon": "circle-check", "tone": "good"},
    "goal_unticked": {"icon": "circle"},
    "lead_won": {"icon": "trophy", "tone": "good"},
    "lead_lost": {"icon": "circle-x", "tone": "bad"},
    "lead_cancelled": {"icon": "ban"},
    "lead_reopened": {"icon": "rotate-ccw"},
    "move_undone": {"icon": "undo-2"},
    "task_reopened": {"icon": "square"},
    "task_withdrawn": {"icon": "minus"},
    "lead_person_set": {"icon": "user-plus"},
    "lead_person_removed": {"icon": "user-minus"},
    "lead_products_set": {"icon": "package"},
    "history_rebuilt": {"icon": "history"},
}
LOOKS |= MAIL_LOOKS
OTHER = {"icon": "circle-dot"}
WAITING = {"queued", "sending", "handing_over", "held"}
MOVING = {"arrow-right", "move-right", "trophy", "circle-x", "ban"}
WITH_NOTES = {"activity_logged", "activity_held"}


@dataclass(frozen=True)
class Told:
    """One item of the timeline."""

    id: uuid.UUID
    act: uuid.UUID
    text: str
    at: datetime
    icon: str
    tone: str = ""
    auto: bool = False
    parts: Sequence[str] = ()
    note: str = ""
    why: Sequence[tuple[str, str]] = ()
    undo_url: str = ""
    letter: Letter | None = None

    @property
    def note_is_long(self) -> bool:
        """Whether the note would push the rest of the timeline out of sight."""
        return len(self.note) > LONG_NOTE or self.note.count("\n") > LONG_NOTE_LINES


@dataclass(frozen=True)
class Story:
    """A page of the timeline, newest first, and where the next page begins."""

    items: list[Told] = field(default_factory=list)
    before: uuid.UUID | None = None


def story_of(lead: Lead, *, before: uuid.UUID | None = None) -> Story:
    """The lead's latest events (before one of them, when given): some six queries."""
    rows = Event.objects.filter(lead=lead.id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    events = list(rows.order_by("-id")[: PAGE + 1])
    more = len(events) > PAGE
    events = events[:PAGE]
    last = events[-1].id if events else None
    known = {event.id: event for event in events}
    missing = {event.cause for event in events if event.cause and event.because} - set(known)
    if missing:
        known |= {event.id: event for event in Event.objects.filter(id__in=missing)}
    names = names_in(known.values())
    notes = _notes(events)
    letters = letters_of(events)
    events = _without_twice_told(events, letters)
    # By the moment it happened: what is logged late still stands in its place.
    items = [
        _told(lead, group, names, known, notes, letters)
        for group in _groups(sorted(events, key=lambda event: (event.at, event.id), reverse=True))
    ]
    if before is None:
        items = _undoable(lead, items)
    return Story(items, last if more else None)


def _groups(events: Iterable[Event]) -> list[list[Event]]:
    """Events to tell, with the tasks that one act laid or skipped taken together."""
    groups: list[list[Event]] = []
    for event in events:
        if event.kind in UNTOLD or _is_told_by_move(event) or _is_done_at_once(event):
            continue
        last = groups[-1][0] if groups else None
        same = last is not None and (last.act, last.kind) == (event.act, event.kind)
        if same and event.kind in GROUPED:
            groups[-1].append(event)
        else:
            groups.append([event])
    return groups


def _without_twice_told(events: list[Event], letters: Mapping[str, Letter]) -> list[Event]:
    """Without what another event tells: that a mail that was sent waited, and that it counts as an
    activity; that an answer is a signal too."""
    counted = {event.data.get("activity") for event in events if event.kind == "mail_sent"}
    kept = []
    for event in events:
        letter = letters.get(str(event.data.get("message")))
        if event.kind in TOLD_ANEW and letter is not None and letter.state not in WAITING:
            continue
        if event.kind == "activity_logged" and event.data.get("activity") in counted:
            continue
        payload = event.data.get("payload") or {}
        if event.kind == "signal_received" and payload.get("message"):
            continue
        kept.append(event)
    return kept


def _is_done_at_once(event: Event) -> bool:
    """An automation without a delay: that it is done tells that it was begun."""
    return event.kind == "automation_begun" and not event.data.get("due_at")


def _is_told_by_move(event: Event) -> bool:
    """Entering a stage by hand: the move before it says so."""
    return event.kind == "stage_entered" and event.because.get("rule") == "by_hand"


def _told(
    lead: Lead,
    group: list[Event],
    names: Names,
    known: Mapping[uuid.UUID, Event],
    notes: Mapping[str, Activity],
    letters: Mapping[str, Letter],
) -> Told:
    event = group[0]
    look = LOOKS.get(event.kind, OTHER)
    note = ""
    if event.kind in WITH_NOTES:
        look = {"icon": kind_icon(str(event.data.get("kind")))}
        activity = notes.get(str(event.data.get("activity")))
        # The note of a plan that was held stands where it is told that it was.
        if activity is not None and activity.held == (event.data.get("held") is not False):
            note = activity.note
    parts: list[str] = []
    text = explain(event, names)
    if len(group) > 1:
        parts = [_task_name(one) for one in reversed(group)]
        sentence = {
            "task_laid": ngettext("Laid %(count)d task.", "Laid %(count)d tasks.", len(group)),
            "task_skipped": ngettext(
                "Skipped %(count)d task that was left over.",
                "Skipped %(count)d tasks that were left over.",
                len(group),
            ),
        }[event.kind]
        text = sentence % {"count": len(group)}
    return Told(
        id=event.id,
        act=event.act,
        text=text,
        at=event.at,
        icon=look["icon"],
        tone=look.get("tone", ""),
        auto=bool(event.because) and event.because.get("rule") not in {"by_hand", "created"},
        parts=parts,
        note=note,
        letter=letters.get(str(event.data.get("message"))) if event.kind in MAIL_LOOKS else None,
        why=_why(lead, event, names, known) if event.because else (),
    )


def _task_name(event: Event) -> str:
    name = event.data.get("name")
    return in_language(name) if isinstance(name, Mapping) else str(name or "–")


def _notes(events: Iterable[Event]) -> dict[str, Activity]:
    ids = [event.data.get("activity") for event in events if event.kind in WITH_NOTES]
    return {str(one.id): one for one in Activity.objects.filter(id__in=ids)} if ids else {}


def _why(
    lead: Lead, event: Event, names: Names, known: Mapping[uuid.UUID, Event]
) -> list[tuple[str, str]]:
    """The cause, the rule, its version and the values it saw, as names with values."""
    because = event.because
    lines: list[tuple[str, str]] = []
    cause = known.get(event.cause) if event.cause else None
    if cause is not None:
        lines.append((_("Because"), explain(cause, names)))
    rule = because.get("rule")
    stage = _stage_name(lead, because.get("stage"))
    told = {
        "goals_met": _("The goals of “%(stage)s” were met"),
        "by_hand": _("Somebody did it by hand"),
        "created": _("A new lead begins in its first stage"),
        "reopened": _("The lead was reopened"),
        "undo": _("A move was taken back"),
        "process_published": _("A new version of the process was published"),
        "idle_limit": _("The idle limit of the stage"),
        "due_date": _("The due date of the task"),
        "after_task": _("In “%(stage)s” this task follows another one"),
        "expected_close": _("In “%(stage)s” this task counts back from the expected close"),
        "default": _("The default pipeline"),
        "company_lies_in": _("A lead whose territory nobody chose lies where its company lies"),
    }.get(str(rule))
    if told:
        lines.append((_("Rule"), told % {"stage": stage}))
    elif rule:
        lines.append((_("Rule"), str(rule)))
    goals = because.get("goals")
    if goals:
        lines.append((_("Goals"), ", ".join(names.goal(event, because, key) for key in goals)))
    if because.get("version"):
        lines.append((_("Process version"), str(because["version"])))
    seen = because.get("seen")
    if isinstance(seen, Mapping) and seen:
        lines.append(
            (_("Values seen"), "; ".join(_seen(event, key, seen[key], names) for key in seen))
        )
    return lines


def _seen(event: Event, key: str, value: Any, names: Names) -> str:
    """What was seen: under the goal's name, else the field's, else its key."""
    because = event.because
    goal = names.goals.get((str(event.pipeline), because.get("version"), because.get("stage"), key))
    name = goal or FIELDS.get(key) or kind_name(key).replace("_", " ")
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    elif isinstance(value, int | float):
        value = number(value)
    elif isinstance(value, list):
        value = ", ".join(names.of.get(str(one), str(one)) for one in value)
    else:
        value = names.of.get(str(value), value)
    return f"{name}: {'–' if value is None or value == '' else value}"


def _stage_name(lead: Lead, key: Any) -> str:
    for stage in published_of(lead).design.stages:
        if stage.key == key:
            return stage.label()
    return str(key or "–")


def _undoable(lead: Lead, items: list[Told]) -> list[Told]:
    """Give the last move a way back."""
    begun = last_move(lead)
    if begun is None:
        return items
    # By hand the move itself is told, which comes just before leaving the stage.
    told = [item for item in items if item.act == begun.act and item.icon in MOVING]
    if not told:
        return items
    url = reverse("lead:undo", args=[lead.id, begun.id])
    return [replace(item, undo_url=url) if item is told[0] else item for item in items]
