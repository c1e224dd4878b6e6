"""What a stage does with mailing lists, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.contacts.models import BuyingRole
from cadans.process.design import AudienceStep

MOMENTS = {
    "entering": gettext_lazy("when a lead comes in here"),
    "leaving": gettext_lazy("when a lead leaves here, in whatever way"),
    "won": gettext_lazy("when a lead is won from here"),
    "lost": gettext_lazy("when a lead is lost from here"),
}
DEEDS = {
    "enrol": gettext_lazy("Put on “%(list)s”"),
    "unsubscribe": gettext_lazy("Unsubscribe from “%(list)s”"),
    "archive": gettext_lazy("Take off “%(list)s”"),
    "tag_off": gettext_lazy("Take tags off on “%(list)s”"),
}


def step_name(step: AudienceStep, names: Mapping[str, str]) -> str:
    """What a step does: `Put on “Newsletter”`. `names` by the lists' short names."""
    return str(DEEDS[step.do]) % {"list": names.get(step.audience, step.audience)}


def step_sentence(step: AudienceStep) -> str:
    """When, for whom and with which tags."""
    parts = [str(MOMENTS[step.when])]
    if step.roles:
        roles = [str(BuyingRole(role).label) for role in step.roles]
        parts.append(_("only: %(roles)s") % {"roles": ", ".join(roles)})
    if step.tags:
        tags = ", ".join(step.tags)
        told = _("with the tags %(tags)s") if step.do == "enrol" else _("without the tags %(tags)s")
        parts.append(told % {"tags": tags})
    if step.confirm:
        parts.append(_("asked to confirm first"))
    return " · ".join(parts)
