"""An organisation's own kinds of activities in the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadans.leads.actions import (
    add_activity_kind,
    change_activity_kind,
    delete_activity_kind,
)
from cadans.leads.actions.activity_kinds import LONGEST_NAME
from cadans.leads.activity_kinds import OTHER_ICON
from cadans.leads.models import Activity, OwnActivityKind
from cadans.team.models import User
from cadans.web.requests import PageRequest
from cadans.web.settings.listing import ByUser, Listing, Shown, by_id

ICONS = {
    "circle-dot": gettext_lazy("Dot"),
    "map-pin": gettext_lazy("Place"),
    "factory": gettext_lazy("Factory"),
    "ruler": gettext_lazy("Ruler"),
    "wrench": gettext_lazy("Spanner"),
    "truck": gettext_lazy("Lorry"),
    "package": gettext_lazy("Parcel"),
    "flask-conical": gettext_lazy("Test tube"),
    "video": gettext_lazy("Camera"),
    "coffee": gettext_lazy("Cup of coffee"),
    "message-circle": gettext_lazy("Speech bubble"),
    "file-text": gettext_lazy("Document"),
    "graduation-cap": gettext_lazy("Graduation cap"),
    "gift": gettext_lazy("Present"),
}
"""What the icons show, for who hears them."""


class ActivityKindForm(ByUser):
    """A kind of one's own; its icon is chosen from pictures below the other fields."""

    name_nl = forms.CharField(
        label=gettext_lazy("Name in Dutch"), max_length=LONGEST_NAME, required=False
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=LONGEST_NAME, required=False
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("Can be logged and planned"), required=False, initial=True
    )
    icon = forms.ChoiceField(
        choices=list(ICONS.items()), initial=OTHER_ICON, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.thing is None:
            del self.fields["is_active"]
        else:
            self.fields["name_en"].help_text = _(
                "In playbook files and the API it is called “%(key)s”, whatever its name."
            ) % {"key": self.thing.key}


def _rows(user: User) -> Iterator[Shown]:
    logged = Activity.objects.filter(kind=OuterRef("key")).order_by().values("kind")
    kinds = OwnActivityKind.objects.annotate(
        n=Coalesce(Subquery(logged.annotate(n=Count("id")).values("n")), 0)
    )
    for one in kinds:
        told = ngettext("%(n)d activity", "%(n)d activities", one.n) % {"n": one.n}
        badges = [] if one.is_active else [(_("Put away"), "warn")]
        yield Shown(one.id, one.name, told, badges, not one.is_active)


def _beside(request: PageRequest, kind: OwnActivityKind | None) -> Mapping[str, Any]:
    chosen = request.POST.get("icon") or (kind.icon if kind else OTHER_ICON)
    return {"icons": ICONS.items(), "chosen_icon": chosen}


ACTIVITY_KINDS = Listing(
    key="activity-kinds",
    title=gettext_lazy("Kinds of activity"),
    about=gettext_lazy(
        "What your people do beside calls, meetings, demos, e-mails and notes: a site visit, a"
        " tasting, a pilot. It can be logged, planned, and goals can wait for it."
    ),
    add_label=gettext_lazy("Add a kind"),
    icon="calendar-check",
    empty=gettext_lazy(
        "No own kind yet. Add one when a step of your process is neither a call nor a meeting."
    ),
    rows=_rows,
    find=by_id(OwnActivityKind),
    form=ActivityKindForm,
    initial=lambda one: {
        "name_nl": one.name_nl,
        "name_en": one.name_en,
        "icon": one.icon,
        "is_active": one.is_active,
    },
    add=lambda actor, data: add_activity_kind(actor, **data),
    change=lambda actor, one, data: change_activity_kind(actor, one, **data),
    delete=delete_activity_kind,
    beside=_beside,
    part="settings/_icons.html",
)
