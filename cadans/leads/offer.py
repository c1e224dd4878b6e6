"""What is sold, where leads come from, why they are lost."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.ground.money import AmountField, CurrencyField, money_has_currency


class ProductLine(Row):
    """A family of products."""

    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_line_a_name")]

    def __str__(self) -> str:
        return self.name


class Product(Row):
    """Something that is sold."""

    name = models.CharField(_("name"), max_length=120)
    line = models.ForeignKey(
        ProductLine, models.SET_NULL, null=True, blank=True, related_name="products"
    )
    price = AmountField(_("list price"), null=True, blank=True)
    currency = CurrencyField(_("currency"), blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    external_id = models.CharField(max_length=120, null=True, blank=True, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="one_product_a_name"),
            models.CheckConstraint(
                condition=money_has_currency("price", "currency"), name="price_has_currency"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Source(Row):
    """Where leads come from: website, fair, referral."""

    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_source_a_name")]

    def __str__(self) -> str:
        return self.name


class LossReason(Row):
    """Why a lead was lost, to choose from."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_reason_a_name")]

    def __str__(self) -> str:
        return self.name
