"""Numbers and amounts as people type them: € 1.250,50 or 1,250.50, by the reader's language."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol, get_group_symbol
from django import forms
from django.utils.translation import gettext_lazy as _

from cadans.ground.money import LARGEST
from cadans.web.writing import reading_locale

NOT_OF_THE_AMOUNT = re.compile(r"[\s\u00a0€$£]|EUR|USD|GBP", re.IGNORECASE)


class WrittenNumber(forms.DecimalField):
    """A number with the reader's signs for decimals and thousands.

    A point or comma that can only group thousands does so ("1.250" is 1250 on a Dutch page);
    with one or two digits behind it, it is the decimal sign in whichever language.
    """

    default_error_messages = {"invalid": _("Enter a number, such as 1250.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The number behind what was typed."""
        return super().to_python(plain_amount(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """As the reader writes it, without zeros behind the decimal sign."""
        if not isinstance(value, Decimal):
            return value
        text = f"{value:f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", get_decimal_symbol(reading_locale()))


class AmountField(WrittenNumber):
    """An amount of money of at least 0."""

    default_error_messages = {
        "invalid": _("Enter an amount, such as 1250."),
        "max_value": _("That is too much: an amount stays under a trillion."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", LARGEST)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """With both decimals or without any."""
        if not isinstance(value, Decimal):
            return value
        text = f"{value:.2f}".removesuffix(".00")
        return text.replace(".", get_decimal_symbol(reading_locale()))


def plain_amount(text: str) -> str:
    """What was typed with a point for decimals and nothing between thousands."""
    text = NOT_OF_THE_AMOUNT.sub("", text)
    locale = reading_locale()
    group, decimal = get_group_symbol(locale), get_decimal_symbol(locale)
    if decimal in text:
        return text.replace(group, "").replace(decimal, ".")
    if re.fullmatch(rf"-?\d{{1,3}}({re.escape(group)}\d{{3}})+", text):
        return text.replace(group, "")
    # "1250.5" on a Dutch page: the other language's decimal sign, meant as one.
    return text.replace(group, ".") if text.count(group) == 1 else text
