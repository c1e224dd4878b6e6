"""The forms of the designer: they shape what a manager filled in into parts of a design."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.leads.models import Task
from cadans.process.design import StageDesign, StageTask
from cadans.team.models import Team, User

UNITS = [
    ("hours", gettext_lazy("hours")),
    ("working_hours", gettext_lazy("working hours")),
    ("days", gettext_lazy("days")),
    ("working_days", gettext_lazy("working days")),
]


class Named(forms.Form):
    """A name in Dutch, in English, or both."""

    name_nl = forms.CharField(label=gettext_lazy("Name in Dutch"), max_length=120, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    name_needed = True

    def names(self) -> dict[str, str]:
        """Language → name, those that are filled in."""
        pairs = {"nl": self.cleaned_data.get("name_nl"), "en": self.cleaned_data.get("name_en")}
        return {language: name.strip() for language, name in pairs.items() if name}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.name_needed and not cleaned.get("name_nl") and not cleaned.get("name_en"):
            self.add_error("name_nl", _("Give a name in at least one language."))
        return cleaned


def names_of(thing: Any) -> dict[str, str]:
    """What the name fields of a form begin with."""
    return {"name_nl": thing.name.get("nl", ""), "name_en": thing.name.get("en", "")}


class NewPipelineForm(forms.Form):
    """A new pipeline."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


class StageSettingsForm(Named):
    """A stage's name and settings, saved as one goes."""

    idle_days = forms.IntegerField(
        label=gettext_lazy("Idle after"), min_value=1, max_value=3650, required=False
    )
    is_ask = forms.BooleanField(
        label=gettext_lazy("In this stage the decision is asked for"),
        help_text=gettext_lazy("Insight compares who asks, when, and what comes of it."),
        required=False,
    )
    enforcement = forms.ChoiceField(
        label=gettext_lazy("When somebody moves a lead on by hand while goals are unmet"),
        choices=[
            ("advise", gettext_lazy("Advise: show what is missing, and let it go")),
            ("reason", gettext_lazy("Ask for a reason, and keep it with the lead")),
            ("block", gettext_lazy("Block: only a manager may let it go, with a reason")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    ends_in = forms.ChoiceField(
        label=gettext_lazy("A lead that enters this stage"),
        choices=[
            ("", gettext_lazy("is open and goes on")),
            ("won", gettext_lazy("is won")),
            ("lost", gettext_lazy("is lost")),
        ],
        required=False,
    )

    def changes(self) -> dict[str, Any]:
        """What `drafting.change_stage` takes."""
        data = self.cleaned_data
        return {
            "name": self.names(),
            "idle_days": data["idle_days"],
            "is_ask": data["is_ask"],
            "enforcement": data["enforcement"] or "advise",
            "ends_in": data["ends_in"] or None,
        }


def stage_settings_form(stage: StageDesign) -> StageSettingsForm:
    """The settings of a stage as they are."""
    initial = {
        **names_of(stage),
        "idle_days": stage.idle_days,
        "is_ask": stage.is_ask,
        "enforcement": stage.enforcement,
        "ends_in": stage.ends_in or "",
    }
    return StageSettingsForm(initial=initial, auto_id="stage_%s")


class GuidanceForm(forms.Form):
    """Guidance in both languages, saved as one goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, words in (("nl", _("in Dutch")), ("en", _("in English"))):
            self.fields[f"short_{language}"] = forms.CharField(
                label=_("In short, %(language)s") % {"language": words},
                max_length=600,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.fields[f"long_{language}"] = forms.CharField(
                label=_("At length, %(language)s") % {"language": words},
                max_length=20_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 10}),
            )

    def guidance(self) -> dict[str, dict[str, str]]:
        """What a stage's `guidance` takes; languages without a word are left out."""
        rows = {
            language: {
                "short": self.cleaned_data[f"short_{language}"].strip(),
                "long": self.cleaned_data[f"long_{language}"].strip(),
            }
            for language in ("nl", "en")
        }
        return {language: row for language, row in rows.items() if row["short"] or row["long"]}


def guidance_form(stage: StageDesign) -> GuidanceForm:
    """The guidance of a stage as it is."""
    initial = {
        f"{length}_{language}": getattr(one, length)
        for language, one in stage.guidance.items()
        for length in ("short", "long")
    }
    return GuidanceForm(initial=initial, auto_id="guidance_%s")


class TaskForm(Named):
    """A stage task."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Task.Kind.choices)
    after = forms.IntegerField(label=gettext_lazy("Due"), min_value=0, max_value=1000, initial=1)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNITS, initial="working_days")
    since = forms.ChoiceField(
        label=gettext_lazy("Counted"),
        choices=[
            ("entered", gettext_lazy("after entering the stage")),
            ("task", gettext_lazy("after another task")),
            ("before_expected_close", gettext_lazy("before the expected close")),
        ],
    )
    after_task = forms.ChoiceField(
        label=gettext_lazy("After which task"),
        required=False,
        help_text=gettext_lazy("Until that one is done or skipped, this one has no due date."),
    )
    required = forms.BooleanField(label=gettext_lazy("Required"), required=False)
    to = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[
            ("owner", gettext_lazy("the lead’s owner")),
            ("manager", gettext_lazy("the owner’s manager")),
            ("user", gettext_lazy("somebody in particular")),
            ("team", gettext_lazy("somebody of a team")),
        ],
    )
    user = forms.ModelChoiceField(
        User.objects.active(), label=gettext_lazy("Who"), required=False, empty_label="–"
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), label=gettext_lazy("Which team"), required=False, empty_label="–"
    )

    strategy = forms.ChoiceField(
        label=gettext_lazy("Who of the team"),
        choices=[
            ("fewest_open", gettext_lazy("whoever has the fewest open leads")),
            ("round_robin", gettext_lazy("everybody in turn")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, stage: StageDesign, item: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(one.key, one.label()) for one in stage.tasks if one.key != item]
        self.fields["after_task"].choices = [("", "–"), *others]  # type: ignore[attr-defined]
        if not others:
            since: Any = self.fields["since"]
            since.choices = [one for one in since.choices if one[0] != "task"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("since") == "task" and not cleaned.get("after_task"):
            self.add_error("after_task", _("Choose the task that comes first."))
        if cleaned.get("to") == "user" and not cleaned.get("user"):
            self.add_error("user", _("Choose who gets the task."))
        if cleaned.get("to") == "team" and not cleaned.get("team"):
            self.add_error("team", _("Choose the team that gets the task."))
        return cleaned

    def task(self) -> dict[str, Any]:
        """The task as a part of a document, without its key."""
        data = self.cleaned_data
        return {
            "name": self.names(),
            "kind": data["kind"],
            "due": {
                "after": data["after"],
                "unit": data["unit"],
                "since": data["since"],
                "task": data["after_task"] if data["since"] == "task" else None,
            },
            "required": data["required"],
            "to": data["to"],
            "user": str(data["user"].id) if data["to"] == "user" else None,
            "team": str(data["team"].id) if data["to"] == "team" else None,
            "strategy": data["strategy"] or "fewest_open",
        }


def initial_of_task(task: StageTask) -> dict[str, Any]:
    """What the form of a task begins with."""
    return {
        **names_of(task),
        "kind": task.kind,
        **task.due.model_dump(exclude={"task"}),
        "after_task": task.due.task,
        "required": task.required,
        "to": task.to,
        "user": task.user,
        "team": task.team,
        "strategy": task.strategy,
    }
