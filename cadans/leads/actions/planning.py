"""What becomes of a planned activity: it is held, moved to another moment, or called off."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.events.act import Act
from cadans.ground.asking import first
from cadans.ground.errors import Conflict, Invalid, NotFound
from cadans.leads.actions.locking import past, short, take
from cadans.leads.activity import Activity
from cadans.leads.settle import Deed, settle
from cadans.team.models import User

LONGEST_NOTE = 20_000


def hold_activity(
    actor: User | None,
    activity: Activity,
    *,
    at: datetime | None = None,
    outcome: str = "",
    note: str = "",
    via: str = "web",
) -> Activity:
    """Say that a planned activity took place, then weigh the lead's goals.

    `at` is when it did: the moment for which it was planned by default, or now when that is still
    to come. Saying it twice changes nothing. Raises Invalid, NotFound, and Conflict when it was
    called off.
    """
    if outcome and outcome not in Activity.Outcome.values:
        raise Invalid(
            _("“%(outcome)s” is not an outcome. It can be: %(known)s.")
            % {"outcome": outcome, "known": ", ".join(Activity.Outcome.values)},
            pointer="/outcome",
        )
    note = short(note, LONGEST_NOTE, pointer="/note")
    when = past(at or min(activity.at, timezone.now()))
    with Act(actor, at=when, via=via) as act:
        deed, activity = _take(act, activity.lead_id, activity.id, actor)
        if activity.held:
            return activity
        _must_be_planned(activity)
        planned_for = activity.at
        activity.held, activity.at, activity.outcome = True, when, outcome
        activity.note = "\n\n".join(part for part in (activity.note, note) if part)
        _record(
            deed,
            "activity_held",
            activity,
            {"at": when, "held": True, "outcome": outcome, "planned_for": planned_for},
        )
        deed.lead.touched_at = max(deed.lead.touched_at, when)
        activity.save(update_fields=["held", "at", "outcome", "note"])
        settle(deed)
    return activity


def replan_activity(
    actor: User | None, activity: Activity, *, at: datetime, via: str = "web"
) -> Activity:
    """Plan it for another moment to come. Raises Invalid, NotFound, and Conflict when it is no
    longer planned."""
    if at <= timezone.now():
        raise Invalid(_("Choose a moment that is still to come."), pointer="/at")
    with Act(actor, via=via) as act:
        deed, activity = _take(act, activity.lead_id, activity.id, actor)
        _must_be_planned(activity)
        if activity.at == at:
            return activity
        before, activity.at = activity.at, at
        _record(deed, "activity_replanned", activity, {"at": at, "before": before})
        activity.save(update_fields=["at"])
        settle(deed)
    return activity


def call_off_activity(
    actor: User | None, activity: Activity, *, reason: str = "", via: str = "web"
) -> Activity:
    """Say that a planned activity does not take place. A lead that went on because it was planned
    stays where it is. Raises NotFound, and Conflict when it was held."""
    reason = short(reason, 300, pointer="/reason")
    with Act(actor, via=via) as act:
        deed, activity = _take(act, activity.lead_id, activity.id, actor)
        if activity.called_off_at is not None:
            return activity
        _must_be_planned(activity)
        activity.called_off_at = act.at
        _record(deed, "activity_called_off", activity, {"at": activity.at, "reason": reason})
        activity.save(update_fields=["called_off_at"])
        settle(deed)
    return activity


def _take(
    act: Act, lead: uuid.UUID, activity: uuid.UUID, actor: User | None
) -> tuple[Deed, Activity]:
    """The activity as it is now, with its lead's row locked (so that it cannot change either)."""
    deed = take(act, lead, actor=actor)
    fresh = first(Activity, "id = %s", activity)
    if fresh is None:
        raise NotFound(_("This activity is no longer there."))
    fresh.lead = deed.lead
    return deed, fresh


def _must_be_planned(activity: Activity) -> None:
    if activity.held:
        raise Conflict(_("This took place already."), code="activity_held")
    if activity.called_off_at is not None:
        raise Conflict(_("This was called off."), code="activity_called_off")


def _record(deed: Deed, kind: str, activity: Activity, data: dict[str, object]) -> None:
    told = {"activity": activity.id, "kind": activity.kind, **data}
    deed.act.caused_from_now_on_by(deed.act.record(kind, deed.subject, data=told))
