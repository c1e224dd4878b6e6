"""/products: what is sold."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.setup import NewProduct, ProductChanges, ProductShown, product_shown
from cadans.ground.rows import locked, one_of
from cadans.leads.actions import offering
from cadans.leads.models import ProductLine
from cadans.leads.offered import line_called, products
from cadans.team.models import User

router = Router(tags=["products"], auth=SET_UP)


@router.get("", response=Page[ProductShown])
def list_products(request: ApiRequest, paging: Part) -> HttpResponse:
    """All products, by name."""
    return page(products(), paging, each=product_shown, by=("name", "id"))


@router.post("", response={201: ProductShown})
def add_product(request: ApiRequest, body: NewProduct) -> HttpResponse:
    """A new product; a name that is taken is refused (409)."""
    user = request.auth.user
    with transaction.atomic():
        product = offering.add_product(
            user,
            name=body.name,
            line=_line(user, body.line),
            price=body.price.amount if body.price else None,
            currency=(body.price.currency or "") if body.price else "",
            external_id=body.external_id,
            via="api",
        )
    return small(product_shown(product), status=201)


@router.get("/{product}", response=ProductShown)
def show_product(request: ApiRequest, product: uuid.UUID) -> HttpResponse:
    """One product."""
    return small(product_shown(one_of(products(), product)))


@router.patch("/{product}", response=ProductShown)
def change_product(request: ApiRequest, product: uuid.UUID, body: ProductChanges) -> HttpResponse:
    """Change a product; prices on leads stay as they were agreed."""
    user = request.auth.user
    given = body.model_fields_set
    with transaction.atomic():
        found = locked(products(), product)
        require_same(request, product_shown(found))
        price, currency = found.price, found.currency
        if "price" in given:
            price = body.price.amount if body.price else None
            currency = (body.price.currency or "") if body.price else ""
        changed = offering.change_product(
            user,
            found,
            name=body.name or found.name,
            line=_line(user, body.line) if "line" in given else found.line,
            price=price,
            currency=currency,
            is_active=found.is_active if body.is_active is None else body.is_active,
            via="api",
        )
    return small(product_shown(changed))


@router.delete("/{product}", response={204: None})
def delete_product(request: ApiRequest, product: uuid.UUID) -> HttpResponse:
    """Remove a product that no lead has."""
    with transaction.atomic():
        found = locked(products(), product)
        require_same(request, product_shown(found))
        offering.delete_listed(request.auth.user, found, via="api")
    return nothing()


def _line(user: User, name: str | None) -> ProductLine | None:
    if not name:
        return None
    return line_called(name) or offering.add_line(user, name=name, via="api")
