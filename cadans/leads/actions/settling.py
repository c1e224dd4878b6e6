"""Weigh a lead's goals because something beside it changed (its company, its process)."""

from __future__ import annotations

import uuid

from cadans.events.act import Act
from cadans.ground.errors import NotFound
from cadans.leads.actions.locking import take
from cadans.leads.lead import Lead
from cadans.leads.settle import Deed, settle


def settle_lead(lead: uuid.UUID, *, cause: uuid.UUID | None = None) -> Lead | None:
    """Weigh the goals of an open lead; None when it is gone. Does nothing twice.

    `cause` is the event, in another act, that made the weighing worth while.
    """
    with Act(None, via="clock", cause=cause) as act:
        try:
            deed: Deed = take(act, lead, actor=None)
        except NotFound:
            return None
        if deed.lead.is_open:
            settle(deed, always_save=False)
    return deed.lead
