"""Replay: fold a lead's events into the state they tell of. Pure.

Every action's test checks that what replay tells equals what the tables hold, so that the log
is a full account and not a commentary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Visit:
    """One stay of one lead in one stage, as told by the log."""

    id: str
    lead: str
    stage: str
    version: str
    owner: str | None
    entered_at: str
    left_at: str | None = None
    left_how: str = ""


@dataclass
class Told:
    """What the log tells of one lead."""

    status: str = "open"
    owner: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)
    closings: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False


def replay(events: Iterable[Mapping[str, Any]]) -> dict[str, Told]:
    """Fold events (mappings with the columns of `Event`, in any order) into leads by id.

    They are put in the order in which they were written down (their ids are time-ordered), so
    that the result is the same whichever order they arrive in.
    """
    leads: dict[str, Told] = {}
    for event in sorted(events, key=lambda one: str(one["id"])):
        if event["lead"] is None:
            continue
        told = leads.setdefault(str(event["lead"]), Told())
        hand = HANDS.get(event["kind"])
        if hand:
            hand(told, event, event["data"])
    return leads


Data = Mapping[str, Any]


def _created(told: Told, event: Data, data: Data) -> None:
    told.fields.update(data["fields"])
    told.owner = data["fields"].get("owner")


def _changed(told: Told, event: Data, data: Data) -> None:
    for name, (_before, after) in data["changes"].items():
        told.fields[name] = after


def _assigned(told: Told, event: Data, data: Data) -> None:
    told.owner = data["owner"]
    told.fields["owner"] = data["owner"]


def _entered(told: Told, event: Data, data: Data) -> None:
    told.visits[data["visit"]] = Visit(
        id=data["visit"],
        lead=str(event["lead"]),
        stage=data["stage"],
        version=data["version"],
        owner=data["owner"],
        entered_at=event["at"] if isinstance(event["at"], str) else event["at"].isoformat(),
    )
    told.fields["stage"] = data["stage"]


def _left(told: Told, event: Data, data: Data) -> None:
    visit = told.visits[data["visit"]]
    visit.left_at = event["at"] if isinstance(event["at"], str) else event["at"].isoformat()
    visit.left_how = data["how"]


def _closed(told: Told, event: Data, data: Data) -> None:
    told.status = data["status"]
    told.closings.append(dict(data))


def _reopened(told: Told, event: Data, data: Data) -> None:
    told.status = "open"
    if told.closings:
        told.closings.pop()


def _undone(told: Told, event: Data, data: Data) -> None:
    """The last move was taken back: what it began is gone, what it ended goes on."""
    for visit in data["removed"]:
        told.visits.pop(visit, None)
    again = told.visits[data["visit"]]
    again.left_at, again.left_how = None, ""
    told.fields["stage"] = data["stage"]
    if data["reopened"]:
        told.status = "open"
        told.closings.pop()


def _withdrawn(told: Told, event: Data, data: Data) -> None:
    told.tasks.pop(data["task"], None)


def _task(state: str) -> Any:
    def set_state(told: Told, event: Data, data: Data) -> None:
        told.tasks[data["task"]] = state

    return set_state


def _deleted(told: Told, event: Data, data: Data) -> None:
    told.deleted = True


def _rebuilt(told: Told, event: Data, data: Data) -> None:
    """A history of stages was imported: the visits told so far are replaced."""
    told.visits.clear()


HANDS = {
    "lead_created": _created,
    "lead_changed": _changed,
    "lead_assigned": _assigned,
    "stage_entered": _entered,
    "stage_left": _left,
    "lead_won": _closed,
    "lead_lost": _closed,
    "lead_cancelled": _closed,
    "lead_reopened": _reopened,
    "task_laid": _task("open"),
    "task_done": _task("done"),
    "task_skipped": _task("skipped"),
    "task_reopened": _task("open"),
    "task_withdrawn": _withdrawn,
    "move_undone": _undone,
    "lead_deleted": _deleted,
    "history_rebuilt": _rebuilt,
}
