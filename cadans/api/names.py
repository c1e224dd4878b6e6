"""What a request calls by name or id, turned into things; unknown names are the caller's error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from cadans.api.schemas.kinds import MoneyWish
from cadans.api.schemas.lead import CompanyWish, LineWish, PartWish
from cadans.contacts.drafts import CompanyDraft, PersonDraft
from cadans.ground.errors import Invalid, NotFound
from cadans.leads.drafts import LineDraft, PartDraft
from cadans.leads.named import product_named
from cadans.process.models import Pipeline, Stage
from cadans.process.queries import pipeline_named, stage_named


def pipeline_called(word: str, *, pointer: str = "/pipeline") -> Pipeline:
    """A pipeline by key, id or name. Raises Invalid (not NotFound: the address itself is right)."""
    try:
        return pipeline_named(word, with_documents=False)
    except NotFound as error:
        raise Invalid(error.message, pointer=pointer, code="unknown_pipeline") from None


def stage_called(pipeline: Pipeline, word: str, *, pointer: str = "/stage") -> Stage:
    """A stage of the pipeline by key, id or name. Raises Invalid."""
    try:
        return stage_named(pipeline, word)
    except Invalid as error:
        error.pointer = pointer
        raise


def company_draft(wish: CompanyWish) -> CompanyDraft:
    """A company to find or make."""
    return CompanyDraft(name=wish.name, domain=wish.domain, country=wish.country)


def part_draft(wish: PartWish) -> PartDraft:
    """Somebody on a lead."""
    person = PersonDraft(email=wish.email, name=wish.name, phone=wish.phone)
    return PartDraft(person=person, role=wish.role)


def line_drafts(wishes: Sequence[LineWish]) -> list[LineDraft]:
    """Products by name or id, each at most once. Raises Invalid."""
    lines: list[LineDraft] = []
    seen: set[Any] = set()
    for place, wish in enumerate(wishes):
        pointer = f"/products/{place}/product"
        product = product_named(wish.product, pointer=pointer)
        if product.id in seen:
            raise Invalid(
                _("“%(product)s” is listed twice; give the quantity once.")
                % {"product": product.name},
                pointer=pointer,
                code="duplicate",
            )
        seen.add(product.id)
        lines.append(LineDraft(product=product, quantity=wish.quantity, price=wish.price))
    return lines


def money_columns(wish: MoneyWish | None) -> dict[str, Any]:
    """The two columns of an amount; empty without one."""
    if wish is None:
        return {"value": None, "currency": ""}
    return {"value": wish.amount, "currency": wish.currency or ""}
