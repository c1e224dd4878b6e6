"""A company's fields: in the form of a new one, and each changed in place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cadans.contacts.countries import countries, country_name
from cadans.web.inline import Own, tags_own, text_own
from cadans.web.writing import number


def country_choices() -> list[tuple[str, str]]:
    """Countries by name in the reader's language, the usual ones first."""
    rows = countries(get_language() or "en")
    near = [row for row in rows if row[0] in {"NL", "BE", "DE"}]
    return [("", "–"), *sorted(near, key=lambda row: row[0] != "NL"), *rows]


class CompanyForm(forms.Form):
    """A new company: a name is enough."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=160,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    domain = forms.CharField(
        label=gettext_lazy("Website"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as example.com. By it we recognise the company's people."),
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    industry = forms.CharField(label=gettext_lazy("Industry"), max_length=80, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=160, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=16, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=80, required=False)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=country_choices, required=False
    )


OWN: dict[str, Own] = {
    "name": text_own("name", lambda: _("Name"), 160),
    "domain": text_own("domain", lambda: _("Website"), 200),
    "phone": text_own("phone", lambda: _("Phone"), 40),
    "industry": text_own("industry", lambda: _("Industry"), 80),
    "kind": text_own("kind", lambda: _("Type"), 80),
    "market": text_own("market", lambda: _("Market"), 80),
    "employees": Own(
        lambda: _("Employees"),
        lambda company: number(company.employees),
        lambda company: {
            "employees": forms.IntegerField(
                required=False, min_value=0, max_value=2_000_000_000, initial=company.employees
            )
        },
    ),
    "address": text_own("address", lambda: _("Address"), 160),
    "postcode": text_own("postcode", lambda: _("Postcode"), 16),
    "city": text_own("city", lambda: _("City"), 80),
    "region": text_own("region", lambda: _("Region"), 80),
    "country": Own(
        lambda: _("Country"),
        lambda company: _country(company.country),
        lambda company: {
            "country": forms.ChoiceField(
                choices=country_choices, required=False, initial=company.country
            )
        },
    ),
    "tags": tags_own(),
}


def _country(code: Any) -> str:
    return country_name(code, get_language() or "en") if code else ""
