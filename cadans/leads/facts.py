"""Gather what the engine needs to know of a lead, and no more than its design looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cadans.assignment.queries import atlas
from cadans.ground.asking import every, pointed, rows
from cadans.ground.money import convert
from cadans.leads.activity import Signal
from cadans.leads.lead import Lead, LeadPerson, StageVisit
from cadans.leads.offered import source_with_id
from cadans.process.facts import Facts, Held, Involved, Laid, Received, Ticked
from cadans.process.models import Published
from cadans.process.needs import Needs, needs_of_goals
from cadans.team.queries import organisation, today, user_with_id

COMPANY_FACTS = ("country", "region", "postcode", "city", "industry", "kind", "market", "employees")

ROUTED_BY = ("country", "region", "postcode", "industry", "kind", "market", "employees")
"""What routing rules may ask of a company."""

Gathered = dict[str, tuple[Any, ...]]
"""What was fetched so far within one deed, by kind of goal."""


def facts_of(
    lead: Lead,
    process: Published,
    visit: StageVisit | None,
    gathered: Gathered | None = None,
    fresh: Gathered | None = None,
) -> Facts:
    """A lead as the engine sees it in its present stage.

    Fetches what the goals of that stage look at, at most one query for each kind of thing, and
    what `gathered` holds already not again; `fresh` is what is not in the database yet.
    """
    keys = {row.id: key for key, row in process.stages.items()}
    stage = process.design.stage(keys[lead.stage_id])
    needs = needs_of_goals(stage)
    gathered = {} if gathered is None else gathered
    fetch: dict[str, Callable[[], tuple[Any, ...]]] = {
        "activity": lambda: _activities(lead),
        "task": lambda: _tasks(lead, keys),
        "signal": lambda: _signals(lead),
        "box": lambda: _ticks(lead, keys),
        "people": lambda: people_on(lead),
    }
    for kind in needs.kinds & fetch.keys():
        if kind not in gathered:
            gathered[kind] = fetch[kind]() + (fresh or {}).get(kind, ())
    return Facts(
        status=lead.status,
        stage=stage.key,
        entered_at=visit.entered_at if visit else lead.stage_entered_at,
        fields=fields_of(lead, needs, gathered),
        activities=gathered.get("activity", ()),
        tasks=gathered.get("task", ()),
        signals=gathered.get("signal", ()),
        ticks=gathered.get("box", ()),
        people=tuple(Involved(*one) for one in gathered.get("people", ())),
        held=visit.held if visit else False,
    )


def nothing_yet(parts: Iterable[LeadPerson]) -> Gathered:
    """What there is to know of a lead that is being made: nothing but who is on it."""
    people = ((one.role, one.person) for one in parts)
    known = tuple((role, one.name, one.email, one.phone) for role, one in people)
    return {"activity": (), "task": (), "signal": (), "box": (), "people": known}


def fields_of(lead: Lead, needs: Needs, gathered: Gathered) -> dict[str, Any]:
    """The flat fields that conditions and field goals name. Fetches only what is looked at and
    not `gathered` yet."""
    fields: dict[str, Any] = {
        "title": lead.title,
        "value": lead.value,
        "currency": lead.currency,
        "expected_close": lead.expected_close,
        "competitor": lead.competitor,
        "external_id": lead.external_id,
    }
    if lead.value is not None and lead.currency != (home := organisation().currency):
        fields["worth"] = convert(lead.value, lead.currency, to=home, on=today())
    fields |= {f"custom.{key}": value for key, value in lead.custom.items()}
    if needs.about("source") and lead.source_id and (source := source_with_id(lead.source_id)):
        fields["source"] = source.name
    if needs.about("owner") and lead.owner_id and (owner := user_with_id(lead.owner_id)):
        fields["owner"] = owner.email
    if needs.about("territory") and lead.territory_id:
        fields["territory"] = _territories(lead)
    if needs.about("company") and (company := pointed(lead, "company")):
        fields["company"] = company.name
        fields |= {f"company.{name}": getattr(company, name) for name in COMPANY_FACTS}
        fields |= {f"company.custom.{key}": value for key, value in company.custom.items()}
    if needs.about("tags"):
        fields["tags"] = list(lead.tags.values_list("name", flat=True))
    if needs.about("product", "product_line"):
        rows = list(lead.lines.values_list("product__name", "product__line__name"))
        fields["product"] = [name for name, _line in rows]
        fields["product_line"] = sorted({line for _name, line in rows if line})
    if needs.about("people", "person"):
        if "people" not in gathered:
            gathered["people"] = people_on(lead)
        fields |= _fields_of_people(gathered["people"])
    return fields


def facts_for_routing(
    *,
    title: str,
    value: Any,
    currency: str,
    competitor: str,
    tags: Iterable[str],
    source: str | None,
    territory: Iterable[str] | None,
    products: Iterable[tuple[str, str]],
    company: Mapping[str, Any],
    custom: Mapping[str, Any],
) -> dict[str, Any]:
    """What routing rules see of a lead that comes in.

    `territory` is its name and those of the territories it lies in, `products` are pairs of name
    and line (empty for none), `company` maps the words of ROUTED_BY; empty without a company.
    """
    sold = list(products)
    facts: dict[str, Any] = {
        "title": title,
        "value": value,
        "currency": currency,
        "competitor": competitor,
        "tags": list(tags),
        "source": source,
        "territory": None if territory is None else list(territory),
        "product": [name for name, _line in sold],
        "product_line": [line for _name, line in sold if line],
    }
    facts |= {f"company.{name}": company[name] for name in ROUTED_BY if name in company}
    facts |= {f"custom.{key}": one for key, one in custom.items()}
    return facts


def _territories(lead: Lead) -> list[str]:
    """The lead's territory and those that contain it, so that a rule on a country holds for all."""
    return list(atlas().paths.get(lead.territory_id, ())) if lead.territory_id else []


def people_on(lead: Lead) -> tuple[Any, ...]:
    """Role, name, e-mail address and phone number of everybody on a lead, as `gathered` has it."""
    found = rows(
        "SELECT part.role, person.name, person.email, person.phone "
        "FROM leads_leadperson part JOIN contacts_person person ON person.id = part.person_id "
        "WHERE part.lead_id = %s ORDER BY part.is_first DESC, part.id",
        lead.id,
    )
    return tuple(found)


def _fields_of_people(people: tuple[Any, ...]) -> dict[str, Any]:
    fields: dict[str, Any] = {"people": [name for _role, name, _email, _phone in people]}
    for role, name, email, phone in people:
        for start in ("person", f"people.{role}"):
            fields[f"{start}.name"] = fields.get(f"{start}.name") or name
            fields[f"{start}.email"] = fields.get(f"{start}.email") or email
            fields[f"{start}.phone"] = fields.get(f"{start}.phone") or phone
        if role:
            fields.setdefault(f"people.{role}", name)
    return fields


def _activities(lead: Lead) -> tuple[Held, ...]:
    found = rows(
        "SELECT kind, at, outcome, held FROM leads_activity "
        "WHERE lead_id = %s AND called_off_at IS NULL",
        lead.id,
    )
    return tuple(Held(*one) for one in found)


def _tasks(lead: Lead, keys: dict[Any, str]) -> tuple[Laid, ...]:
    found = rows(
        "SELECT id, key, stage_id, state, ended_at FROM leads_task "
        "WHERE lead_id = %s AND key <> ''",
        lead.id,
    )
    return tuple(
        Laid(id, key, keys.get(stage, ""), state, ended_at)
        for id, key, stage, state, ended_at in found
    )


def _signals(lead: Lead) -> tuple[Received, ...]:
    found = every(Signal, "lead_id = %s", lead.id)
    return tuple(Received(one.name, one.at, one.payload) for one in found)


def _ticks(lead: Lead, keys: dict[Any, str]) -> tuple[Ticked, ...]:
    found = rows("SELECT stage_id, goal, at FROM leads_goaltick WHERE lead_id = %s", lead.id)
    return tuple(Ticked(keys.get(stage, ""), goal, at) for stage, goal, at in found)
