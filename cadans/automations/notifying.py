"""The hand of "notify": tell people of a lead."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from cadans.events.act import Act
from cadans.events.models import Event
from cadans.leads.models import Lead
from cadans.notifications.actions import notify
from cadans.process.automations.notify import Notify


def tell(
    act: Act, lead: Lead, begun: Event, do: Notify, people: Sequence[uuid.UUID]
) -> dict[str, Any]:
    """Tell these people, in the way each chose; the event's data says who was told."""
    told = notify(
        people,
        "automation",
        event=begun.id,
        href=f"/leads/{lead.id}/",
        data={"lead": lead.title, "text": dict(do.text), "name": begun.data["name"]},
        lead=lead.id,
    )
    return {"told": [one.user_id for one in told]}
