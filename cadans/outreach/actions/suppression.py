"""Leave an address alone, or write to it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from cadans.contacts.actions import clean_email
from cadans.contacts.models import Person
from cadans.events.act import Act, Subject
from cadans.ground.errors import Invalid, NotAllowed, NotFound
from cadans.leads.models import Lead
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
    added, known, refused = 0, 0, []
    for address, reason in addresses:
        try:
            before = Suppression.objects.filter(address=clean_address(address)).exists()
            suppress(actor, address, reason=reason, source=Source.IMPORT, via=via)
        except Invalid:
            refused.append(address)
            continue
        added, known = added + (not before), known + before
    return added, known, refused


def clean_address(raw: str) -> str:
    """The address in lower case. Raises Invalid."""
    address = clean_email(raw)
    if not address:
        message = _("Fill in an e-mail address.")
        raise Invalid(message, pointer="/address", fields={"address": message})
    return address


def _outweighs(reason: str, there: str) -> bool:
    return reason in THEIR_WISH and there not in THEIR_WISH


def _tell(
    act: Act, kind: str, suppression: Suppression, *, through: str, because: str = ""
) -> None:
    """One event about the person (else the address itself), and one on each of their open
    leads."""
    person = Person.objects.present().filter(email=suppression.address).first()
    data = {
        "address": suppression.address,
        "why": suppression.reason,
        "through": through,
        "note": suppression.note,
        "person": person.id if person else None,
        "because": because,
    }
    subject = Subject("person", person.id) if person else Subject("suppression", suppression.id)
    act.record(kind, subject, data=data)
    if person is None:
        return
    leads = Lead.objects.present().open().filter(parts__person=person)
    for id, pipeline in leads.order_by("id").values_list("id", "pipeline"):
        act.record(kind, Subject("lead", id, lead=id, pipeline=pipeline), data=data)
