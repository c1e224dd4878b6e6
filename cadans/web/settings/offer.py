"""Products, sources, loss reasons, territories and own fields in the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadans.assignment.actions import (
    AreaDraft,
    add_territory,
    change_territory,
    delete_territory,
)
from cadans.assignment.models import Territory
from cadans.assignment.queries import atlas
from cadans.ground.custom_fields import CustomField
from cadans.ground.money import as_money
from cadans.leads.actions import (
    add_custom_field,
    add_line,
    add_loss_reason,
    add_product,
    add_source,
    change_custom_field,
    change_line,
    change_loss_reason,
    change_product,
    change_source,
    delete_custom_field,
    delete_listed,
)
from cadans.leads.models import LossReason, Product, ProductLine, Source
from cadans.team.models import User
from cadans.web.settings.listing import ByUser, Listing, Shown, by_id
from cadans.web.writing import money


class ProductForm(ByUser):
    """Something that is sold."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    line = forms.ModelChoiceField(
        ProductLine.objects.all(),
        label=gettext_lazy("Product line"),
        required=False,
        empty_label="–",
    )
    price = forms.DecimalField(
        label=gettext_lazy("List price"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        required=False,
        help_text=gettext_lazy("Three letters; empty for the organisation’s own."),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("Can be put on leads"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.thing is None:
            del self.fields["is_active"]


def _products(user: User) -> Iterator[Shown]:
    for one in Product.objects.select_related("line").order_by("-is_active", "name"):
        price = money(as_money(one.price, one.currency)) if one.price is not None else ""
        told = " · ".join(part for part in (one.line.name if one.line else "", price) if part)
        badges = [] if one.is_active else [(_("Inactive"), "warn")]
        yield Shown(one.id, one.name, told, badges, not one.is_active)


PRODUCTS = Listing(
    key="products",
    title=gettext_lazy("Products"),
    about=gettext_lazy("What is sold. Rules and goals can look at them, Insight counts by them."),
    add_label=gettext_lazy("Add a product"),
    icon="package",
    empty=gettext_lazy("No product yet. With products you see which ones win."),
    rows=_products,
    find=by_id(Product),
    form=ProductForm,
    initial=lambda one: {
        "name": one.name,
        "line": one.line_id,
        "price": one.price,
        "currency": one.currency,
        "is_active": one.is_active,
    },
    add=lambda actor, data: add_product(actor, **data),
    change=lambda actor, one, data: change_product(actor, one, **data),
    delete=delete_listed,
    links=(("product-lines", gettext_lazy("Product lines")),),
)


class NameForm(ByUser):
    """Something that only has a name."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


def _line_rows(user: User) -> Iterator[Shown]:
    for one in ProductLine.objects.annotate(n=Count("products")):
        yield Shown(
            one.id, one.name, ngettext("%(n)d product", "%(n)d products", one.n) % {"n": one.n}
        )


LINES = Listing(
    key="product-lines",
    title=gettext_lazy("Product lines"),
    about=gettext_lazy("Families of products."),
    add_label=gettext_lazy("Add a product line"),
    icon="layers",
    empty=gettext_lazy("No product line yet."),
    rows=_line_rows,
    find=by_id(ProductLine),
    form=NameForm,
    initial=lambda one: {"name": one.name},
    add=lambda actor, data: add_line(actor, **data),
    change=lambda actor, one, data: change_line(actor, one, **data),
    delete=delete_listed,
)


def _leads(n: int) -> str:
    return ngettext("%(n)d lead", "%(n)d leads", n) % {"n": n}


SOURCES = Listing(
    key="sources",
    title=gettext_lazy("Sources"),
    about=gettext_lazy("Where leads come from: website, referral, fair."),
    add_label=gettext_lazy("Add a source"),
    icon="signpost",
    empty=gettext_lazy("No source yet. With sources you see which ones are worth it."),
    rows=lambda user: (
        Shown(one.id, one.name, _leads(one.n)) for one in Source.objects.annotate(n=Count("leads"))
    ),
    find=by_id(Source),
    form=NameForm,
    initial=lambda one: {"name": one.name},
    add=lambda actor, data: add_source(actor, **data),
    change=lambda actor, one, data: change_source(actor, one, **data),
    delete=delete_listed,
)

LOSS_REASONS = Listing(
    key="loss-reasons",
    title=gettext_lazy("Loss reasons"),
    about=gettext_lazy("Why leads are lost. Keep the list short, so that people choose honestly."),
    add_label=gettext_lazy("Add a loss reason"),
    icon="circle-x",
    empty=gettext_lazy("No loss reason yet. Four or five are enough to learn from."),
    rows=lambda user: (
        Shown(one.id, one.name, _leads(one.n))
        for one in LossReason.objects.annotate(n=Count("leads"))
    ),
    find=by_id(LossReason),
    form=NameForm,
    initial=lambda one: {"name": one.name},
    add=lambda actor, data: add_loss_reason(actor, **data),
    change=lambda actor, one, data: change_loss_reason(actor, one, **data),
    delete=delete_listed,
)

RANGE = re.compile(r"^([0-9][0-9A-Za-z ]*?)\s*(?:-|–)\s*([0-9][0-9A-Za-z ]*)$")


class TerritoryForm(ByUser):
    """A part of the market."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    parent = forms.ModelChoiceField(
        Territory.objects.all(), label=gettext_lazy("Lies in"), required=False, empty_label="–"
    )
    areas = forms.CharField(
        label=gettext_lazy("Areas"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line: a country (NL), a country and region (BE Vlaanderen), or a country and"
            " postcodes (NL 1000-3999). A lead whose territory nobody chose gets the one in which"
            " its company lies; the narrowest area wins."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.thing:
            others = Territory.objects.exclude(id=self.thing.id)
            self.fields["parent"].queryset = others  # type: ignore[attr-defined]

    def clean_areas(self) -> list[AreaDraft]:
        lines = [line.strip() for line in self.cleaned_data["areas"].splitlines()]
        return [_area(line) for line in lines if line]


def _area(line: str) -> AreaDraft:
    country, _space, rest = line.partition(" ")
    span = RANGE.match(rest.strip())
    if span:
        return AreaDraft(country, postcode_from=span[1], postcode_to=span[2])
    if rest[:1].isdigit():
        return AreaDraft(country, postcode_from=rest.strip(), postcode_to=rest.strip())
    return AreaDraft(country, region=rest.strip())


def _area_line(area: Any) -> str:
    if area.postcode_from:
        return f"{area.country} {area.postcode_from}-{area.postcode_to}"
    return f"{area.country} {area.region}".strip()


def _territories(user: User) -> Iterator[Shown]:
    rows = list(Territory.objects.prefetch_related("areas"))
    inside: dict[Any, list[Territory]] = {}
    for one in rows:
        inside.setdefault(one.parent_id, []).append(one)

    overlaps = _overlaps()

    def walk(parent: Any, depth: int) -> Iterator[Shown]:
        for one in inside.get(parent, []):
            told = ", ".join(_area_line(area) for area in one.areas.all())
            also = overlaps.get(one.id, [])
            badges = [(_("Overlap"), "warn")] if also else []
            name = f"{'— ' * depth}{one.name}"
            yield Shown(one.id, name, " · ".join([*([told] if told else []), *also]), badges)
            yield from walk(one.id, depth + 1)

    yield from walk(None, 0)


def _overlaps() -> dict[Any, list[str]]:
    """What is told of each territory whose areas overlap with those of another branch."""
    told: dict[Any, list[str]] = {}
    for one in atlas().overlaps:
        for mine, theirs in ((one.first, one.second), (one.second, one.first)):
            sentence = (
                _("%(area)s and %(other)s of “%(territory)s” overlap, and neither is the narrower")
                if one.is_doubtful
                else _("%(area)s overlaps with %(other)s of “%(territory)s”: “%(winner)s” wins")
            )
            told.setdefault(mine.territory, []).append(
                sentence
                % {
                    "area": mine,
                    "other": theirs,
                    "territory": theirs.path[0],
                    "winner": one.first.path[0],
                }
            )
    return told


TERRITORIES = Listing(
    key="territories",
    title=gettext_lazy("Territories"),
    about=gettext_lazy(
        "Parts of the market, inside each other. Assignment rules can look at them."
    ),
    add_label=gettext_lazy("Add a territory"),
    icon="map",
    empty=gettext_lazy("No territory yet. Add them when reps sell in different regions."),
    rows=_territories,
    find=by_id(Territory),
    form=TerritoryForm,
    initial=lambda one: {
        "name": one.name,
        "parent": one.parent_id,
        "areas": "\n".join(_area_line(area) for area in one.areas.all()),
    },
    add=lambda actor, data: add_territory(actor, **data),
    change=lambda actor, one, data: change_territory(actor, one, **data),
    delete=delete_territory,
)


class OwnFieldForm(ByUser):
    """An own field of leads, people or companies."""

    subject = forms.ChoiceField(
        label=gettext_lazy("Belongs to"), choices=CustomField.Subject.choices
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CustomField.Kind.choices)
    name_nl = forms.CharField(label=gettext_lazy("Name in Dutch"), max_length=80, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("For a choice: one a line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.thing:
            del self.fields["subject"], self.fields["kind"]
            if self.thing.kind != CustomField.Kind.CHOICE:
                del self.fields["options"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["options"] = (cleaned.get("options") or "").splitlines()
        return cleaned


def _own_fields(user: User) -> Iterator[Shown]:
    for one in CustomField.objects.all():
        told = " · ".join([one.get_kind_display(), *one.options[:8]])
        yield Shown(one.id, one.name, told, [(one.get_subject_display(), "")])


OWN_FIELDS = Listing(
    key="own-fields",
    title=gettext_lazy("Own fields"),
    about=gettext_lazy(
        "What your organisation keeps of leads, people and companies beside the usual."
    ),
    add_label=gettext_lazy("Add a field"),
    icon="text-cursor-input",
    empty=gettext_lazy("No own field yet. Goals and rules can look at them."),
    rows=_own_fields,
    find=by_id(CustomField),
    form=OwnFieldForm,
    initial=lambda one: {
        "name_nl": one.name_nl,
        "name_en": one.name_en,
        "options": "\n".join(one.options),
    },
    add=lambda actor, data: add_custom_field(actor, **data),
    change=lambda actor, one, data: change_custom_field(actor, one, **data),
    delete=delete_custom_field,
)
