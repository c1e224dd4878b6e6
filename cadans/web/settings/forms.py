"""Forms of one's own profile, the organisation and API tokens."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import pycountry
from babel import Locale
from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from cadans.ground.working_time import regions_of
from cadans.team.models import ApiToken, Organisation, User


class ProfileForm(forms.Form):
    """What everybody may change of themselves."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Appearance"), choices=User.Theme.choices, widget=forms.RadioSelect
    )


WEEKDAYS = [
    ("1", gettext_lazy("Monday")),
    ("2", gettext_lazy("Tuesday")),
    ("3", gettext_lazy("Wednesday")),
    ("4", gettext_lazy("Thursday")),
    ("5", gettext_lazy("Friday")),
    ("6", gettext_lazy("Saturday")),
    ("7", gettext_lazy("Sunday")),
]


class OrganisationForm(forms.Form):
    """How the organisation works."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        help_text=gettext_lazy("Three letters, such as EUR. Figures are counted in it."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of new users, and of what Cadans sends by itself."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Its national holidays are no working days."),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Region"),
        required=False,
        help_text=gettext_lazy("Its own holidays are no working days either."),
    )
    workdays = forms.MultipleChoiceField(
        label=gettext_lazy("Working days"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    day_starts = forms.TimeField(
        label=gettext_lazy("The working day starts"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    day_ends = forms.TimeField(
        label=gettext_lazy("The working day ends"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    leads_seen_by_reps = forms.ChoiceField(
        label=gettext_lazy("Reps see"),
        choices=Organisation.LeadsSeen.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone)
        self.fields["time_zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]
        names = Locale.parse((get_language() or "en")[:2]).territories
        codes = [country.alpha_2 for country in pycountry.countries]
        countries = sorted(
            ((code, names.get(code, code)) for code in codes), key=lambda one: one[1]
        )
        self.fields["country"].choices = countries  # type: ignore[attr-defined]
        country = str((self.data if self.is_bound else self.initial).get("country") or "")
        regions = sorted(regions_of(country).items(), key=lambda one: one[1])
        self.fields["region"].choices = [("", "–"), *regions]  # type: ignore[attr-defined]
        self.has_regions = bool(regions)

    def changes(self) -> dict[str, Any]:
        """What `change_organisation` takes."""
        data = dict(self.cleaned_data)
        data["workdays"] = "".join(sorted(data["workdays"]))
        data["currency"] = data["currency"].upper()
        return data


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=80,
        help_text=gettext_lazy("The program that will use it, so that you recognise it later."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[ApiToken.Scope.READ, ApiToken.Scope.WRITE],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.role == User.Role.REP:
            mild = [one for one in ApiToken.Scope.choices if one[0] != ApiToken.Scope.SETTINGS]
            self.fields["scopes"].choices = mild  # type: ignore[attr-defined]
