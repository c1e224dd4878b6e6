"""What the first run asks."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class WelcomeForm(forms.Form):
    """Organisation, its first administrator, a playbook and perhaps a team."""

    organisation = forms.CharField(
        label=_("Name of your organisation"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    language = forms.ChoiceField(
        label=_("Language of your organisation"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text=_("Everybody can choose their own afterwards."),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("At least ten characters. A short sentence is easy to remember."),
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "minlength": 10}, render_value=True
        ),
    )
    template = forms.CharField(required=False)
    team = forms.CharField(
        label=_("Name of your team"),
        max_length=80,
        required=False,
        help_text=_("Reps who sell together. You can add them, and more teams, in the settings."),
    )
