"""What is known of a lead that may say how it will end: its source, its company, its products, …

A trait is a name and a value; a lead has at most one value of most of them, several of products.
What is not known is no trait: leads that end soon are asked fewer questions, so "unknown" would
say how long a lead lived and nothing of what it was.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.contacts.models import BuyingRole
from cadans.ground.custom_fields import CustomField
from cadans.insight.dimensions import named
from cadans.insight.facts import Facts, Sql

SIZES = (10, 50, 250)
"""From so many employees a company is small, medium, large (as the EU has it)."""

NAMES = {
    "source": gettext_lazy("Source"),
    "industry": gettext_lazy("Industry"),
    "size": gettext_lazy("Company size"),
    "territory": gettext_lazy("Territory"),
    "product": gettext_lazy("Product"),
    "role": gettext_lazy("Role of the first contact"),
}
"""The traits that every organisation has; its own fields come beside them."""

CUSTOM = {"lead": "l.custom", "company": "company.custom"}
"""Where the values of own fields lie; those of people say little of a lead."""

NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"

# One row a lead, trait and value; `is_first` marks one row a lead and trait.
TRAITS = """
    left join contacts_company company on company.id = l.company_id
    cross join lateral (
        values ('source', l.source_id::text, null::numeric, true),
               ('territory', l.territory_id::text, null, true),
               ('industry', nullif(company.industry, ''), null, true),
               ('size', width_bucket(company.employees, array{sizes})::text,
                        company.employees, true),
               ('role', (select nullif(p.role, '') from leads_leadperson p
                         where p.lead_id = l.id and p.is_first), null, true)
        union all
        select 'product', p.product_id::text, null, row_number() over () = 1
        from leads_leadproduct p where p.lead_id = l.id
        {custom}
    ) trait(name, value, number, is_first)
"""

OWN = """
        union all
        select 'custom.{subject}.' || own.key, {values} ->> own.key, null, true
        from unnest(%s::text[]) own(key) where {values} ->> own.key <> ''
"""
OWN_NUMBERS = """
        union all
        select 'custom.{subject}.' || own.key,
               width_bucket(({values} ->> own.key)::numeric, array[own.a, own.b, own.c])::text,
               ({values} ->> own.key)::numeric, true
        from unnest(%s::text[], %s::numeric[], %s::numeric[], %s::numeric[]) own(key, a, b, c)
        where {values} ->> own.key ~ %s
"""

QUARTERS = """
    select own.key, percentile_disc(array[0.25, 0.5, 0.75]) within group (
        order by ({values} ->> own.key)::numeric) as cuts
    from {source} left join contacts_company company on company.id = l.company_id
    cross join unnest(%s::text[]) own(key)
    where {where} and {values} ->> own.key ~ %s group by 1
"""


@dataclass(frozen=True)
class Band:
    """The numbers from `low` to `high`, both included; None: from the least, to the most."""

    low: Decimal | None
    high: Decimal | None


def with_traits(facts: Facts) -> Facts:
    """The facts once for each trait of their leads: `trait.name`, `.value`, `.number`."""
    pieces = Sql("")
    fields = list(CustomField.objects.filter(subject__in=CUSTOM))
    for subject, values in CUSTOM.items():
        own = [field for field in fields if field.subject == subject]
        keys = [field.key for field in own if field.kind in ("text", "choice", "yes_no")]
        if keys:
            pieces += Sql(OWN.format(subject=subject, values=values), (keys,))
        numbers = quarters(facts, values, [field.key for field in own if field.kind == "number"])
        if numbers:
            cuts = [list(column) for column in zip(*numbers.values(), strict=True)]
            text = OWN_NUMBERS.format(subject=subject, values=values)
            pieces += Sql(text, ([*numbers], *cuts, NUMBER))
    join = Sql(TRAITS.format(custom=pieces.text, sizes=list(SIZES)), pieces.values)
    return replace(facts, source=facts.source + join).narrowed(Sql("trait.value is not null"))


def quarters(facts: Facts, values: str, keys: list[str]) -> dict[str, list[Decimal]]:
    """Where the known numbers of own fields fall into four equal parts."""
    if not keys:
        return {}
    conditions = [piece.text for piece in facts.where]
    inner = tuple(value for piece in facts.where for value in piece.values)
    text = QUARTERS.format(values=values, source=facts.source.text, where=" and ".join(conditions))
    found = Sql(text, (*facts.source.values, keys, *inner, NUMBER)).rows()
    return {row["key"]: row["cuts"] for row in found}


# ── in words ────────────────────────────────────────────────────────────────────────────────


def labels_of(found: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Of each trait and value its name and its value in the reader's language.

    `found` are rows of `name`, `value`, `low` and `high` (the numbers seen, if it has any).
    """
    rows = list(found)
    own = {f"custom.{one.subject}.{one.key}": one for one in CustomField.objects.all()}
    by_id = {
        by: named(by, {an_id(row["value"]) for row in rows if row["name"] == by})
        for by in ("source", "territory", "product")
    }
    told = {}
    for row in rows:
        name, value = row["name"], row["value"]
        title = str(NAMES[name]) if name in NAMES else own[name].name
        if name in by_id:
            label = by_id[name][an_id(value)][1]
        elif name == "role":
            label = str(BuyingRole(value).label)
        elif band := band_of(row):
            label = span(band)
        elif name in own and own[name].kind == "yes_no":
            label = _("yes") if value == "true" else _("no")
        else:
            label = value
        told[name, value] = (title, label)
    return told


def band_of(row: Mapping[str, Any]) -> Band | None:
    """The band of a trait that is a number: the company sizes' own, else what was seen in it."""
    if row["low"] is None:
        return None
    if row["name"] != "size":
        return Band(row["low"], row["high"])
    place = int(row["value"])
    return Band(
        Decimal(SIZES[place - 1]) if place else None,
        Decimal(SIZES[place] - 1) if place < len(SIZES) else None,
    )


def span(band: Band) -> str:
    """“10 – 49”, “at most 9”, “250 or more”, or one number."""
    if band.low is None:
        return _("at most %(number)s") % {"number": plain(band.high or Decimal(0))}
    if band.high is None:
        return _("%(number)s or more") % {"number": plain(band.low)}
    low, high = plain(band.low), plain(band.high)
    return low if low == high else f"{low} – {high}"


def plain(number: Decimal) -> str:
    """A number without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def an_id(text: str) -> Any:
    """A value that is an id."""
    return uuid.UUID(text)


def condition_for(name: str, value: str, label: str, band: Band | None) -> dict[str, Any]:
    """The condition of a rule that holds for leads with the trait, as a playbook writes it.

    Rules know nobody as the first contact: for a role it holds when anybody on the lead has it.
    """
    if name == "role":
        return {"all": [{"field": f"people.{value}", "is": "set"}]}
    field = {"industry": "company.industry", "size": "company.employees"}.get(name, name)
    field = re.sub(r"^custom\.lead\.", "custom.", field)
    field = re.sub(r"^custom\.company\.", "company.custom.", field)
    if band is None:
        than = label if name in ("source", "territory", "product") else value
        return {"all": [{"field": field, "is": "equal", "than": than}]}
    bounds = (("at_least", band.low), ("at_most", band.high))
    return {
        "all": [
            {"field": field, "is": bound, "than": plain(number)}
            for bound, number in bounds
            if number is not None
        ]
    }
