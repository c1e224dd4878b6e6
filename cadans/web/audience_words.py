"""How somebody stands on a mailing list, in words: what is, what should be, and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.contacts.models import Person
from cadans.outreach.audiences.queries import memberships_of_person
from cadans.outreach.models.audiences import Membership
from cadans.process.models import Stage

REFUSALS = {
    "opted_out": gettext_lazy("They unsubscribed, so they are left alone."),
    "cleaned": gettext_lazy("Mail to this address bounced, so it is left alone."),
    "forgotten": gettext_lazy(
        "They were deleted there for good: only they themselves can subscribe again."
    ),
    "invalid": gettext_lazy("The service does not take this for a working address."),
    "fields": gettext_lazy("The list requires fields that we do not send."),
    "suppressed": gettext_lazy("This address is left alone: nothing automatic goes to it."),
    "not_there": gettext_lazy("They are not on the list, so there is nothing to tag."),
    "later": gettext_lazy("The service keeps saying: not now."),
    "other": gettext_lazy("The service refuses."),
}
TONES = {"waiting": "info", "refused": "warn", "done": "good"}


@dataclass(frozen=True)
class Shown:
    """One line: the list, how they stand, what is to come, and where the wish is from."""

    membership: Membership
    status: str
    told: str
    tone: str
    why: str = ""
    lead: str = ""

    @property
    def href(self) -> str:
        """The lead that the wish is from."""
        return reverse("lead:page", args=[self.lead]) if self.lead else ""


def shown_memberships(person: Person) -> list[Shown]:
    """What lists somebody is on, or should be, and why."""
    rows = list(memberships_of_person(person.id))
    stages = _stages(rows)
    return [shown(one, stages) for one in rows]


def shown(one: Membership, stages: dict[tuple[str, str], str] | None = None) -> Shown:
    """One membership in words."""
    return Shown(
        one,
        status=str(one.get_status_display()),
        told=told_of(one),
        tone=TONES[one.state],
        why=_why(one, stages or {}),
        lead=one.because.get("lead", ""),
    )


def told_of(one: Membership) -> str:
    """What is to come, or why nothing comes."""
    if one.state == Membership.State.REFUSED:
        return str(REFUSALS.get(one.refusal, REFUSALS["other"]))
    if one.state == Membership.State.DONE:
        return ""
    if not one.wanted:
        return _("Tags are being changed.")
    return {
        "subscribed": _("Is being put on the list."),
        "unsubscribed": _("Is being unsubscribed."),
        "archived": _("Is being taken off."),
    }[one.wanted]


def _stages(rows: list[Membership]) -> dict[tuple[str, str], str]:
    pipelines = {one.because["pipeline"] for one in rows if one.because.get("pipeline")}
    if not pipelines:
        return {}
    found = Stage.objects.filter(pipeline__in=[uuid.UUID(one) for one in pipelines])
    return {(str(one.pipeline_id), one.key): one.label for one in found}


WHYS = {
    "entering": gettext_lazy("A lead came into “%(stage)s” (version %(version)s)"),
    "leaving": gettext_lazy("A lead left “%(stage)s” (version %(version)s)"),
    "won": gettext_lazy("A lead was won from “%(stage)s” (version %(version)s)"),
    "lost": gettext_lazy("A lead was lost from “%(stage)s” (version %(version)s)"),
}


def _why(one: Membership, stages: dict[tuple[str, str], str]) -> str:
    because: dict[str, Any] = one.because
    if because.get("rule") != "stage_audience":
        return ""
    stage = stages.get((because["pipeline"], because["stage"]), because["stage"])
    return str(WHYS[because["when"]]) % {"stage": stage, "version": because["version"]}
