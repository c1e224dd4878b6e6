"""The form of an automation: when it happens, what it does, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.leads.models import Task
from cadans.playbooks.words import goal_name
from cadans.process.automations import Automation
from cadans.process.automations.notify import Notify
from cadans.process.automations.task import MakeTask
from cadans.process.design import StageDesign
from cadans.team.models import User
from cadans.web.process.forms import UNITS

MOMENTS = [
    ("entered", gettext_lazy("the lead enters the stage")),
    ("left", gettext_lazy("the lead leaves the stage")),
    ("goal", gettext_lazy("a goal is met")),
    ("idle", gettext_lazy("the lead lies idle here")),
    ("signal", gettext_lazy("a signal arrives")),
    ("won", gettext_lazy("the lead is won from here")),
    ("lost", gettext_lazy("the lead is lost from here")),
]


class AutomationForm(forms.Form):
    """An automation; its condition is built beside it."""

    name = forms.CharField(label=gettext_lazy("Name of the automation"), max_length=80)
    on = forms.ChoiceField(label=gettext_lazy("Happens when"), choices=MOMENTS)
    goal = forms.ChoiceField(label=gettext_lazy("Which goal"), required=False)
    signal = forms.CharField(
        label=gettext_lazy("Name of the signal"), max_length=60, required=False
    )
    wait_after = forms.IntegerField(
        label=gettext_lazy("After a delay of"),
        min_value=1,
        max_value=1000,
        required=False,
        help_text=gettext_lazy(
            "Empty: at once. After a delay it is only done when the lead is still there."
        ),
    )
    wait_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNITS, initial="working_days")
    once = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[("", gettext_lazy("each time")), ("yes", gettext_lazy("once a lead"))],
        required=False,
    )
    do = forms.ChoiceField(
        label=gettext_lazy("What is done"),
        choices=[
            ("notify", gettext_lazy("tell somebody")),
            ("task", gettext_lazy("make a task")),
        ],
        widget=forms.RadioSelect,
        initial="notify",
    )
    text_nl = forms.CharField(label=gettext_lazy("Text in Dutch"), max_length=200, required=False)
    text_en = forms.CharField(label=gettext_lazy("Text in English"), max_length=200, required=False)
    task = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Task.Kind.choices, required=False, initial="to_do"
    )
    due_after = forms.IntegerField(
        label=gettext_lazy("Due within"), min_value=0, max_value=1000, required=False, initial=1
    )
    due_unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), choices=UNITS, initial="working_days", required=False
    )
    to = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[
            ("owner", gettext_lazy("the lead’s owner")),
            ("manager", gettext_lazy("the owner’s manager")),
            ("user", gettext_lazy("somebody in particular")),
            ("role", gettext_lazy("everybody with a role")),
        ],
    )
    user = forms.ModelChoiceField(
        User.objects.active(), label=gettext_lazy("Who"), required=False, empty_label="–"
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Which role"),
        choices=[
            ("manager", gettext_lazy("all sales managers")),
            ("admin", gettext_lazy("all administrators")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, stage: StageDesign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goals = [(goal.key, goal_name(goal)) for goal in stage.goals]
        whole = ("", _("all that the stage needs"))
        self.fields["goal"].choices = [whole, *goals]  # type: ignore[attr-defined]
        if stage.ends_in:
            self.fields["on"].choices = MOMENTS[:1]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("on") == "signal" and not cleaned.get("signal"):
            self.add_error("signal", _("Name the signal."))
        if cleaned.get("to") == "user" and not cleaned.get("user"):
            self.add_error("user", _("Choose who it is for."))
        texts = (cleaned.get("text_nl"), cleaned.get("text_en"))
        if cleaned.get("do") == "task" and not any(texts):
            self.add_error("text_nl", _("Give the task a name in at least one language."))
        return cleaned

    def automation(self, when: Mapping[str, Any]) -> dict[str, Any]:
        """The automation as a part of a document, without its key."""
        data = self.cleaned_data
        wait = {"after": data["wait_after"], "unit": data["wait_unit"]}
        return {
            "name": data["name"].strip(),
            "on": data["on"],
            "goal": (data["goal"] or None) if data["on"] == "goal" else None,
            "signal": data["signal"].strip() if data["on"] == "signal" else None,
            "when": dict(when),
            "wait": wait if data["wait_after"] else None,
            "once": data["once"] == "yes",
            "do": self._deed(),
        }

    def _deed(self) -> dict[str, Any]:
        data = self.cleaned_data
        pairs = {"nl": data["text_nl"].strip(), "en": data["text_en"].strip()}
        texts = {language: text for language, text in pairs.items() if text}
        deed: dict[str, Any] = {
            "kind": data["do"],
            "to": data["to"],
            "user": str(data["user"].id) if data["to"] == "user" else None,
            "role": (data["role"] or "manager") if data["to"] == "role" else None,
        }
        if data["do"] == "notify":
            return {**deed, "text": texts}
        after = data["due_after"]
        due = {"after": 1 if after is None else after, "unit": data["due_unit"] or "working_days"}
        return {**deed, "name": texts, "task": data["task"] or "to_do", "due": due}


def initial_of_automation(one: Automation | None) -> dict[str, Any]:
    """What the form of an automation begins with."""
    if one is None:
        return {}
    told: dict[str, Any] = {
        "name": one.name,
        "on": one.on,
        "goal": one.goal or "",
        "signal": one.signal or "",
        "once": "yes" if one.once else "",
        "do": one.do.kind,
        "to": one.do.to,
        "user": one.do.user,
        "role": one.do.role,
    }
    if one.wait:
        told |= {"wait_after": one.wait.after, "wait_unit": one.wait.unit}
    match one.do:
        case Notify() as tell:
            texts = tell.text
        case MakeTask() as make:
            texts = make.name
            told |= {"task": make.task, "due_after": make.due.after, "due_unit": make.due.unit}
    return told | {"text_nl": texts.get("nl", ""), "text_en": texts.get("en", "")}
