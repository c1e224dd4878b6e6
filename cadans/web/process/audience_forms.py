"""The form of what a stage does with a mailing list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.contacts.models import BuyingRole
from cadans.outreach.models.audiences import Audience
from cadans.process.design import AudienceStep, StageDesign

MOST_TAGS, LONGEST_TAG = 10, 100


class AudienceStepForm(forms.Form):
    """Put people on a list or take them off, as a lead moves."""

    do = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[
            ("enrol", gettext_lazy("Put them on the list")),
            ("archive", gettext_lazy("Take them off; they may come back later")),
            ("tag_off", gettext_lazy("Leave them on it, and take tags off")),
            ("unsubscribe", gettext_lazy("Unsubscribe them for good")),
        ],
        help_text=gettext_lazy(
            "Whoever is unsubscribed, by you or by themselves, is never put on that list again."
        ),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Which list"))
    when = forms.ChoiceField(label=gettext_lazy("When"))
    tags = forms.CharField(
        label=gettext_lazy("Tags on the list"),
        help_text=gettext_lazy("Separated by commas. They go on with the list, else off."),
        max_length=500,
        required=False,
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Only people with this buying role"),
        help_text=gettext_lazy("None chosen: everybody on the lead with an e-mail address."),
        choices=BuyingRole.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    confirm = forms.BooleanField(
        label=gettext_lazy("Let the service first ask them by mail whether they want it"),
        required=False,
    )

    def __init__(self, *args: Any, stage: StageDesign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists = list(Audience.objects.filter(is_gone=False))
        named = [(one.key, one.name) for one in self.lists]
        chosen = (self.initial or {}).get("audience")
        if chosen and chosen not in dict(named):
            named.append((chosen, chosen))
        self.fields["audience"].choices = named  # type: ignore[attr-defined]
        moments = [("entering", _("when a lead comes in here"))]
        if not stage.ends_in:
            moments += [
                ("leaving", _("when a lead leaves here, in whatever way")),
                ("won", _("when a lead is won from here")),
                ("lost", _("when a lead is lost from here")),
            ]
        self.fields["when"].choices = moments  # type: ignore[attr-defined]

    def known_tags(self) -> list[str]:
        """The tags that the lists have, to choose from."""
        return sorted({tag for one in self.lists for tag in one.tags}, key=str.casefold)

    def clean_tags(self) -> list[str]:
        tags = [one.strip() for one in self.cleaned_data["tags"].split(",")]
        tags = list(dict.fromkeys(one for one in tags if one))
        if len(tags) > MOST_TAGS or any(len(one) > LONGEST_TAG for one in tags):
            raise forms.ValidationError(
                _("At most %(most)s tags of %(longest)s characters.")
                % {"most": MOST_TAGS, "longest": LONGEST_TAG}
            )
        return tags

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("do") == "tag_off" and not cleaned.get("tags"):
            self.add_error("tags", _("Name the tags to take off."))
        return cleaned

    def step(self) -> dict[str, Any]:
        """The step as a part of a document, without its key."""
        data = self.cleaned_data
        return {
            "audience": data["audience"],
            "when": data["when"],
            "do": data["do"],
            "tags": data["tags"],
            "roles": data["roles"],
            "confirm": data["confirm"] and data["do"] == "enrol",
        }


def initial_of_step(step: AudienceStep | None) -> dict[str, Any]:
    """What the form begins with."""
    if step is None:
        return {}
    return {**step.model_dump(exclude={"key"}), "tags": ", ".join(step.tags)}
