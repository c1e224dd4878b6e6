"""Carry a lead through the process by hand, and out of it: move, win, lose, cancel, reopen."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cadans.events.act import Act
from cadans.ground.errors import Conflict, Invalid
from cadans.ground.text import in_language
from cadans.leads.actions.locking import must_be_open, not_before, past, short, take
from cadans.leads.facts import facts_of
from cadans.leads.lead import Closing, Lead
from cadans.leads.offer import LossReason
from cadans.leads.settle import Deed, carry_out, close, met_at_once, save, settle
from cadans.process import decide
from cadans.process.models import Stage
from cadans.process.queries import stage_named
from cadans.team.models import User


def move_lead(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    stage: Stage | str,
    reason: str = "",
    at: datetime | None = None,
    revision: int | None = None,
    via: str = "web",
) -> Lead:
    """Move an open lead to another stage of its pipeline by hand.

    Forward past unmet goals the stage left advises, asks for a reason or blocks, as designed;
    a manager's reason passes a block. Put back into a stage whose goals are met already, the
    lead waits there until something changes. Raises Invalid, Conflict, NotFound, Outdated.
    """
    reason = short(reason, 300, pointer="/reason")
    with Act(actor, at=past(at), via=via) as act:
        deed = take(act, lead, actor=actor, revision=revision)
        must_be_open(deed.lead)
        target = _target(deed, stage)
        if target == deed.lead.stage_id:
            return deed.lead
        _in_order(deed)
        facts = facts_of(deed.lead, deed.process, deed.visit)
        here = deed.process.design.stage(facts.stage)
        there = deed.process.design.stage(deed.process.key_of(target))
        standing = decide.progress(here, facts)
        met = standing.met or not here.goals
        steps_ahead = deed.process.design.position(there.key) - deed.process.design.position(
            here.key
        )
        if steps_ahead > 0 and not met and there.ends_in != "lost":
            _enforce(actor, here, standing, reason)
        because = {"rule": "by_hand", "stage": here.key, "version": deed.process.number}
        deed.reason = reason
        deed.jumped = there.ends_in is None and steps_ahead > 1
        event = deed.record(
            "lead_moved",
            data={"from": here.key, "to": there.key, "unmet": standing.unmet, "reason": reason},
            because={},
        )
        act.caused_from_now_on_by(event)
        how = there.ends_in or "moved"
        carry_out(deed, decide.leave(here, how, met, because))
        carry_out(deed, decide.enter(there, because))
        if deed.lead.is_open and steps_ahead < 0:
            _hold(deed)
        settle(deed)
    return deed.lead


def win_lead(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    at: datetime | None = None,
    revision: int | None = None,
    via: str = "web",
) -> Lead:
    """Close the lead as won; it enters the pipeline's won stage when there is one."""
    with Act(actor, at=past(at, pointer="/closed_at"), via=via) as act:
        deed = take(act, lead, actor=actor, revision=revision)
        _leave_for_good(deed, "won", {"rule": "by_hand"})
        won = deed.process.design.won
        if won:
            carry_out(deed, decide.enter(won, {"rule": "by_hand"}))
        else:
            close(deed, "won", because={"rule": "by_hand"})
        save(deed)
    return deed.lead


def lose_lead(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    reason: LossReason | None = None,
    at: datetime | None = None,
    revision: int | None = None,
    via: str = "web",
) -> Lead:
    """Close the lead as lost. It stays in the stage in which it was lost."""
    with Act(actor, at=past(at, pointer="/closed_at"), via=via) as act:
        deed = take(act, lead, actor=actor, revision=revision)
        deed.lead.loss_reason = reason
        _leave_for_good(deed, "lost", {"rule": "by_hand"})
        close(deed, "lost", because={})
        save(deed)
    return deed.lead


def cancel_lead(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    at: datetime | None = None,
    revision: int | None = None,
    via: str = "web",
) -> Lead:
    """Close a lead that was entered by mistake or twice: it counts in no figure."""
    with Act(actor, at=past(at, pointer="/closed_at"), via=via) as act:
        deed = take(act, lead, actor=actor, revision=revision)
        _leave_for_good(deed, "cancelled", {"rule": "by_hand"})
        close(deed, "cancelled", because={})
        save(deed)
    return deed.lead


def reopen_lead(
    actor: User | None,
    lead: Lead | uuid.UUID,
    *,
    at: datetime | None = None,
    revision: int | None = None,
    via: str = "web",
) -> Lead:
    """Open a closed lead again, in the last stage in which it was open."""
    with Act(actor, at=past(at), via=via) as act:
        deed = take(act, lead, actor=actor, revision=revision)
        if deed.lead.is_open:
            raise Conflict(_("“%(lead)s” is open already.") % {"lead": deed.lead.title})
        closing = Closing.objects.filter(lead=deed.lead, reopened_at=None).first()
        if deed.lead.closed_at:
            not_before(
                act.at, deed.lead.closed_at, _("It cannot be reopened before it was closed.")
            )
        key = _last_open_stage(deed)
        deed.lead.status = Lead.Status.OPEN
        deed.lead.closed_at = None
        deed.lead.loss_reason = None
        if closing is not None:
            closing.reopened_at = act.at
            closing.save(update_fields=["reopened_at"])
        event = deed.record("lead_reopened", data={"stage": key}, because={})
        act.caused_from_now_on_by(event)
        because = {"rule": "reopened", "stage": key, "version": deed.process.number}
        carry_out(deed, decide.enter(deed.process.design.stage(key), because, assign=False))
        _hold(deed)
        save(deed)
    return deed.lead


def _target(deed: Deed, stage: Stage | str) -> Any:
    if isinstance(stage, str):
        stage = stage_named(deed.lead.pipeline, stage)
    if stage.pipeline_id != deed.lead.pipeline_id:
        raise Invalid(
            _("Stage “%(stage)s” belongs to another pipeline than “%(lead)s”.")
            % {"stage": stage.label, "lead": deed.lead.title},
            pointer="/stage",
            code="stage_of_another_pipeline",
        )
    if stage.key not in deed.process.stages:
        raise Invalid(
            _("Stage “%(stage)s” is not part of the process that “%(lead)s” follows.")
            % {"stage": stage.label, "lead": deed.lead.title},
            pointer="/stage",
            code="unknown_stage",
        )
    return deed.process.stage(stage.key).id


def _in_order(deed: Deed, pointer: str = "/at") -> None:
    if deed.visit is not None:
        not_before(
            deed.act.at,
            deed.visit.entered_at,
            _("That is before the lead entered its present stage."),
            pointer=pointer,
        )


def _enforce(actor: User | None, here: Any, standing: decide.Progress, reason: str) -> None:
    missing = ", ".join(
        in_language(dict(goal.name)) or goal.key
        for goal, weighing in standing.goals
        if not weighing.met
    )
    if here.enforcement == "reason" and not reason:
        raise Conflict(
            _("Not all goals of “%(stage)s” are met (%(missing)s). Say why you move on anyway.")
            % {"stage": here.label(), "missing": missing},
            pointer="/reason",
            code="reason_needed",
        )
    is_manager = actor is None or actor.role != User.Role.REP
    if here.enforcement == "block" and not (is_manager and reason):
        raise Conflict(
            _("“%(stage)s” can only be left once its goals are met: %(missing)s.")
            % {"stage": here.label(), "missing": missing},
            pointer="/stage",
            code="goals_unmet",
        )


def _leave_for_good(deed: Deed, how: str, because: dict[str, Any]) -> None:
    must_be_open(deed.lead)
    _in_order(deed, "/closed_at")
    facts = facts_of(deed.lead, deed.process, deed.visit)
    here = deed.process.design.stage(facts.stage)
    standing = decide.progress(here, facts)
    carry_out(deed, decide.leave(here, how, standing.met or not here.goals, because))


def _hold(deed: Deed) -> None:
    if deed.visit is not None and met_at_once(deed):
        deed.visit.held = True


def _last_open_stage(deed: Deed) -> str:
    keys = {row.id: key for key, row in deed.process.stages.items()}
    ended = {stage.key for stage in deed.process.design.stages if stage.ends_in}
    visits = deed.lead.visits.order_by("-entered_at", "-id").values_list("stage", flat=True)
    for stage in visits:
        key = keys.get(stage)
        if key is not None and key not in ended:
            return key
    return deed.process.design.stages[0].key
