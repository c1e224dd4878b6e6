"""Leave an address alone, or write to it again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from cadans.contacts.actions import clean_email
from cadans.contacts.models import Person
from cadans.events.act import Act, Subject
from cadans.ground.errors import Invalid, NotAllowed, NotFound
from cadans.leads.models import Lead, LeadPerson
from cadans.outreach.models.suppression import THEIR_WISH, Suppression
from cadans.team.models import User
from cadans.team.queries import require_role

KEEPERS = (User.Role.MANAGER, User.Role.ADMIN)
LONGEST_NOTE = 300

Reason = Suppression.Reason
Source = Suppression.Source


def suppress(
    actor: User | None,
    address: str,
    *,
    reason: str,
    source: str,
    note: str = "",
    at: datetime | None = None,
    via: str = "web",
) -> Suppression:
    """Leave an address alone from now on, and tell so on its person and their open leads.

    An address that is left alone already stays as it is, unless this time its owner asks for it
    themselves: that outweighs a bounce. `actor` is None for what came from outside. Raises
    Invalid.
    """
    address = clean_address(address)
    with Act(actor, via=via, at=at) as act:
        # Two mails from one person may be read at once: the second waits for the first.
        there = Suppression.objects.select_for_update().filter(address=address).first()
        if there is not None and not _outweighs(reason, there.reason):
            return there
        fresh = Suppression(
            address=address,
            reason=Reason(reason),
            source=Source(source),
            note=note.strip()[:LONGEST_NOTE],
            at=act.at,
            by_id=actor.id if actor else None,
        )
        if there is not None:
            fresh.id = there.id
        Suppression.objects.bulk_create(
            [fresh],
            update_conflicts=True,
            unique_fields=["address"],
            update_fields=["reason", "source", "note", "at", "by"],
        )
        _tell(act, "address_suppressed", fresh, through=fresh.source)
    return fresh


def release(
    actor: User | None, suppression: Suppression, *, because: str = "", via: str = "web"
) -> None:
    """Write to an address again. Managers and administrators do that, and say why.

    `actor` is None when the person behind the address asked for it on their preference page. Who
    complained or unsubscribed is only written to again with a reason. Raises NotAllowed, Invalid
    or NotFound.
    """
    require_role(actor, *KEEPERS)
    because = because.strip()[:LONGEST_NOTE]
    if actor is not None and suppression.reason in THEIR_WISH and not because:
        message = _("Say how they asked to be written to again.")
        raise Invalid(message, pointer="/reason", fields={"because": message})
    with Act(actor, via=via) as act:
        there = Suppression.objects.select_for_update().filter(id=suppression.id).first()
        if there is None:
            raise NotFound(_("It is no longer there."))
        if actor is None and there.reason not in THEIR_WISH:
            raise NotAllowed(_("Mail to this address did not arrive, so none is sent."))
        there.delete()
        through = Source.COLLEAGUE if actor else Source.PREFERENCES
        _tell(act, "address_released", suppression, through=through, because=because)


def suppress_all(
    actor: User, addresses: Iterable[tuple[str, str]], *, via: str = "web"
) -> tuple[int, int, list[str]]:
    """Leave many addresses alone, each given with a reason: for a list from another system.

    Returns how many were added, how many were there already, and what could not be read as an
    address.
    """
    require_role(actor, *KEEPERS)
    wanted: dict[str, str] = {}
    refused: list[str] = []
    lines = 0
    for raw, reason in addresses:
        try:
            address = clean_address(raw)
        except Invalid:
            refused.append(raw)
            continue
        lines += 1
        if address not in wanted or _outweighs(reason, wanted[address]):
            wanted[address] = reason
    with Act(actor, via=via) as act:
        there = Suppression.objects.filter(address__in=wanted).values_list("address", "reason")
        known = dict(there)
        fresh = [
            Suppression(
                address=address,
                reason=Reason(reason),
                source=Source.IMPORT,
                at=act.at,
                by_id=actor.id,
            )
            for address, reason in wanted.items()
            if address not in known
        ]
        act.add(*fresh)
        _tell_all(act, "address_suppressed", fresh, through=Source.IMPORT)
    for address, reason in wanted.items():
        if address in known and _outweighs(reason, known[address]):
            suppress(actor, address, reason=reason, source=Source.IMPORT, via=via)
    return len(fresh), lines - len(fresh), refused


def clean_address(raw: str) -> str:
    """The address in lower case. Raises Invalid."""
    try:
        address = clean_email(raw)
    except Invalid as error:
        message = error.message
        raise Invalid(message, pointer="/address", fields={"address": message}) from None
    if not address:
        message = _("Fill in an e-mail address.")
        raise Invalid(message, pointer="/address", fields={"address": message})
    return address


def _outweighs(reason: str, there: str) -> bool:
    return reason in THEIR_WISH and there not in THEIR_WISH


def _tell(
    act: Act, kind: str, suppression: Suppression, *, through: str, because: str = ""
) -> None:
    _tell_all(act, kind, [suppression], through=through, because=because)


def _tell_all(
    act: Act, kind: str, rows: Sequence[Suppression], *, through: str, because: str = ""
) -> None:
    """Of each one event about the person (else the address itself), and one on each of their open
    leads."""
    addresses = [row.address for row in rows]
    people = dict(Person.objects.present().filter(email__in=addresses).values_list("email", "id"))
    leads: dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID]]] = {}
    parts = LeadPerson.objects.filter(
        person__in=people.values(), lead__status=Lead.Status.OPEN, lead__deleted_at=None
    ).order_by("lead")
    for person, lead, pipeline in parts.values_list("person", "lead", "lead__pipeline"):
        leads.setdefault(person, []).append((lead, pipeline))
    for row in rows:
        found = people.get(row.address)
        data = {
            "address": row.address,
            "why": row.reason,
            "through": through,
            "note": row.note,
            "person": found,
            "because": because,
        }
        about = Subject("person", found) if found else Subject("suppression", row.id)
        act.record(kind, about, data=data)
        for lead, pipeline in leads.get(found, []) if found else []:
            act.record(kind, Subject("lead", lead, lead=lead, pipeline=pipeline), data=data)
