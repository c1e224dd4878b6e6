"""Own fields of an organisation in forms and on pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cadans.ground.custom_fields import CustomField
from cadans.web.amounts import WrittenNumber
from cadans.web.days import DayField
from cadans.web.writing import day, number


def custom_field_for(definition: CustomField, *, initial: Any = None) -> forms.Field:
    """A form's field for an own field; its cleaned value is what `custom` is given."""
    given: dict[str, Any] = {"label": definition.name, "required": False, "initial": initial}
    match definition.kind:
        case CustomField.Kind.NUMBER:
            given["initial"] = None if initial is None else Decimal(initial)
            return WrittenNumber(max_digits=20, **given)
        case CustomField.Kind.DATE:
            return DayField(**given)
        case CustomField.Kind.YES_NO:
            given["initial"] = {True: "yes", False: "no"}.get(initial, "")
            return forms.ChoiceField(
                choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))], **given
            )
        case CustomField.Kind.CHOICE:
            options = [("", "–"), *((one, one) for one in definition.options)]
            return forms.ChoiceField(choices=options, **given)
    return forms.CharField(max_length=2000, **given)


def custom_text(definition: CustomField, value: Any) -> str:
    """An own field's value in words; nothing when it is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if definition.kind == CustomField.Kind.NUMBER:
        places = len(str(value).partition(".")[2])
        return number(float(value), min(places, 6))
    if definition.kind == CustomField.Kind.DATE:
        return day(date.fromisoformat(value))
    return str(value)
