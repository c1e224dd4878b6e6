"""Take back the last move of a lead, whoever or whatever moved it.

A move is what one act did to a lead from leaving its stage on: stays closed and begun, tasks
skipped and laid, the owner changed, the lead closed. Each hand in `settle` has its inverse here,
found by the event that it recorded.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from cadans.events.act import Act
from cadans.events.models import Event
from cadans.ground.errors import Conflict, NotFound
from cadans.leads.actions.locking import take
from cadans.leads.lead import Closing, Lead, StageVisit
from cadans.leads.queries import MOVES, UNDONE, last_move
from cadans.leads.settle import Deed, met_at_once, save
from cadans.leads.task import Task
from cadans.team.models import User


def undo_move(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    event: uuid.UUID,
    revision: int | None = None,
    via: str = "web",
) -> Lead:
    """Take back the move that an event of the lead's timeline belongs to.

    The lead lies in its former stage again, with that stage's tasks, owner and status, and waits
    there until something changes (it is held when its goals are met). What people did stays: the
    activity that led to the move, tasks done since, an owner chosen since. Only the last move can
    be taken back; then the one before it. Raises NotFound, Conflict, Outdated.
    """
    with Act(actor, via=via) as act:
        deed = take(act, lead, actor=actor, revision=revision)
        meant = Event.objects.filter(id=event, lead=deed.lead.id).first()
        if meant is None:
            raise NotFound(_("That did not happen to this lead."), pointer="/event")
        begun = last_move(deed.lead)
        if begun is None or begun.act != meant.act:
            raise _refusal(deed.lead, meant)
        move = list(
            Event.objects.filter(lead=deed.lead.id, act=begun.act, id__gte=begun.id).order_by("id")
        )
        left = str(begun.data["stage"])
        if left not in {str(stage.id) for stage in deed.process.stages.values()}:
            raise Conflict(
                _("The stage it came from is no longer part of the process."),
                pointer="/event",
                code="stage_is_gone",
            )
        undone = act.record(
            UNDONE,
            deed.subject,
            data={
                "act": begun.act,
                "event": meant.id,
                "stage": left,
                "from": deed.lead.stage_id,
                "visit": begun.data["visit"],
                "removed": [one.data["visit"] for one in move if one.kind == "stage_entered"],
                "reopened": any(one.kind.startswith("lead_") and one.kind in MOVES for one in move),
            },
        )
        act.caused_from_now_on_by(undone)
        _take_back(deed, move)
        deed.lead.stage = deed.process.stage(deed.process.key_of(deed.lead.stage_id))
        if deed.visit is not None and met_at_once(deed):
            deed.visit.held = True
        save(deed)
    return deed.lead


def _refusal(lead: Lead, event: Event) -> Conflict:
    undone = Event.objects.filter(lead=lead.id, kind=UNDONE, data__act=str(event.act)).exists()
    if undone:
        return Conflict(_("This was taken back already."), pointer="/event", code="undone_already")
    moved = Event.objects.filter(lead=lead.id, act=event.act, kind="stage_left").exists()
    if not moved:
        return Conflict(
            _("The lead did not move with this, so there is nothing to take back."),
            pointer="/event",
            code="no_move",
        )
    return Conflict(
        _("The lead moved on since. Take back its last move first."),
        pointer="/event",
        code="moved_since",
    )


@dataclass
class TakenBack:
    """What taking a move back did to the lead's stays and closings, for the log."""

    visit: StageVisit | None = None
    removed: list[uuid.UUID] = field(default_factory=list)
    closings: list[uuid.UUID] = field(default_factory=list)


def _take_back(deed: Deed, move: Sequence[Event]) -> TakenBack:
    """Undo a move's events, the last first."""
    back = TakenBack()
    for event in reversed(move):
        hand = INVERSES.get(event.kind)
        if hand is not None:
            hand(deed, back, event.data)
    StageVisit.objects.filter(id__in=back.removed).delete()
    deed.visit = back.visit
    return back


Data = Mapping[str, Any]


def _begin_stay_again(deed: Deed, back: TakenBack, data: Data) -> None:
    """Inverse of leaving a stage (a stay that the same move began goes anyway)."""
    visit = StageVisit.objects.get(id=data["visit"])
    deed.act.watch(visit)
    visit.left_at, visit.how, visit.goals_met, visit.left_by = None, "", False, None
    back.visit = visit
    deed.lead.stage_id = visit.stage_id
    deed.lead.stage_entered_at = visit.entered_at


def _end_stay_that_never_was(deed: Deed, back: TakenBack, data: Data) -> None:
    """Inverse of entering a stage. Tasks that were ended meanwhile outlive the stay."""
    back.removed.append(uuid.UUID(data["visit"]))
    Task.objects.filter(visit=data["visit"]).update(visit=None)


def _open_task_again(deed: Deed, back: TakenBack, data: Data) -> None:
    opened = Task.objects.filter(id=data["task"], state=Task.State.SKIPPED)
    if opened.update(state=Task.State.OPEN, ended_at=None, ended_by=None):
        deed.record("task_reopened", data=_named(data), because={"rule": "undo"})


def _take_task_away(deed: Deed, back: TakenBack, data: Data) -> None:
    """Inverse of laying a task that nobody did yet."""
    gone, _by_kind = Task.objects.filter(id=data["task"], state=Task.State.OPEN).delete()
    if gone:
        deed.record("task_withdrawn", data=_named(data), because={"rule": "undo"})


def _give_back(deed: Deed, back: TakenBack, data: Data) -> None:
    """Inverse of assigning, unless somebody else was made the owner since."""
    owner, before = data["owner"], data.get("before")
    if str(deed.lead.owner_id) != str(owner):
        return
    deed.lead.owner_id = uuid.UUID(before) if before else None
    along = Task.objects.filter(id__in=data.get("tasks", ()), state=Task.State.OPEN)
    along.filter(assignee=owner).update(assignee=before)
    deed.record("lead_assigned", data={"owner": before, "before": owner}, because={"rule": "undo"})


def _open_lead_again(deed: Deed, back: TakenBack, data: Data) -> None:
    """Inverse of closing the lead."""
    back.closings.append(uuid.UUID(data["closing"]))
    Closing.objects.filter(id=data["closing"]).delete()
    deed.lead.status = Lead.Status.OPEN
    deed.lead.closed_at = None
    deed.lead.loss_reason = None


def _named(data: Data) -> dict[str, Any]:
    return {name: data[name] for name in ("task", "key", "name") if name in data}


INVERSES: dict[str, Callable[[Deed, TakenBack, Data], None]] = {
    "stage_left": _begin_stay_again,
    "stage_entered": _end_stay_that_never_was,
    "task_skipped": _open_task_again,
    "task_laid": _take_task_away,
    "lead_assigned": _give_back,
    "lead_won": _open_lead_again,
    "lead_lost": _open_lead_again,
    "lead_cancelled": _open_lead_again,
}
