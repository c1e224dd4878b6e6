"""The forms of a lead's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.contacts.models import BuyingRole, Person
from cadans.leads.activity import Activity
from cadans.leads.activity_kinds import kinds_in_use
from cadans.leads.offer import LossReason, Product
from cadans.leads.task import Task
from cadans.team.models import User
from cadans.web.amounts import AmountField, WrittenNumber
from cadans.web.days import MomentField

LONGEST_NOTE = 20_000


class NoteField(forms.CharField):
    """A note. The browser does not cut what is pasted: what is too long is told instead."""

    def __init__(self, **attrs: str) -> None:
        super().__init__(
            label=_("Note"),
            required=False,
            max_length=LONGEST_NOTE,
            widget=forms.Textarea(attrs={"rows": 2, **attrs}),
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Everything but the length."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


def own_ids(form: str, in_drawer: bool) -> str:
    """How a form's fields are called in a page where the same form can stand twice."""
    return f"{form}_drawer_%s" if in_drawer else f"{form}_%s"


class UserChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody who can own leads and have tasks."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("Nobody"))
        super().__init__(User.objects.selling().order_by("name"), **kwargs)


class LogForm(forms.Form):
    """What was done with the lead. Without a moment: just now."""

    kind = forms.ChoiceField(label=_("What"), choices=kinds_in_use, initial="call")
    outcome = forms.ChoiceField(label=_("How it went"), choices=Activity.Outcome, required=False)
    note = NoteField(**{"data-log-field": ""})
    at = MomentField(
        label=_("When"), required=False, help_text=_("Empty: just now. In the future: planned.")
    )
    people = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("With whom"), required=False
    )

    def __init__(
        self, *args: Any, people: Sequence[Person] = (), in_drawer: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("auto_id", own_ids("log", in_drawer))
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["people"]).queryset = Person.objects.filter(
            id__in=[one.id for one in people]
        )
        self.everybody = people

    def clean_at(self) -> Any:
        """A year that nobody means is refused before it reaches the engine."""
        at = self.cleaned_data["at"]
        if at is not None and abs((at - timezone.now()).days) > 3650:
            raise forms.ValidationError(_("That is more than ten years from today."))
        return at


class PlannedForm(forms.Form):
    """What became of a planned activity."""

    what = forms.ChoiceField(
        label=_("What became of it?"),
        choices=[
            ("held", _("It took place")),
            ("moved", _("It moves to another moment")),
            ("off", _("It does not take place")),
        ],
        initial="held",
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(label=_("How it went"), choices=Activity.Outcome, required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "data-log-field": ""}),
    )
    to = forms.DateTimeField(label=_("New moment"), required=False)
    reason = forms.CharField(label=_("Why not"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """A move needs a moment."""
        cleaned = super().clean() or {}
        if cleaned.get("what") == "moved" and not cleaned.get("to") and "to" not in self.errors:
            self.add_error("to", _("Choose the new moment."))
        return cleaned


class TaskForm(forms.Form):
    """A task of one's own on a lead."""

    name = forms.CharField(label=_("Task"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Task.Kind, initial=Task.Kind.TO_DO)
    due_at = MomentField(label=_("Due"), required=False)
    assignee = UserChoice(label=_("For"), required=False)
    note = NoteField()

    def __init__(
        self, *args: Any, user: User | None = None, in_drawer: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("auto_id", own_ids("task", in_drawer))
        super().__init__(*args, **kwargs)
        if user is not None and user.role != User.Role.ADMIN:
            self.fields["assignee"].initial = user.pk


class LoseForm(forms.Form):
    """Why a lead was lost."""

    reason = forms.ModelChoiceField(
        LossReason.objects.all(),
        label=_("Why was it lost?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose why it was lost.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without reasons to choose from, losing must still be possible.
        self.fields["reason"].required = LossReason.objects.exists()


class MoveForm(forms.Form):
    """Where to, and why although goals are unmet."""

    stage = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why move on anyway?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        error_messages={"required": _("Say why, so that others understand it later.")},
    )


class AssignForm(forms.Form):
    """Who gets the lead."""

    owner = UserChoice(label=_("Owner"), required=False)


class PersonOnLeadForm(forms.Form):
    """Somebody to put on the lead: a colleague of those who are known, or somebody new."""

    person = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("From this company"),
        required=False,
        empty_label=_("Somebody else"),
    )
    name = forms.CharField(label=_("Name"), max_length=160, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    role = forms.ChoiceField(
        label=_("Buying role"), choices=[("", _("Not known")), *BuyingRole.choices], required=False
    )

    def __init__(self, *args: Any, known: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast(Any, self.fields["person"])
        choice.queryset = known if known is not None else Person.objects.none()

    def clean(self) -> dict[str, Any]:
        """Somebody must be meant."""
        cleaned = super().clean() or {}
        named = cleaned.get("person") or cleaned.get("name") or cleaned.get("email")
        if not (named or self.errors):
            self.add_error("name", _("Give a name or an e-mail address."))
        return cleaned


class LineForm(forms.Form):
    """A product on the lead."""

    product = forms.ModelChoiceField(
        Product.objects.filter(is_active=True),
        label=_("Product"),
        required=False,
        empty_label="–",
    )
    quantity = WrittenNumber(label=_("Quantity"), max_digits=12, decimal_places=3, initial=1)
    price = AmountField(label=_("Price each"))

    def clean(self) -> dict[str, Any]:
        """A quantity above 0 wherever there is a product."""
        cleaned = super().clean() or {}
        quantity = cleaned.get("quantity")
        if cleaned.get("product") and quantity is not None and quantity <= 0:
            self.add_error("quantity", _("The quantity must be above 0."))
        return cleaned


class LinesSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The products on the lead, each at most once."""

    def clean(self) -> None:
        """Refuse a product that stands there twice."""
        seen = set()
        for form in self.forms:
            product = getattr(form, "cleaned_data", {}).get("product")
            if product is None:
                continue
            if product.pk in seen:
                form.add_error("product", _("This product stands here twice; add them up."))
            seen.add(product.pk)


LineForms = forms.formset_factory(LineForm, formset=LinesSet, extra=2, max_num=100)
