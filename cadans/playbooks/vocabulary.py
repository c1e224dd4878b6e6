"""The fields that goals and conditions may name, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import models
from django.utils.translation import gettext as _

from cadans.assignment.models import Territory
from cadans.contacts.models import BuyingRole, Company, Tag
from cadans.ground.custom_fields import CustomField
from cadans.leads.models import Product, ProductLine, Source

Kind = Literal["text", "number", "date", "yes_no", "list"]
MOST_KNOWN = 200
"""Values offered of a field; one may always type another."""


@dataclass(frozen=True)
class Word:
    """A field as a goal or condition names it; `group` is the heading it stands under."""

    field: str
    label: str
    group: str
    kind: Kind = "text"
    is_company: bool = False


def words() -> list[Word]:
    """Every field there is, own fields included, grouped."""
    return [*_of_leads(), *_of_people(), *_of_companies(), *_own()]


def labels(known: Sequence[Word] | None = None) -> dict[str, str]:
    """Field name → label."""
    return {word.field: word.label for word in known or words()}


def values_of(field: str) -> list[str]:
    """Values that a field is known to have, to choose from; nothing for free text."""
    rows: models.QuerySet[Any, Any]
    match field:
        case "source":
            rows = Source.objects.values_list("name", flat=True)
        case "territory":
            rows = Territory.objects.values_list("name", flat=True)
        case "product":
            rows = Product.objects.filter(is_active=True).values_list("name", flat=True)
        case "product_line":
            rows = ProductLine.objects.values_list("name", flat=True)
        case "tags":
            rows = Tag.objects.values_list("name", flat=True)
        case "company.country" | "company.industry" | "company.market" | "company.kind":
            column = field.removeprefix("company.")
            present = Company.objects.present().exclude(**{column: ""})
            rows = present.order_by(column).values_list(column, flat=True).distinct()
        case _ if field.startswith(("custom.", "company.custom.")):
            subject = "company" if field.startswith("company.") else "lead"
            found = CustomField.objects.filter(subject=subject, key=field.rpartition(".")[2])
            return [str(option) for one in found for option in one.options]
        case _:
            return []
    return list(rows[:MOST_KNOWN])


def _of_leads() -> list[Word]:
    group = _("Lead")
    return [
        Word("value", _("Value"), group, "number"),
        Word("expected_close", _("Expected close"), group, "date"),
        Word("source", _("Source"), group),
        Word("product", _("Product"), group, "list"),
        Word("product_line", _("Product line"), group, "list"),
        Word("territory", _("Territory"), group, "list"),
        Word("competitor", _("Competitor"), group),
        Word("tags", _("Tags"), group, "list"),
        Word("owner", _("Owner"), group),
    ]


def _of_people() -> list[Word]:
    group = _("People")
    own = [
        Word("people", _("Somebody’s name"), group, "list"),
        Word("person.email", _("Somebody’s e-mail address"), group),
        Word("person.phone", _("Somebody’s phone number"), group),
    ]
    return own + [Word(f"people.{role.value}", str(role.label), group) for role in BuyingRole]


def _of_companies() -> list[Word]:
    group = _("Company")
    rows: list[tuple[str, str, Kind]] = [
        ("company", _("Company name"), "text"),
        ("company.country", _("Country"), "text"),
        ("company.region", _("Region"), "text"),
        ("company.postcode", _("Postcode"), "text"),
        ("company.city", _("City"), "text"),
        ("company.industry", _("Industry"), "text"),
        ("company.kind", _("Type"), "text"),
        ("company.market", _("Market"), "text"),
        ("company.employees", _("Employees"), "number"),
    ]
    return [Word(field, label, group, kind, is_company=True) for field, label, kind in rows]


def _own() -> list[Word]:
    kinds: dict[str, Kind] = {"number": "number", "date": "date", "yes_no": "yes_no"}
    starts = {"lead": "custom.", "company": "company.custom."}
    return [
        Word(
            f"{starts[field.subject]}{field.key}",
            field.name,
            _("Own fields"),
            kinds.get(field.kind, "text"),
            is_company=field.subject == "company",
        )
        for field in CustomField.objects.filter(subject__in=starts)
    ]
