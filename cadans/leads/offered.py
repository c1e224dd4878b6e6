"""Products, sources and loss reasons to choose from; own fields of leads, people, companies."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.db.models.functions import Lower

from cadans.ground.asking import first
from cadans.ground.custom_fields import CustomField
from cadans.ground.remembered import remembered
from cadans.leads.offer import LossReason, Product, ProductLine, Source


def products() -> QuerySet[Product]:
    """All products with their lines."""
    return Product.objects.select_related("line")


def sources() -> QuerySet[Source]:
    """All sources."""
    return Source.objects.all()


@remembered
def source_with_id(id: uuid.UUID) -> Source | None:
    """A source, to be shown and not to be changed."""
    return first(Source, "id = %s", id)


def loss_reasons() -> QuerySet[LossReason]:
    """All reasons to lose a lead."""
    return LossReason.objects.all()


def custom_fields() -> QuerySet[CustomField]:
    """The definitions of the organisation's own fields."""
    return CustomField.objects.all()


def line_called(name: str) -> ProductLine | None:
    """A product line by its name, in any case of letters."""
    return ProductLine.objects.alias(lower=Lower("name")).filter(lower=name.lower()).first()
