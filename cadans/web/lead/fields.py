"""A lead's own fields, each changed in place."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadans.assignment.models import Territory
from cadans.ground.custom_fields import CustomField
from cadans.leads.actions import change_lead
from cadans.leads.lead import Lead
from cadans.leads.offer import LossReason, Source
from cadans.leads.queries import visible_lead
from cadans.team.models import User
from cadans.team.queries import organisation
from cadans.web.amounts import AmountField
from cadans.web.days import DayField
from cadans.web.inline import Inline, Own, custom_own, edit_inline, tags_own, text_own
from cadans.web.lead.forms import UserChoice
from cadans.web.people.forms import CompanyName, company_from
from cadans.web.requests import PageRequest
from cadans.web.writing import day, money

Fields = Mapping[str, forms.Field]


def _value_fields(lead: Lead) -> Fields:
    return {
        "value": AmountField(label=_("Value"), initial=lead.value),
        "currency": forms.CharField(
            label=_("Currency"),
            required=False,
            max_length=3,
            initial=lead.currency or organisation().currency,
        ),
    }


def _company(user: User, cleaned: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"company": company_from(user, cleaned["company"])}


OWN: dict[str, Own] = {
    "title": Own(
        lambda: _("Title"),
        lambda lead: lead.title,
        lambda lead: {"title": forms.CharField(max_length=200, initial=lead.title)},
    ),
    "value": Own(lambda: _("Value"), lambda lead: money(lead.money), _value_fields),
    "owner": Own(
        lambda: _("Owner"),
        lambda lead: lead.owner.name if lead.owner else "",
        lambda lead: {"owner": UserChoice(required=False, initial=lead.owner_id)},
    ),
    "company": Own(
        lambda: _("Company"),
        lambda lead: lead.company.name if lead.company else "",
        lambda lead: {
            "company": forms.CharField(
                required=False,
                max_length=160,
                initial=lead.company.name if lead.company else "",
                widget=CompanyName(),
            )
        },
        _company,
        lambda lead: reverse("companies:page", args=[lead.company_id]) if lead.company_id else "",
    ),
    "expected_close": Own(
        lambda: _("Expected close"),
        lambda lead: day(lead.expected_close) if lead.expected_close else "",
        lambda lead: {"expected_close": DayField(required=False, initial=lead.expected_close)},
    ),
    "source": Own(
        lambda: _("Source"),
        lambda lead: lead.source.name if lead.source else "",
        lambda lead: {
            "source": forms.ModelChoiceField(
                Source.objects.all(), required=False, initial=lead.source_id
            )
        },
    ),
    "territory": Own(
        lambda: _("Territory"),
        lambda lead: lead.territory.name if lead.territory else "",
        lambda lead: {
            "territory": forms.ModelChoiceField(
                Territory.objects.all(), required=False, initial=lead.territory_id
            )
        },
    ),
    "competitor": text_own("competitor", lambda: _("Competitor"), 120),
    "tags": tags_own(),
    "loss_reason": Own(
        lambda: _("Loss reason"),
        lambda lead: lead.loss_reason.name if lead.loss_reason else "",
        lambda lead: {
            "loss_reason": forms.ModelChoiceField(
                LossReason.objects.all(), required=False, initial=lead.loss_reason_id
            )
        },
    ),
}

SHOWN = ("value", "company", "owner", "expected_close", "source", "territory", "competitor", "tags")


def title_of(lead: Lead) -> Inline:
    """The title, for the page's head."""
    return _inline(lead, "title", OWN["title"])


def details_of(lead: Lead) -> list[Inline]:
    """The fields that the page lists, own fields last (two queries)."""
    names = [*SHOWN, "loss_reason"] if lead.status == Lead.Status.LOST else SHOWN
    rows = [_inline(lead, name, OWN[name]) for name in names]
    own = CustomField.objects.filter(subject=CustomField.Subject.LEAD)
    return rows + [_inline(lead, f"custom.{one.key}", custom_own(one)) for one in own]


def _inline(lead: Lead, name: str, own: Own) -> Inline:
    return own.shown(lead, name, reverse("lead:field", args=[lead.id, name]))


@login_required
@require_http_methods(["GET", "POST"])
def field(request: PageRequest, id: uuid.UUID, name: str) -> HttpResponse:
    """One field: its value, its form, or the change."""
    lead = visible_lead(request.user, id)
    own = _own(name)
    user: User = request.user

    def save(cleaned: Mapping[str, Any]) -> Inline:
        with transaction.atomic():
            changed = change_lead(user, lead, changes=own.changes(user, cleaned))
        return _inline(visible_lead(user, changed.id), name, own)

    shown = _inline(lead, name, own)
    return edit_inline(request, shown, lambda data: own.form(lead, data), save)


def _own(name: str) -> Own:
    if name in OWN:
        return OWN[name]
    key = name.removeprefix("custom.")
    found = CustomField.objects.filter(subject=CustomField.Subject.LEAD, key=key).first()
    if key == name or found is None:
        raise Http404
    return custom_own(found)
