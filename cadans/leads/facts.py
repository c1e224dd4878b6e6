"""Gather what the engine needs to know of a lead, and no more than its design looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cadans.leads.activity import Activity, Signal
from cadans.leads.lead import Lead, StageVisit
from cadans.leads.task import GoalTick, Task
from cadans.process.facts import Facts, Held, Laid, Received, Ticked
from cadans.process.models import Published
from cadans.process.needs import Needs, needs_of_goals

COMPANY_FACTS = ("country", "region", "postcode", "city", "industry", "kind", "market", "employees")


Gathered = dict[str, tuple[Any, ...]]
"""What was fetched so far within one deed, by kind of goal."""


def facts_of(
    lead: Lead, process: Published, visit: StageVisit | None, gathered: Gathered | None = None
) -> Facts:
    """A lead as the engine sees it in its present stage.

    Fetches what the goals of that stage look at, at most one query for each kind of thing, and
    what `gathered` holds already not again.
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
    }
    for kind in needs.kinds & fetch.keys():
        if kind not in gathered:
            gathered[kind] = fetch[kind]()
    return Facts(
        status=lead.status,
        stage=stage.key,
        entered_at=visit.entered_at if visit else lead.stage_entered_at,
        fields=fields_of(lead, needs),
        activities=gathered.get("activity", ()),
        tasks=gathered.get("task", ()),
        signals=gathered.get("signal", ()),
        ticks=gathered.get("box", ()),
        held=visit.held if visit else False,
    )


def nothing_yet() -> Gathered:
    """What there is to know of a lead that is being made: nothing happened to it."""
    return {"activity": (), "task": (), "signal": (), "box": ()}


def fields_of(lead: Lead, needs: Needs) -> dict[str, Any]:
    """The flat fields that conditions and field goals name. Fetches only what is looked at."""
    fields: dict[str, Any] = {
        "title": lead.title,
        "value": lead.value,
        "currency": lead.currency,
        "expected_close": lead.expected_close,
        "competitor": lead.competitor,
        "external_id": lead.external_id,
    }
    fields |= {f"custom.{key}": value for key, value in lead.custom.items()}
    if needs.about("source") and lead.source_id:
        fields["source"] = lead.source.name
    if needs.about("owner") and lead.owner_id:
        fields["owner"] = lead.owner.email
    if needs.about("territory") and lead.territory_id:
        fields["territory"] = _territories(lead)
    if needs.about("company") and lead.company_id:
        company = lead.company
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
        fields |= _people(lead)
    return fields


def _territories(lead: Lead) -> list[str]:
    """The lead's territory and those that contain it, so that a rule on a country holds for all."""
    names, territory = [], lead.territory
    while territory is not None and territory.name not in names:
        names.append(territory.name)
        territory = territory.parent
    return names


def _people(lead: Lead) -> dict[str, Any]:
    rows = list(lead.parts.values_list("role", "person__name", "person__email", "person__phone"))
    fields: dict[str, Any] = {"people": [name for _role, name, _email, _phone in rows]}
    for role, name, email, phone in rows:
        for start in ("person", f"people.{role}"):
            fields[f"{start}.name"] = fields.get(f"{start}.name") or name
            fields[f"{start}.email"] = fields.get(f"{start}.email") or email
            fields[f"{start}.phone"] = fields.get(f"{start}.phone") or phone
        if role:
            fields.setdefault(f"people.{role}", name)
    return fields


def _activities(lead: Lead) -> tuple[Held, ...]:
    rows: Iterable[Any] = Activity.objects.filter(lead=lead).values_list(
        "kind", "at", "outcome", "held"
    )
    return tuple(Held(kind, at, outcome, held) for kind, at, outcome, held in rows)


def _tasks(lead: Lead, keys: dict[Any, str]) -> tuple[Laid, ...]:
    rows: Iterable[Any] = (
        Task.objects.filter(lead=lead)
        .exclude(key="")
        .values_list("id", "key", "stage", "state", "ended_at")
    )
    return tuple(
        Laid(id, key, keys.get(stage, ""), state, ended_at)
        for id, key, stage, state, ended_at in rows
    )


def _signals(lead: Lead) -> tuple[Received, ...]:
    rows: Iterable[Any] = Signal.objects.filter(lead=lead).values_list("name", "at", "payload")
    return tuple(Received(name, at, payload) for name, at, payload in rows)


def _ticks(lead: Lead, keys: dict[Any, str]) -> tuple[Ticked, ...]:
    rows: Iterable[Any] = GoalTick.objects.filter(lead=lead).values_list("stage", "goal", "at")
    return tuple(Ticked(keys.get(stage, ""), goal, at) for stage, goal, at in rows)
