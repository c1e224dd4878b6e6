"""Signals from outside: a trial started, a page was visited, an invoice was paid."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cadans.contacts.actions import clean_email
from cadans.contacts.models import Person
from cadans.events.act import Act, plain
from cadans.events.models import Event
from cadans.ground.errors import Invalid, NotFound
from cadans.leads.actions.locking import past, short, take
from cadans.leads.activity import Signal
from cadans.leads.lead import Lead
from cadans.leads.settle import begin_on, settle
from cadans.team.models import User

LARGEST_PAYLOAD = 20_000


def receive_signal(
    actor: User | None,
    *,
    name: str,
    lead: uuid.UUID | None = None,
    email: str = "",
    external_id: str = "",
    payload: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    via: str = "api",
) -> list[Event]:
    """Note a signal on the lead it is about, then weigh that lead's goals.

    Named by the lead's id or external id, or by a person's e-mail address: then it counts for
    every open lead on which that person is. A signal of somebody unknown is kept and leads to
    nothing. Returns the events it led to. Raises Invalid or NotFound.
    """
    name = short(name, 60, pointer="/name")
    if not name:
        raise Invalid(_("A signal needs a name."), pointer="/name")
    if sum(bool(one) for one in (lead, email, external_id)) != 1:
        raise Invalid(
            _("Say whom the signal is about: a lead, an e-mail address or an external id.")
        )
    payload = plain(payload or {})
    if len(str(payload)) > LARGEST_PAYLOAD:
        raise Invalid(_("The payload is too large."), pointer="/payload")
    moment = past(at)
    person, leads = _about(actor, lead, email, external_id)
    if not leads:
        Signal.objects.create(name=name, at=moment, payload=payload, person=person)
        return []
    events: list[Event] = []
    for id in leads:
        with Act(actor, at=moment, via=via) as act:
            deed = take(act, id, actor=actor)
            signal = Signal(name=name, at=moment, payload=payload, lead=deed.lead, person=person)
            signal.save(force_insert=True)
            event = act.record(
                "signal_received",
                deed.subject,
                data={"signal": signal.id, "name": name, "payload": payload},
            )
            act.caused_from_now_on_by(event)
            deed.lead.touched_at = max(deed.lead.touched_at, moment)
            if deed.visit is not None:
                stage = deed.process.key_of(deed.lead.stage_id)
                begin_on(deed, stage, "signal", event, named=name)
            settle(deed)
        events += act.events
    return events


def _about(
    actor: User | None, lead: uuid.UUID | None, email: str, external_id: str
) -> tuple[Person | None, list[uuid.UUID]]:
    seen = Lead.objects.visible_to(actor) if actor else Lead.objects.present()
    if lead is not None:
        if not seen.filter(id=lead).exists():
            raise NotFound(_("There is no such lead."), pointer="/lead")
        return None, [lead]
    if external_id:
        found = seen.filter(external_id=external_id).values_list("id", flat=True).first()
        if found is None:
            raise NotFound(
                _("There is no lead with external id “%(id)s”.") % {"id": external_id},
                pointer="/external_id",
            )
        return None, [found]
    person = Person.objects.filter(email=clean_email(email), deleted_at=None).first()
    if person is None:
        return None, []
    return person, list(
        seen.open().filter(parts__person=person).order_by("id").values_list("id", flat=True)
    )
