"""Take hold of a lead before changing it, and shape what every verb needs."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.events.act import Act
from cadans.ground.asking import first
from cadans.ground.errors import Conflict, Invalid, NotFound, Outdated
from cadans.leads.lead import Lead
from cadans.leads.settle import Deed, begin
from cadans.team.models import User
from cadans.team.queries import sees_all

AHEAD = timedelta(minutes=5)
"""How far clocks of other programs may be ahead of ours."""


def lock(actor: User | None, lead: Lead | uuid.UUID, *, revision: int | None = None) -> Lead:
    """The lead with its row locked until the act ends.

    Raises NotFound when it is gone or the actor may not see it, Outdated when it was changed
    since the caller read that revision.
    """
    id = lead.id if isinstance(lead, Lead) else lead
    # Without joins: after waiting for the lock PostgreSQL looks at the new row of the lead but at
    # the old rows joined to it, and would find nothing when the other one moved the lead.
    if actor is None or sees_all(actor):
        found = first(Lead, "id = %s AND deleted_at IS NULL FOR UPDATE", id)
    else:
        found = Lead.objects.visible_to(actor).select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound(_("This lead is no longer there."))
    if revision is not None and found.revision != revision:
        raise Outdated(
            _("Somebody else changed this lead in the meantime. Look again, then change it.")
        )
    return found


def take(
    act: Act, lead: Lead | uuid.UUID, *, actor: User | None, revision: int | None = None
) -> Deed:
    """A deed on the locked lead."""
    return begin(act, lock(actor, lead, revision=revision))


def must_be_open(lead: Lead) -> None:
    """Raise Conflict when the lead is closed."""
    if not lead.is_open:
        raise Conflict(
            _("“%(lead)s” is closed (%(status)s). Reopen it first.")
            % {"lead": lead.title, "status": lead.get_status_display().lower()},
            code="lead_is_closed",
        )


def past(at: datetime | None, *, pointer: str = "/at") -> datetime:
    """`at`, or now. Raises Invalid when it lies in the future."""
    now = timezone.now()
    if at is None:
        return now
    if at > now + AHEAD:
        raise Invalid(_("This moment lies in the future."), pointer=pointer, code="in_the_future")
    return at


def not_before(at: datetime, earliest: datetime, what: str, *, pointer: str = "/at") -> None:
    """Raise Invalid when something would happen before what came first."""
    if at < earliest:
        raise Invalid(what, pointer=pointer, code="wrong_order")


def short(value: str, longest: int, *, pointer: str) -> str:
    """Stripped text of at most `longest` characters. Raises Invalid."""
    text = value.strip()
    if len(text) > longest or "\x00" in text:
        raise Invalid(
            _("Too long: at most %(longest)s characters.") % {"longest": longest}, pointer=pointer
        )
    return text
