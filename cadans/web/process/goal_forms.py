"""The forms of goals, one a kind: they shape what a manager filled in into a goal of a design."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.contacts.models import BuyingRole
from cadans.leads.activity_kinds import kind_name, kinds_in_use
from cadans.leads.models import Activity, ActivityKind, Signal
from cadans.playbooks import vocabulary
from cadans.process.design import StageDesign
from cadans.process.goals import AnyGoal
from cadans.process.goals import form as form_goal
from cadans.team.queries import organisation
from cadans.web.amounts import WrittenNumber
from cadans.web.process.forms import Named, names_of

SINCE = [
    ("entered", gettext_lazy("since the lead entered this stage")),
    ("ever", gettext_lazy("at any time")),
]
MOST_CHOICES = 30
"""Values of a field that are offered as boxes to tick."""

MOST_SIGNALS = 50


class GoalForm(Named):
    """What all goals have; each kind adds its own."""

    name_needed = False
    kind = ""
    conditions: str | Promise = ""
    """The legend of the condition builder, for kinds that have one."""

    def __init__(self, *args: Any, stage: StageDesign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage = stage
        own = [name for name in self.fields if name not in {"name_nl", "name_en"}]
        self.order_fields([*own, "name_nl", "name_en"])

    def goal(self) -> dict[str, Any]:
        """The goal as a part of a document, without its key."""
        own = {
            key: value for key, value in self.cleaned_data.items() if not key.startswith("name_")
        }
        return {"kind": self.kind, "name": self.names(), **own}


class Often(GoalForm):
    """What happened can be asked for several times, and counted from entering or ever."""

    times = forms.IntegerField(
        label=gettext_lazy("How often, at least"), min_value=1, max_value=100, initial=1
    )
    since = forms.ChoiceField(label=gettext_lazy("Counted"), choices=SINCE)


class FieldGoalForm(GoalForm):
    """A field is filled; what else may be asked depends on what the field holds."""

    kind = "field"
    field = forms.ChoiceField(label=gettext_lazy("Field"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = vocabulary.words()
        kinds = {word.field: word.kind for word in words}
        groups: dict[str, list[tuple[str, str]]] = {}
        for word in words:
            groups.setdefault(word.group, []).append((word.field, word.label))
        chosen = str((self.data if self.is_bound else self.initial).get("field") or "value")
        if chosen not in kinds:
            groups[_("Other")] = [(chosen, chosen)]
        self.fields["field"].choices = list(groups.items())  # type: ignore[attr-defined]
        self._ask_about(chosen, kinds.get(chosen, "text"))
        own = [name for name in self.fields if name not in {"name_nl", "name_en"}]
        self.order_fields([*own, "name_nl", "name_en"])

    def _ask_about(self, field: str, kind: str) -> None:
        """Bounds for numbers and dates, values to choose from where they are known."""
        if kind == "number":
            self._ask_bounds(WrittenNumber, currency=field == "value")
        elif kind == "date":
            self._ask_bounds(forms.DateField)
        elif kind == "yes_no":
            self._ask_values([("true", _("yes")), ("false", _("no"))])
        else:
            known = vocabulary.values_of(field)
            kept = [one for one in self.initial.get("one_of", []) if one not in known]
            if 0 < len(known) + len(kept) <= MOST_CHOICES:
                self._ask_values([(one, one) for one in [*known, *kept]])

    def _ask_bounds(self, field: type[forms.Field], *, currency: bool = False) -> None:
        told = _("Empty for no bound.")
        if currency:
            told = _(
                "In %(currency)s; what is in another currency counts at the rate of the day. Empty"
                " for no bound."
            ) % {"currency": organisation().currency}
        self.fields["at_least"] = field(label=_("At least"), required=False)
        self.fields["at_most"] = field(label=_("At most"), required=False, help_text=told)

    def _ask_values(self, choices: list[tuple[str, str]]) -> None:
        self.fields["one_of"] = forms.MultipleChoiceField(
            label=_("With one of these values"),
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("None ticked: any value will do."),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        low, high = cleaned.get("at_least"), cleaned.get("at_most")
        if low is not None and high is not None and low > high:
            self.add_error("at_most", _("This is less than the lower bound."))
        return cleaned

    def goal(self) -> dict[str, Any]:
        """Bounds as a document keeps them: a number with a point, or an ISO date."""
        goal = super().goal()
        for bound in ("at_least", "at_most"):
            if goal.get(bound) is not None:
                goal[bound] = str(goal[bound])
        return goal


class ContactGoalForm(GoalForm):
    """One knows how to reach somebody."""

    kind = "contact"
    details = forms.MultipleChoiceField(
        label=gettext_lazy("What must be known"),
        choices=[
            ("name", gettext_lazy("Name")),
            ("email", gettext_lazy("E-mail address")),
            ("phone", gettext_lazy("Phone number")),
        ],
        widget=forms.CheckboxSelectMultiple,
        initial=["email"],
        help_text=gettext_lazy("All of it, of one and the same person."),
        error_messages={"required": gettext_lazy("Tick at least one.")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Of whom"),
        choices=[("", gettext_lazy("anybody on the lead")), *BuyingRole.choices],
        required=False,
    )


class PersonGoalForm(GoalForm):
    """Somebody with a buying role is known."""

    kind = "person"
    role = forms.ChoiceField(
        label=gettext_lazy("Who"),
        choices=[*BuyingRole.choices, ("", gettext_lazy("anybody, whatever their role"))],
        required=False,
    )
    times = forms.IntegerField(
        label=gettext_lazy("How many, at least"), min_value=1, max_value=50, initial=1
    )


class ActivityGoalForm(Often):
    """An activity was held, or planned."""

    kind = "activity"
    activity = forms.ChoiceField(label=gettext_lazy("Activity"))
    planned = forms.BooleanField(
        label=gettext_lazy("It is enough that it is planned"), required=False
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("", gettext_lazy("any outcome")), *Activity.Outcome.choices],
        required=False,
    )
    field_order = ("activity", "planned", "outcome", "times", "since")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [one for one in kinds_in_use() if one[0] != ActivityKind.NOTE]
        present = self.initial.get("activity")
        if present and present not in dict(kinds):
            kinds.append((present, kind_name(present)))
        self.fields["activity"].choices = kinds  # type: ignore[attr-defined]
        self.fields["activity"].help_text = _("Own kinds are added in the settings.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("planned"):
            cleaned["outcome"] = ""
        return cleaned


class TaskGoalForm(GoalForm):
    """A task of the stage was done."""

    kind = "task"
    task = forms.ChoiceField(label=gettext_lazy("Task of this stage"))
    since = forms.ChoiceField(label=gettext_lazy("Counted"), choices=SINCE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(task.key, task.label()) for task in self.stage.tasks]
        self.fields["task"].choices = rows  # type: ignore[attr-defined]


class EmailGoalForm(Often):
    """An e-mail was answered, opened or clicked."""

    kind = "email"
    what = forms.ChoiceField(
        label=gettext_lazy("What happened to it"),
        choices=[
            ("answered", gettext_lazy("They answered")),
            ("opened", gettext_lazy("They opened it")),
            ("clicked", gettext_lazy("They clicked a link in it")),
        ],
        widget=forms.RadioSelect,
        initial="answered",
    )
    link = forms.CharField(
        label=gettext_lazy("Only links that contain"), max_length=400, required=False
    )
    subject = forms.CharField(
        label=gettext_lazy("Only e-mails whose subject contains"), max_length=200, required=False
    )
    field_order = ("what", "link", "subject", "times", "since")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("what") != "clicked":
            cleaned["link"] = ""
        return cleaned


class FormGoalForm(Often):
    """A form on a site was sent in."""

    kind = "form"
    conditions = gettext_lazy("Only when it was filled in with")
    form = forms.CharField(
        label=gettext_lazy("Name of the form"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("As your site names it. Empty: any form."),
        widget=forms.TextInput(attrs={"list": "known-names", "autocomplete": "off"}),
    )
    field_order = ("form", "times", "since")


class SignalGoalForm(Often):
    """A signal arrived."""

    kind = "signal"
    conditions = gettext_lazy("Only when the signal carries")
    signal = forms.CharField(
        label=gettext_lazy("Name of the signal"),
        max_length=60,
        help_text=gettext_lazy("As your product or site sends it, such as trial_started."),
        widget=forms.TextInput(attrs={"list": "known-names", "autocomplete": "off"}),
    )
    field_order = ("signal", "times", "since")


class BoxGoalForm(GoalForm):
    """Somebody ticks it."""

    kind = "box"
    name_needed = True


GOAL_FORMS: dict[str, type[GoalForm]] = {
    form.kind: form
    for form in (
        *(FieldGoalForm, ContactGoalForm, PersonGoalForm, ActivityGoalForm, TaskGoalForm),
        *(EmailGoalForm, FormGoalForm, SignalGoalForm, BoxGoalForm),
    )
}


def known_names(kind: str) -> list[str]:
    """Names of signals, or of forms, that arrived before."""
    arrived = Signal.objects.order_by()
    if kind == "signal":
        names = arrived.values_list("name", flat=True).distinct()
    elif kind == "form":
        sent = arrived.filter(name=form_goal.SIGNAL, payload__has_key="form")
        names = sent.values_list("payload__form", flat=True).distinct()
    else:
        return []
    return sorted(str(name) for name in names[:MOST_SIGNALS])


def initial_of_goal(goal: AnyGoal) -> dict[str, Any]:
    """What the form of a goal begins with."""
    values = goal.model_dump(mode="python", exclude={"key", "kind", "name", "where"})
    return {**{k: v for k, v in values.items() if v is not None}, **names_of(goal)}


def initial_in(address: Mapping[str, str]) -> dict[str, Any]:
    """What a form begins with that is drawn anew while it is being filled in."""
    return {name: address[name] for name in ("field", "name_nl", "name_en") if name in address}
