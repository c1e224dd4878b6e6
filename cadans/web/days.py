"""Days and moments as people fill them in, within the years that anybody can mean."""

from typing import Any

from django import forms

from cadans.ground.years import is_meant, outside


class DayField(forms.DateField):
    """A day; what is years beside it is refused where it is typed."""

    def validate(self, value: Any) -> None:
        """Refuse a year that nobody means."""
        super().validate(value)
        _refuse_outside(value)


class MomentField(forms.DateTimeField):
    """A day and an hour, in the reader's time zone."""

    def validate(self, value: Any) -> None:
        """Refuse a year that nobody means."""
        super().validate(value)
        _refuse_outside(value)


def _refuse_outside(value: Any) -> None:
    if value is not None and not is_meant(value):
        raise forms.ValidationError(outside(), code="outside")
