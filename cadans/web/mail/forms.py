"""The form in which a mail is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadans.outreach.actions.writing import LARGEST, LONGEST_SUBJECT
from cadans.outreach.models import Mailbox


class MailForm(forms.Form):
    """A mail: from which mailbox, to whom, and what."""

    mailbox = forms.ChoiceField(label=pgettext_lazy("of a mail", "From"), required=False)
    to = forms.CharField(
        label=pgettext_lazy("of a mail", "To"),
        max_length=2000,
        widget=forms.TextInput(attrs={"list": "mail-people", "autocomplete": "off"}),
    )
    cc = forms.CharField(label=_("Cc"), max_length=2000, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=_("Text"), max_length=LARGEST, widget=forms.Textarea(attrs={"rows": 12})
    )

    def __init__(self, *args: Any, mailboxes: Sequence[Mailbox], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.id), one.address) for one in mailboxes]
        self.fields["mailbox"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["mailbox"]

    @property
    def addresses(self) -> tuple[list[str], list[str]]:
        """To and Cc, taken apart at commas and semicolons."""
        return _apart(self.cleaned_data["to"]), _apart(self.cleaned_data["cc"])


def _apart(row: str) -> list[str]:
    return [one.strip() for one in row.replace(";", ",").split(",") if one.strip()]
