"""Weigh a lead's goals because something beside it changed (its company, its process)."""

from __future__ import annotations

import uuid
from dataclasses import replace

from cadans.events.act import Act
from cadans.ground.errors import NotFound
from cadans.leads.actions.locking import take
from cadans.leads.lead import Lead
from cadans.leads.settle import Deed, carry_out, save, settle
from cadans.process.decide import enter, leave
from cadans.process.design import StageDesign
from cadans.process.models import published
from cadans.process.queries import live_version


def settle_lead(lead: uuid.UUID, *, cause: uuid.UUID | None = None) -> Lead | None:
    """Weigh the goals of an open lead; None when it is gone. Does nothing twice.

    `cause` is the event, in another act, that made the weighing worth while.
    """
    with Act(None, via="clock", cause=cause) as act:
        try:
            deed = take(act, lead, actor=None)
        except NotFound:
            return None
        if deed.lead.is_open:
            deed = _brought_up(deed)
            settle(deed, always_save=False)
    return deed.lead


def _brought_up(deed: Deed) -> Deed:
    """A lead that was made in the instant of a publish may follow the version before: from here
    on it follows the live one, by the mapping that was confirmed for all."""
    live = live_version(deed.lead.pipeline_id)
    if live is None or live.id == deed.process.version:
        return deed
    process = published(live.id)
    key = deed.process.key_of(deed.lead.stage_id)
    target = key if key in process.stages else live.mapping.get(key)
    if target is None:
        return deed
    deed.lead.version_id = process.version
    deed = replace(deed, process=process)
    if target != key:
        because = {"rule": "mapping", "version": process.number, "instead_of": key}
        gone = StageDesign(key=key, name={})
        carry_out(deed, leave(gone, "moved", False, because))
        carry_out(deed, enter(process.design.stage(target), because, assign=False))
    save(deed)
    return deed
