"""Give leads the territory in which their company lies, also when that is only known later."""

from __future__ import annotations

import uuid

from cadans.assignment.atlas import Piece, Place
from cadans.assignment.queries import atlas
from cadans.contacts.models import Company
from cadans.events.act import Act
from cadans.events.models import Event
from cadans.ground.asking import pointed
from cadans.ground.errors import NotFound
from cadans.leads.actions.locking import take
from cadans.leads.lead import Lead
from cadans.leads.settle import Deed, settle
from cadans.team.queries import organisation

RULE = "company_lies_in"


def piece_of_company(company: Company) -> Piece | None:
    """The narrowest area in which a company lies. A postcode alone is taken as one at home."""
    country = company.country or (organisation().country if company.postcode else "")
    return atlas().piece_of(Place(country, company.region, company.postcode))


def locate_lead(lead: uuid.UUID, *, cause: uuid.UUID | None = None) -> Lead | None:
    """Bring an open lead's territory in line with where its company lies, then weigh its goals;
    None when the lead is gone. Does nothing twice, and nothing to a territory that somebody chose.

    `cause` is the event, in another act, that told where the company lies.
    """
    with Act(None, via="clock", cause=cause) as act:
        try:
            deed = take(act, lead, actor=None)
        except NotFound:
            return None
        if deed.lead.is_open and locate(deed):
            settle(deed)
    return deed.lead


def locate(deed: Deed) -> bool:
    """Give the lead the territory in which its company lies; whether that is another one."""
    company = pointed(deed.lead, "company")
    piece = piece_of_company(company) if company else None
    if piece is None or piece.territory == deed.lead.territory_id or _is_chosen(deed.lead):
        return False
    before, deed.lead.territory_id = deed.lead.territory_id, piece.territory
    event = deed.record(
        "lead_changed",
        data={"changes": {"territory": [before, piece.territory]}},
        because={"rule": RULE, "territory": piece.path[0], "area": str(piece)},
    )
    deed.act.caused_from_now_on_by(event)
    return True


def _is_chosen(lead: Lead) -> bool:
    """Whether somebody said what the lead's territory is, or that it has none.

    What was found says by which area; a lead that began without one was given none by nobody.
    """
    told = Event.objects.filter(lead=lead.id)
    changed = told.filter(kind="lead_changed", data__changes__has_key="territory")
    last = changed.order_by("-id").first()
    if last is None:
        last = told.filter(kind="lead_created").order_by("-id").first()
        if last is None or lead.territory_id is None:
            return lead.territory_id is not None
    return not last.because.get("area")
