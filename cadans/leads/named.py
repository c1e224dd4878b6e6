"""Products, sources and loss reasons by what people and programs call them."""

from __future__ import annotations

from typing import TypeVar

from django.utils.translation import gettext as _

from cadans.ground.asking import first
from cadans.ground.errors import Invalid
from cadans.ground.remembered import remembered
from cadans.leads.offer import LossReason, Product, Source
from cadans.team.named import as_id

Offer = TypeVar("Offer", Product, Source, LossReason)

MOST_TOLD = 20
"""Names told of what is known, so that a message stays readable."""


def source_named(word: str, *, pointer: str = "/source") -> Source:
    """A source by id or name. Raises Invalid, telling which are known."""
    return _named(
        Source, word, _("There is no source “%(name)s”."), pointer=pointer, code="unknown_source"
    )


def product_named(word: str, *, pointer: str = "/product") -> Product:
    """A product by id or name. Raises Invalid, telling which are known."""
    return _named(
        Product, word, _("There is no product “%(name)s”."), pointer=pointer, code="unknown_product"
    )


def loss_reason_named(word: str, *, pointer: str = "/reason") -> LossReason:
    """A loss reason by id or name. Raises Invalid, telling which are known."""
    return _named(
        LossReason,
        word,
        _("There is no loss reason “%(name)s”."),
        pointer=pointer,
        code="unknown_loss_reason",
    )


@remembered
def _offer(model: type[Offer], word: str) -> Offer | None:
    id = as_id(word)
    return first(model, "id = %s", id) if id else first(model, "lower(name) = %s", word.lower())


def _named(model: type[Offer], word: str, message: str, *, pointer: str, code: str) -> Offer:
    found = _offer(model, word)
    if found is not None:
        return found
    told = message % {"name": word}
    rows = model._default_manager.all()
    known = ", ".join(rows.values_list("name", flat=True)[:MOST_TOLD])
    if known:
        also = _("Known are: %(names)s.") % {"names": known}
        told = f"{told} {also}"
    raise Invalid(told, pointer=pointer, code=code)
