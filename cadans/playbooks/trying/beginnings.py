"""What lay on leads when they came in, beside what the event of their making tells.

The log tells of people, tags and products only when they change; so what there is today is taken,
and what was told later is taken back.
"""

# ruff: noqa: S608 - no value is ever written into the text

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cadans.leads.facts import COMPANY_FACTS
from cadans.playbooks.trying.statements import documents, rows
from cadans.playbooks.trying.told import Mentioned, Start, Told

WRITTEN_LATER = {"import", "demo"}
"""Ways in which the people of a lead are written down after the event of its making."""


@dataclass(frozen=True)
class Looks:
    """What the design looks at of what hangs on a lead."""

    companies: bool
    people: bool
    tags: bool
    products: bool


@dataclass(frozen=True)
class Making:
    """The event that tells of a lead's making, and which way it came in."""

    event: str
    via: str


def starts_of(
    coming: Mapping[str, Making], deeds: Sequence[Told], looks: Looks
) -> tuple[dict[str, Start], Mentioned]:
    """What lay on the leads that come in; and the names of all that the deeds mention."""
    ids = list(coming)
    companies = companies_of(_companies_in(deeds)) if looks.companies else {}
    tasks = [deed.data["task"] for deed in deeds if deed.kind in {"task_done", "task_skipped"}]
    stage_tasks = dict(
        documents(
            "SELECT json_build_array(t.id, s.key) AS told FROM leads_task t "
            "JOIN process_stage s ON s.id = t.stage_id WHERE t.id = ANY(%s::uuid[])",
            tasks,
        )
    )
    later = _later(ids, looks)
    roles = _roles(coming, later) if looks.people else {}
    people = {}
    if looks.people:
        mentioned = {person for row in roles.values() for person in row}
        mentioned |= {deed.data["person"] for deed in deeds if "person" in deed.data}
        people = {
            id: (name, email, phone)
            for id, name, email, phone in documents(
                "SELECT json_build_array(id, name, email, phone) AS told FROM contacts_person "
                "WHERE id = ANY(%s::uuid[])",
                list(mentioned),
            )
        }
    tagged = _tags(ids, later) if looks.tags else {}
    sold = _products(ids, later) if looks.products else {}
    starts = {id: Start(roles.get(id, {}), tagged.get(id, ()), sold.get(id, ())) for id in coming}
    return starts, Mentioned(companies, people, stage_tasks)


Later = Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]]
"""Lead → what was told of it later on, in order: kind and data."""


def _later(ids: Sequence[str], looks: Looks) -> Later:
    kinds = [
        *(["lead_person_set", "lead_person_removed"] if looks.people else []),
        *(["lead_changed"] if looks.tags else []),
        *(["lead_products_set"] if looks.products else []),
    ]
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    if kinds and ids:
        for lead, kind, data in documents(
            "SELECT json_build_array(lead, kind, data) AS told FROM events_event "
            "WHERE lead = ANY(%s::uuid[]) AND kind = ANY(%s) ORDER BY lead, id",
            list(ids),
            kinds,
        ):
            found[lead].append((kind, data))
    return found


def _roles(coming: Mapping[str, Making], later: Later) -> dict[str, dict[str, str]]:
    """Who was on each lead when it came in: all but those of whom is told that they joined.

    Of whoever was there and is told of later, only their role changed; it was not known before.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    told_of = {
        lead: {data["person"] for kind, data in row if kind == "lead_person_set"}
        for lead, row in later.items()
    }
    for id, lead, person, role, is_first in documents(
        "SELECT json_build_array(id, lead_id, person_id, role, is_first) AS told "
        "FROM leads_leadperson WHERE lead_id = ANY(%s::uuid[]) "
        "ORDER BY lead_id, is_first DESC, id",
        list(coming),
    ):
        making = coming[lead]
        if person not in told_of.get(lead, ()):
            found[lead][person] = role
        elif id < making.event or (is_first and making.via in WRITTEN_LATER):
            found[lead][person] = ""
    for lead, row in later.items():
        seen: set[str] = set()
        for kind, data in row:
            person = data.get("person")
            if not person:
                continue
            if kind == "lead_person_removed" and person not in seen:
                found[lead][person] = ""
            seen.add(person)
    return found


def _tags(ids: Sequence[str], later: Later) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for lead, name in documents(
        "SELECT json_build_array(lt.lead_id, t.name) AS told FROM leads_lead_tags lt "
        "JOIN contacts_tag t ON t.id = lt.tag_id WHERE lt.lead_id = ANY(%s::uuid[]) "
        "ORDER BY t.name",
        list(ids),
    ):
        found[lead].append(name)
    for lead, row in later.items():
        changes = [
            data["changes"]["tags"] for kind, data in row if "tags" in data.get("changes", {})
        ]
        if changes:
            found[lead] = list(changes[0][0])
    return found


def _products(ids: Sequence[str], later: Later) -> dict[str, list[str]]:
    """The products on leads of which nothing was told later; of others none."""
    told = {lead for lead, row in later.items() if any(k == "lead_products_set" for k, _d in row)}
    found: dict[str, list[str]] = defaultdict(list)
    for lead, product in documents(
        "SELECT json_build_array(lead_id, product_id) AS told FROM leads_leadproduct "
        "WHERE lead_id = ANY(%s::uuid[]) ORDER BY id",
        list(ids),
    ):
        if lead not in told:
            found[lead].append(product)
    return found


def _companies_in(deeds: Sequence[Told]) -> set[str | None]:
    ids = {deed.data["fields"].get("company") for deed in deeds if deed.kind == "lead_created"}
    for deed in deeds:
        if deed.kind == "lead_changed" and "company" in deed.data["changes"]:
            ids.add(deed.data["changes"]["company"][1])
    return ids


def tags_and_products(
    ids: Sequence[str], *, tags: bool, products: bool
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    """The names of the tags and the ids of the products that lay on leads as they came in."""
    later = _later(ids, Looks(companies=False, people=False, tags=tags, products=products))
    return _tags(ids, later) if tags else {}, _products(ids, later) if products else {}


def companies_of(ids: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    """What fields tell of these companies, as it is today."""
    columns = ", ".join(COMPANY_FACTS)
    found = {}
    for id, name, custom, *facts in rows(
        f"SELECT id, name, custom, {columns} FROM contacts_company WHERE id = ANY(%s::uuid[])",
        [id for id in ids if id],
    ):
        own = json.loads(custom) if isinstance(custom, str) else custom
        found[str(id)] = {
            "company": name,
            **{f"company.{key}": value for key, value in zip(COMPANY_FACTS, facts, strict=True)},
            **{f"company.custom.{key}": value for key, value in own.items()},
        }
    return found
