"""A lead's own fields, each changed in place."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadans.assignment.models import Territory
from cadans.contacts.actions import add_company
from cadans.ground.custom_fields import CustomField
from cadans.ground.money import LARGEST
from cadans.leads.actions import change_lead
from cadans.leads.lead import Lead
from cadans.leads.offer import LossReason, Source
from cadans.leads.queries import company_called, visible_lead
from cadans.team.models import User
from cadans.team.queries import organisation
from cadans.web.custom import custom_field_for, custom_text
from cadans.web.inline import Inline, edit_inline
from cadans.web.lead.forms import UserChoice
from cadans.web.writing import day, money

Fields = Mapping[str, forms.Field]


@dataclass(frozen=True)
class Own:
    """One of a lead's fields: how it is called, shown, filled in and handed to the action."""

    label: Callable[[], str]
    text: Callable[[Lead], str]
    fields: Callable[[Lead], Fields]
    changes: Callable[[User, Mapping[str, Any]], Mapping[str, Any]]
    href: Callable[[Lead], str] = lambda lead: ""


def _same(user: User, cleaned: Mapping[str, Any]) -> Mapping[str, Any]:
    return cleaned


def _value_fields(lead: Lead) -> Fields:
    return {
        "value": forms.DecimalField(
            label=_("Value"),
            required=False,
            min_value=0,
            max_value=LARGEST,
            max_digits=14,
            decimal_places=2,
            localize=True,
            initial=lead.value,
        ),
        "currency": forms.CharField(
            label=_("Currency"),
            required=False,
            max_length=3,
            initial=lead.currency or organisation().currency,
        ),
    }


def _company(user: User, cleaned: Mapping[str, Any]) -> Mapping[str, Any]:
    name = cleaned["company"].strip()
    if not name:
        return {"company": None}
    return {"company": company_called(name) or add_company(user, name=name)}


OWN: dict[str, Own] = {
    "title": Own(
        lambda: _("Title"),
        lambda lead: lead.title,
        lambda lead: {"title": forms.CharField(max_length=200, initial=lead.title)},
        _same,
    ),
    "value": Own(lambda: _("Value"), lambda lead: money(lead.money), _value_fields, _same),
    "owner": Own(
        lambda: _("Owner"),
        lambda lead: lead.owner.name if lead.owner else "",
        lambda lead: {"owner": UserChoice(required=False, initial=lead.owner_id)},
        _same,
    ),
    "company": Own(
        lambda: _("Company"),
        lambda lead: lead.company.name if lead.company else "",
        lambda lead: {
            "company": forms.CharField(
                required=False,
                max_length=160,
                initial=lead.company.name if lead.company else "",
                widget=forms.TextInput(
                    attrs={"data-suggest": reverse("companies:suggest"), "autocomplete": "off"}
                ),
            )
        },
        _company,
        lambda lead: reverse("companies:page", args=[lead.company_id]) if lead.company_id else "",
    ),
    "expected_close": Own(
        lambda: _("Expected close"),
        lambda lead: day(lead.expected_close) if lead.expected_close else "",
        lambda lead: {
            "expected_close": forms.DateField(required=False, initial=lead.expected_close)
        },
        _same,
    ),
    "source": Own(
        lambda: _("Source"),
        lambda lead: lead.source.name if lead.source else "",
        lambda lead: {
            "source": forms.ModelChoiceField(
                Source.objects.all(), required=False, initial=lead.source_id
            )
        },
        _same,
    ),
    "territory": Own(
        lambda: _("Territory"),
        lambda lead: lead.territory.name if lead.territory else "",
        lambda lead: {
            "territory": forms.ModelChoiceField(
                Territory.objects.all(), required=False, initial=lead.territory_id
            )
        },
        _same,
    ),
    "competitor": Own(
        lambda: _("Competitor"),
        lambda lead: lead.competitor,
        lambda lead: {
            "competitor": forms.CharField(
                required=False, max_length=120, initial=lead.competitor
            )
        },
        _same,
    ),
    "tags": Own(
        lambda: _("Tags"),
        lambda lead: ", ".join(sorted(tag.name for tag in lead.tags.all())),
        lambda lead: {
            "tags": forms.CharField(
                required=False,
                max_length=500,
                initial=", ".join(sorted(tag.name for tag in lead.tags.all())),
                help_text=_("Separate them with commas."),
            )
        },
        lambda user, cleaned: {"tags": cleaned["tags"].split(",")},
    ),
    "loss_reason": Own(
        lambda: _("Loss reason"),
        lambda lead: lead.loss_reason.name if lead.loss_reason else "",
        lambda lead: {
            "loss_reason": forms.ModelChoiceField(
                LossReason.objects.all(), required=False, initial=lead.loss_reason_id
            )
        },
        _same,
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
    return rows + [_inline(lead, f"custom.{one.key}", _custom(one)) for one in own]


def _custom(definition: CustomField) -> Own:
    return Own(
        lambda: definition.name,
        lambda lead: custom_text(definition, lead.custom.get(definition.key)),
        lambda lead: {
            "custom": custom_field_for(definition, initial=lead.custom.get(definition.key))
        },
        lambda user, cleaned: {"custom": {definition.key: cleaned["custom"]}},
    )


def _inline(lead: Lead, name: str, own: Own) -> Inline:
    url = reverse("lead:field", args=[lead.id, name])
    text = own.text(lead)
    return Inline(name, own.label(), "" if text == "–" else text, url, href=own.href(lead))


@login_required
@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, id: uuid.UUID, name: str) -> HttpResponse:
    """One field: its value, its form, or the change."""
    lead = visible_lead(request.user, id)
    own = _own(name)
    user: User = request.user

    def make_form(data: Mapping[str, Any] | None) -> forms.Form:
        form = forms.Form(data)
        form.fields.update(own.fields(lead))
        for one in form.fields.values():
            one.label = one.label or own.label()
        first = next(iter(form.fields.values()))
        first.widget.attrs["autofocus"] = True
        return form

    def save(cleaned: Mapping[str, Any]) -> Inline:
        with transaction.atomic():
            changed = change_lead(user, lead, changes=own.changes(user, cleaned))
        return _inline(visible_lead(user, changed.id), name, own)

    return edit_inline(request, _inline(lead, name, own), make_form, save)


def _own(name: str) -> Own:
    if name in OWN:
        return OWN[name]
    key = name.removeprefix("custom.")
    found = CustomField.objects.filter(subject=CustomField.Subject.LEAD, key=key).first()
    if key == name or found is None:
        raise Http404
    return _custom(found)
