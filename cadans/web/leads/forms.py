"""The form of a new lead."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.leads.drafts import LeadDraft, PartDraft
from cadans.leads.finding import own_domain
from cadans.leads.offer import Source
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.named import as_id
from cadans.team.queries import organisation
from cadans.web.amounts import AmountField
from cadans.web.days import DayField
from cadans.web.people_of_team import owner_choices

AUTOMATICALLY = "auto"


class NewLeadForm(forms.Form):
    """Company, person or title: one of them is enough."""

    company = forms.CharField(label=gettext_lazy("Company"), max_length=160, required=False)
    title = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: the name of the company or person."),
    )
    person = forms.CharField(label=gettext_lazy("Contact"), max_length=160, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    value = AmountField(label=gettext_lazy("Value"))
    expected_close = DayField(label=gettext_lazy("Expected close"), required=False)
    pipeline = forms.ModelChoiceField(
        Pipeline.objects.live(),
        label=gettext_lazy("Pipeline"),
        required=False,
        to_field_name="key",
        empty_label=gettext_lazy("By the routing rules"),
    )
    source = forms.ModelChoiceField(
        Source.objects.all(), label=gettext_lazy("Source"), required=False, empty_label="–"
    )
    owner = forms.ChoiceField(label=gettext_lazy("Owner"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        alike = {
            "hx-get": reverse("leads:alike"),
            "hx-trigger": "change, input changed delay:400ms",
            "hx-target": "#alike",
            "hx-include": "closest form",
            "hx-sync": "closest form:replace",
        }
        suggest = {"data-suggest": reverse("companies:suggest"), "autocomplete": "off"}
        self.fields["company"].widget.attrs |= alike | suggest | {"autofocus": True}
        self.fields["email"].widget.attrs |= alike | {"autocomplete": "off"}
        me = [(str(user.id), _("Me"))] if user.role != User.Role.ADMIN else []
        owner = cast(forms.ChoiceField, self.fields["owner"])
        owner.choices = [
            *me,
            (AUTOMATICALLY, _("Assign automatically")),
            *owner_choices(without=user),
        ]
        if Pipeline.objects.live().count() == 1:
            del self.fields["pipeline"]

    def clean(self) -> dict[str, Any]:
        """Something must say what the lead is about, and whose the phone number is."""
        cleaned = super().clean() or {}
        if cleaned.get("phone") and not (cleaned.get("person") or cleaned.get("email")):
            self.add_error("person", _("Whose number is this? Give a name or an e-mail address."))
        named = any(cleaned.get(name) for name in ("company", "title", "person", "email"))
        if not (named or self.errors):
            self.add_error("company", _("Name a company, a contact or what it is about."))
        return cleaned

    @property
    def assigns(self) -> bool:
        """Whether the assignment rules choose the owner."""
        return bool(self.cleaned_data["owner"] == AUTOMATICALLY)

    def draft(self) -> LeadDraft:
        """What was filled in, as the action takes it."""
        given = self.cleaned_data
        company = None
        if given["company"]:
            company = CompanyDraft(name=given["company"], domain=own_domain(given["email"]))
        people = []
        if given["email"] or given["person"]:
            draft = PersonDraft(email=given["email"], name=given["person"], phone=given["phone"])
            people = [PartDraft(draft)]
        owner = None if self.assigns else User.objects.filter(id=as_id(given["owner"])).first()
        value = given["value"]
        return LeadDraft(
            title=given["title"],
            pipeline=given.get("pipeline"),
            value=value,
            currency="" if value is None else organisation().currency,
            company=company,
            people=people,
            source=given["source"],
            owner=owner,
            expected_close=given["expected_close"],
        )
