"""A person's fields: in the form of a new one, and each changed in place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.contacts.actions import add_company
from cadans.contacts.models import Company
from cadans.leads.queries import company_called
from cadans.team.models import User
from cadans.web.inline import Own, tags_own, text_own


def company_from(user: User, name: str) -> Company | None:
    """The company that somebody named, made when there is none of that name."""
    name = name.strip()
    return (company_called(name) or add_company(user, name=name)) if name else None


class CompanyName(forms.TextInput):
    """A text field that offers the names of companies while one types."""

    def __init__(self) -> None:
        suggest = reverse_lazy("companies:suggest")
        super().__init__(attrs={"data-suggest": suggest, "autocomplete": "off"})


class PersonForm(forms.Form):
    """A new person: a name or an e-mail address is enough."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=120, required=False)
    company = forms.CharField(
        label=gettext_lazy("Company"), max_length=160, required=False, widget=CompanyName
    )

    def clean(self) -> dict[str, Any]:
        """Somebody must be meant."""
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("name") or cleaned.get("email")):
            self.add_error("name", _("Give a name or an e-mail address."))
        return cleaned


OWN: dict[str, Own] = {
    "name": text_own("name", lambda: _("Name"), 160),
    "email": Own(
        lambda: _("E-mail address"),
        lambda person: person.email,
        lambda person: {
            "email": forms.EmailField(required=False, max_length=254, initial=person.email)
        },
    ),
    "phone": text_own("phone", lambda: _("Phone"), 40),
    "job_title": text_own("job_title", lambda: _("Job title"), 120),
    "company": Own(
        lambda: _("Company"),
        lambda person: person.company.name if person.company else "",
        lambda person: {
            "company": forms.CharField(
                required=False,
                max_length=160,
                initial=person.company.name if person.company else "",
                widget=CompanyName(),
            )
        },
        lambda user, cleaned: {"company": company_from(user, cleaned["company"])},
        lambda person: (
            reverse("companies:page", args=[person.company_id]) if person.company_id else ""
        ),
    ),
    "language": Own(
        lambda: _("Language"),
        lambda person: dict(languages()).get(person.language, person.language),
        lambda person: {
            "language": forms.ChoiceField(
                required=False, choices=languages, initial=person.language
            )
        },
    ),
    "tags": tags_own(),
}


def languages() -> list[tuple[str, str]]:
    """The languages that one writes to people in."""
    return [
        ("", "–"),
        ("nl", _("Dutch")),
        ("en", _("English")),
        ("de", _("German")),
        ("fr", _("French")),
    ]
