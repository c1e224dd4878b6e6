"""Activities that are planned: what is still to take place, or to be told how it went."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.leads.activity import Activity
from cadans.leads.lead import Lead
from cadans.team.models import User


def visible_activity(user: User, id: uuid.UUID) -> Activity:
    """An activity on a lead that this user may see, with its lead. Raises NotFound."""
    seen = Activity.objects.filter(lead__in=Lead.objects.visible_to(user))
    activity = seen.select_related("lead", "by").filter(id=id).first()
    if activity is None:
        raise NotFound(_("There is no such activity."))
    return activity


def planned() -> QuerySet[Activity]:
    """Activities that are planned, the first to come first."""
    return Activity.objects.filter(held=False, called_off_at=None).order_by("at", "id")


def planned_on(lead: Lead) -> list[Activity]:
    """What is planned with a lead, with who planned it."""
    return list(planned().filter(lead=lead).select_related("by"))
