"""Money: exact decimals with a currency, in two columns that are both set or both empty."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from moneyed import CURRENCIES, Money

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.99")


def check_currency(code: str) -> None:
    """Raise ValidationError when `code` is no ISO 4217 currency."""
    if code and code not in CURRENCIES:
        raise ValidationError(
            _("“%(code)s” is not a currency (use a code such as EUR)."), params={"code": code}
        )


class AmountField(models.DecimalField):  # type: ignore[type-arg]
    """An exact amount of at most 14 digits, 2 of them behind the point."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField):  # type: ignore[type-arg]
    """A currency's three letters (ISO 4217)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("validators", [check_currency])
        super().__init__(*args, **kwargs)


def money_has_currency(amount: str, currency: str) -> models.Q:
    """The condition for a check constraint: amount and currency are both set or both empty."""
    return models.Q(**{f"{amount}__isnull": True, currency: ""}) | (
        models.Q(**{f"{amount}__isnull": False}) & ~models.Q(**{currency: ""})
    )


def as_money(amount: Decimal | None, currency: str) -> Money | None:
    """The two columns as one value."""
    return None if amount is None else Money(amount, currency)


class ExchangeRate(models.Model):
    """How much of the organisation's currency one unit of `currency` was worth from `day` on."""

    currency = CurrencyField()
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="one_rate_a_day"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}: {self.rate}"


def convert(amount: Decimal, currency: str, *, to: str, on: date) -> Decimal | None:
    """`amount` in the currency `to` at the last rate known on that day; None without a rate.

    Rounded to cents, half to even.
    """
    if currency == to:
        return amount
    rate = (
        ExchangeRate.objects.filter(currency=currency, day__lte=on)
        .order_by("-day")
        .values_list("rate", flat=True)
        .first()
    )
    return None if rate is None else (amount * rate).quantize(CENT, rounding=ROUND_HALF_EVEN)
