"""What is sold, where leads come from, why they are lost: the lists that a manager keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Max, ProtectedError
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid
from cadans.ground.money import LARGEST, check_currency
from cadans.leads.actions.locking import short
from cadans.leads.offer import LossReason, Product, ProductLine, Source
from cadans.team.models import User
from cadans.team.queries import organisation, require_role

KEEPERS = (User.Role.MANAGER, User.Role.ADMIN)

Listed = TypeVar("Listed", Product, ProductLine, Source, LossReason)

KINDS: dict[type, str] = {
    Product: "product",
    ProductLine: "product_line",
    Source: "source",
    LossReason: "loss_reason",
}
"""What each is called in events (`source_added`, `source_changed`, `source_deleted`)."""


def add_product(
    actor: User | None,
    *,
    name: str,
    line: ProductLine | None = None,
    price: Decimal | None = None,
    currency: str = "",
    external_id: str | None = None,
    via: str = "web",
) -> Product:
    """A new product; a price without a currency is in the organisation's.

    Raises Invalid, or Conflict when the name is taken.
    """
    product = Product(line=line, external_id=external_id)
    product.price, product.currency = _clean_price(price, currency)
    return _add(actor, product, name, via=via)


def change_product(
    actor: User | None,
    product: Product,
    *,
    name: str,
    line: ProductLine | None = None,
    price: Decimal | None = None,
    currency: str = "",
    is_active: bool = True,
    via: str = "web",
) -> Product:
    """Change a product; prices on leads stay as they were agreed."""
    product.line = line
    product.price, product.currency = _clean_price(price, currency)
    product.is_active = is_active
    return _change(actor, product, name, via=via)


def add_line(actor: User | None, *, name: str, via: str = "web") -> ProductLine:
    """A new product line. Raises Conflict when the name is taken."""
    return _add(actor, ProductLine(), name, via=via)


def change_line(
    actor: User | None, line: ProductLine, *, name: str, via: str = "web"
) -> ProductLine:
    """Rename a product line."""
    return _change(actor, line, name, via=via)


def add_source(actor: User | None, *, name: str, via: str = "web") -> Source:
    """A new source of leads. Raises Conflict when the name is taken."""
    return _add(actor, Source(), name, via=via)


def change_source(actor: User | None, source: Source, *, name: str, via: str = "web") -> Source:
    """Rename a source."""
    return _change(actor, source, name, via=via)


def add_loss_reason(actor: User | None, *, name: str, via: str = "web") -> LossReason:
    """A new reason to lose a lead, at the end of the list."""
    last = LossReason.objects.aggregate(last=Max("position"))["last"]
    return _add(actor, LossReason(position=0 if last is None else last + 1), name, via=via)


def change_loss_reason(
    actor: User | None, reason: LossReason, *, name: str, via: str = "web"
) -> LossReason:
    """Rename a loss reason."""
    return _change(actor, reason, name, via=via)


def delete_listed(
    actor: User | None, thing: Product | ProductLine | Source | LossReason, *, via: str = "web"
) -> None:
    """Remove a product, line, source or loss reason that no lead uses. Raises Conflict."""
    require_role(actor, *KEEPERS)
    with Act(actor, via=via) as act:
        kind = KINDS[type(thing)]
        act.record(f"{kind}_deleted", Subject(kind, thing.id), data={"name": thing.name})
        try:
            thing.delete()
        except ProtectedError as error:
            raise Conflict(
                _("“%(name)s” is used by leads, so it cannot be removed.") % {"name": thing.name},
                code="in_use",
            ) from error


def _add(actor: User | None, thing: Listed, name: str, *, via: str) -> Listed:
    require_role(actor, *KEEPERS)
    thing.name = _free_name(thing, name)
    with Act(actor, via=via) as act:
        thing.save(force_insert=True)
        kind = KINDS[type(thing)]
        act.record(f"{kind}_added", Subject(kind, thing.id), data={"name": thing.name})
    return thing


def _change(actor: User | None, thing: Listed, name: str, *, via: str) -> Listed:
    require_role(actor, *KEEPERS)
    thing.name = _free_name(thing, name)
    with Act(actor, via=via) as act:
        thing.save()
        kind = KINDS[type(thing)]
        act.record(f"{kind}_changed", Subject(kind, thing.id), data={"name": thing.name})
    return thing


def _free_name(thing: Product | ProductLine | Source | LossReason, name: str) -> str:
    longest = thing._meta.get_field("name").max_length or 80
    name = short(name, longest, pointer="/name")
    if not name:
        message = _("This cannot be empty.")
        raise Invalid(message, pointer="/name", fields={"name": message})
    rows = type(thing)._default_manager.alias(lower=Lower("name")).exclude(id=thing.id)
    if rows.filter(lower=name.lower()).exists():
        message = _("“%(name)s” is there already.") % {"name": name}
        raise Conflict(message, pointer="/name", code="duplicate")
    return name


def _clean_price(price: Decimal | None, currency: str) -> tuple[Decimal | None, str]:
    if price is None:
        return None, ""
    if price < 0 or price > LARGEST:
        message = _("A price lies between 0 and %(most)s.") % {"most": LARGEST}
        raise Invalid(message, pointer="/price", fields={"price": message})
    currency = (currency or organisation().currency).upper()
    try:
        check_currency(currency)
    except ValidationError as error:
        message = " ".join(error.messages)
        raise Invalid(message, pointer="/currency", fields={"currency": message}) from None
    return price, currency
