"""Read the past for a try: deeds in the order in which they were told, and what they mention.

Everything is read in stretches of the log, each with the few questions that its leads need, so
that memory does not grow with the length of the past.
"""

# ruff: noqa: S608 - no value is ever written into the text

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from cadans.assignment.models import Territory
from cadans.ground.ids import id_at
from cadans.ground.money import ExchangeRate
from cadans.leads.facts import COMPANY_FACTS
from cadans.leads.models import Lead, Product, Source
from cadans.playbooks.trying.play import HANDS
from cadans.playbooks.trying.roster import Change, Member, Roster
from cadans.playbooks.trying.told import Happened, Names, Start, Told
from cadans.process.models import Stage
from cadans.team.models import Absence, Membership, Team, User
from cadans.team.queries import organisation, today, working_time

STRETCH = 40_000
"""Events of the log that are read together."""

# What the software did by itself is left out: the design that is tried decides on that anew.
DEEDS = """
    SELECT id, kind, at, act, actor, lead, data, via FROM events_event
    WHERE pipeline = %s AND id > %s AND kind = ANY(%s) AND CASE
        WHEN kind IN ('lead_assigned', 'task_skipped') THEN because = '{}'::jsonb
        WHEN kind = 'stage_entered' THEN coalesce(because->>'rule', 'created') = 'created'
        WHEN kind IN ('lead_won', 'lead_lost', 'lead_cancelled')
            THEN coalesce(because->>'rule', 'by_hand') = 'by_hand'
        ELSE true END
    ORDER BY id LIMIT %s
"""
KINDS = ["lead_created", *HANDS]

WRITTEN_LATER = {"import", "demo"}
"""Ways in which the people of a lead are written down after the event of its making."""


@dataclass(frozen=True)
class Past:
    """Which leads are played: those of a pipeline that came in since a moment."""

    pipeline: uuid.UUID
    since: datetime


@dataclass
class Stretch:
    """Deeds in their order, the leads that come in with them, and what lay on those."""

    deeds: Sequence[Told]
    starts: Mapping[uuid.UUID, Start]


def leads_of(past: Past) -> int:
    """How many leads there are to play."""
    return int(_played(past).count())


@dataclass(frozen=True)
class Looks:
    """What the design looks at of what hangs on a lead."""

    people: bool
    tags: bool
    products: bool


@dataclass(frozen=True)
class Making:
    """The event that tells of a lead's making, and which way it came in."""

    event: uuid.UUID
    via: str


def stretches(past: Past, names: Names, looks: Looks) -> Iterator[Stretch]:
    """The past in stretches. `names` is kept up to date with what each stretch mentions."""
    after: uuid.UUID = id_at(past.since)
    while True:
        rows = _rows(DEEDS, past.pipeline, after, KINDS, STRETCH)
        if not rows:
            return
        after = rows[-1][0]
        deeds = [
            Told(kind, at, act, actor, lead, json.loads(data) if isinstance(data, str) else data)
            for _id, kind, at, act, actor, lead, data, _via in rows
        ]
        made = {row[5]: Making(row[0], row[7]) for row in rows if row[1] == "lead_created"}
        here = set(_played(past).filter(id__in=list(made)).values_list("id", flat=True))
        coming = {lead: making for lead, making in made.items() if lead in here}
        yield Stretch(deeds, _starts(coming, deeds, names, looks))


def acts(deeds: Sequence[Told]) -> Iterator[tuple[uuid.UUID, list[Told]]]:
    """The deeds by lead and act, in order. Acts of different leads may have crossed in the log."""
    rows: dict[tuple[uuid.UUID, uuid.UUID], list[Told]] = {}
    for deed in deeds:
        rows.setdefault((deed.act, deed.lead), []).append(deed)
    for (_act, lead), row in rows.items():
        yield lead, row


def names_of(past: Past) -> Names:
    """What the ids in the log stand for."""
    parents = {
        str(id): (name, str(parent) if parent else None)
        for id, name, parent in Territory.objects.values_list("id", "name", "parent")
    }
    users = list(User.objects.values_list("id", "email", "role"))
    return Names(
        home=organisation().currency,
        stages={
            str(stage.id): (stage.key, stage.position)
            for stage in Stage.objects.filter(pipeline=past.pipeline)
        },
        sources={str(id): name for id, name in Source.objects.values_list("id", "name")},
        territories={id: _chain(id, parents) for id in parents},
        products={
            str(id): (name, line or "")
            for id, name, line in Product.objects.values_list("id", "name", "line__name")
        },
        emails={id: email for id, email, _role in users},
        rates=_rates(),
        bosses=frozenset(id for id, _email, role in users if role != User.Role.REP),
    )


def roster_of(past: Past, *, counts: bool) -> Roster:
    """Who may get leads. `counts` says whether a rule looks at how many open leads they have."""
    names = {id: Member(id, name) for id, name in User.objects.active().values_list("id", "name")}
    teams: dict[uuid.UUID, list[Member]] = defaultdict(list)
    managers: dict[uuid.UUID, uuid.UUID] = {}
    bosses = dict(
        Team.objects.filter(manager__is_active=True).order_by("name").values_list("id", "manager")
    )
    members = Membership.objects.order_by("team__name").values_list(
        "team", "user", "capacity", "weight"
    )
    for team, user, capacity, weight in members:
        if team in bosses:
            managers.setdefault(user, bosses[team])
        if user in names:
            teams[team].append(Member(user, names[user].name, capacity, weight))
    away = defaultdict(list)
    for user, days in Absence.objects.values_list("user", "days"):
        away[user].append((days.lower, days.upper))
    return Roster(
        working=working_time(),
        teams=dict(teams),
        users=names,
        managers=managers,
        away=dict(away),
        elsewhere=_elsewhere(past) if counts else (),
    )


def happened(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, Happened]:
    """What became of these leads in reality. Of a closed lead the owner is whoever closed it."""
    ids = list(leads)
    stays = defaultdict(list)
    for lead, stage, at, how in _rows(
        "SELECT v.lead_id, s.key, v.entered_at, v.how FROM leads_stagevisit v "
        "JOIN process_stage s ON s.id = v.stage_id WHERE v.lead_id = ANY(%s) "
        "ORDER BY v.lead_id, v.entered_at, v.id",
        ids,
    ):
        stays[lead].append((stage, at, how))
    tasks = defaultdict(list)
    for lead, kind, whose, number in _rows(
        "SELECT lead_id, kind, assignee_id, count(*) FROM leads_task "
        "WHERE lead_id = ANY(%s) AND key <> '' GROUP BY 1, 2, 3",
        ids,
    ):
        tasks[lead].append((kind, whose, number))
    return {
        id: Happened(status, stage, owner, stays[id], tasks[id])
        for id, status, stage, owner in _rows(
            "SELECT l.id, l.status, s.key, coalesce(c.owner_id, l.owner_id) FROM leads_lead l "
            "JOIN process_stage s ON s.id = l.stage_id LEFT JOIN leads_closing c "
            "ON c.lead_id = l.id AND c.reopened_at IS NULL WHERE l.id = ANY(%s)",
            ids,
        )
    }


def opened_again(past: Past) -> set[uuid.UUID]:
    """Leads that were closed and opened again: their end is not the end of them."""
    return {
        lead
        for (lead,) in _rows(
            "SELECT DISTINCT lead FROM events_event WHERE pipeline = %s AND id > %s "
            "AND kind = ANY('{lead_reopened,move_undone,history_rebuilt}') AND lead IS NOT NULL",
            past.pipeline,
            id_at(past.since),
        )
    }


def _played(past: Past) -> Any:
    return Lead.objects.present().filter(pipeline=past.pipeline, opened_at__gte=past.since)


def _rows(text: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _chain(id: str | None, parents: Mapping[str, tuple[str, str | None]]) -> list[str]:
    names: list[str] = []
    while id is not None and parents[id][0] not in names:
        name, id = parents[id]
        names.append(name)
    return names


def _rates() -> dict[str, Decimal]:
    """The last known rate of each currency, today."""
    rates = ExchangeRate.objects.filter(day__lte=today()).order_by("currency", "-day")
    return dict(rates.distinct("currency").values_list("currency", "rate"))


def _elsewhere(past: Past) -> list[Change]:
    """How the open leads of other pipelines and of earlier times came and went."""
    found = _rows(
        "SELECT owner_id, opened_at, closed_at FROM leads_lead WHERE deleted_at IS NULL "
        "AND owner_id IS NOT NULL AND NOT (pipeline_id = %s AND opened_at >= %s) "
        "AND (closed_at IS NULL OR closed_at >= %s)",
        past.pipeline,
        past.since,
        past.since,
    )
    changes = [(opened_at, owner, 1) for owner, opened_at, _closed_at in found]
    changes += [(closed_at, owner, -1) for owner, _at, closed_at in found if closed_at]
    return sorted(changes, key=lambda one: one[0])


def _starts(
    coming: Mapping[uuid.UUID, Making], deeds: Sequence[Told], names: Names, looks: Looks
) -> dict[uuid.UUID, Start]:
    """What lay on the leads that come in; and the names of all that the deeds mention."""
    ids = list(coming)
    names.companies = _companies(deeds)
    tasks = [deed.data["task"] for deed in deeds if deed.kind in {"task_done", "task_skipped"}]
    names.tasks = {
        str(id): stage
        for id, stage in _rows(
            "SELECT t.id, s.key FROM leads_task t JOIN process_stage s ON s.id = t.stage_id "
            "WHERE t.id = ANY(%s::uuid[])",
            tasks,
        )
    }
    later = _later(ids, looks)
    roles = _roles(coming, later) if looks.people else {}
    if looks.people:
        mentioned = {person for row in roles.values() for person in row}
        mentioned |= {deed.data["person"] for deed in deeds if "person" in deed.data}
        names.people = {
            str(id): (name, email, phone)
            for id, name, email, phone in _rows(
                "SELECT id, name, email, phone FROM contacts_person WHERE id = ANY(%s::uuid[])",
                list(mentioned),
            )
        }
    tagged = _tags(ids, later) if looks.tags else {}
    sold = _products(ids, later) if looks.products else {}
    return {id: Start(roles.get(id, {}), tagged.get(id, ()), sold.get(id, ())) for id in coming}


Later = Mapping[uuid.UUID, Sequence[tuple[str, Mapping[str, Any]]]]
"""Lead → what was told of it later on, in order: kind and data."""


def _later(ids: Sequence[uuid.UUID], looks: Looks) -> Later:
    kinds = [
        *(["lead_person_set", "lead_person_removed"] if looks.people else []),
        *(["lead_changed"] if looks.tags else []),
        *(["lead_products_set"] if looks.products else []),
    ]
    found: dict[uuid.UUID, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    if kinds and ids:
        for lead, kind, data in _rows(
            "SELECT lead, kind, data FROM events_event WHERE lead = ANY(%s) AND kind = ANY(%s) "
            "ORDER BY lead, id",
            list(ids),
            kinds,
        ):
            found[lead].append((kind, json.loads(data) if isinstance(data, str) else data))
    return found


def _roles(coming: Mapping[uuid.UUID, Making], later: Later) -> dict[uuid.UUID, dict[str, str]]:
    """Who was on each lead when it came in: all but those of whom is told that they joined.

    Of whoever was there and is told of later, only their role changed; it was not known before.
    """
    found: dict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    told_of = {
        lead: {data["person"] for kind, data in row if kind == "lead_person_set"}
        for lead, row in later.items()
    }
    for id, lead, person, role, is_first in _rows(
        "SELECT id, lead_id, person_id, role, is_first FROM leads_leadperson "
        "WHERE lead_id = ANY(%s) ORDER BY lead_id, is_first DESC, id",
        list(coming),
    ):
        making = coming[lead]
        if str(person) not in told_of.get(lead, ()):
            found[lead][str(person)] = role
        elif id < making.event or (is_first and making.via in WRITTEN_LATER):
            found[lead][str(person)] = ""
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


def _tags(ids: Sequence[uuid.UUID], later: Later) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for lead, name in _rows(
        "SELECT lt.lead_id, t.name FROM leads_lead_tags lt "
        "JOIN contacts_tag t ON t.id = lt.tag_id WHERE lt.lead_id = ANY(%s) ORDER BY t.name",
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


def _products(ids: Sequence[uuid.UUID], later: Later) -> dict[uuid.UUID, list[str]]:
    """The products on leads of which nothing was told later; of others none."""
    told = {lead for lead, row in later.items() if any(k == "lead_products_set" for k, _d in row)}
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for lead, product in _rows(
        "SELECT lead_id, product_id FROM leads_leadproduct WHERE lead_id = ANY(%s) ORDER BY id",
        list(ids),
    ):
        if lead not in told:
            found[lead].append(str(product))
    return found


def _companies(deeds: Sequence[Told]) -> dict[str, dict[str, Any]]:
    ids = {deed.data["fields"].get("company") for deed in deeds if deed.kind == "lead_created"}
    for deed in deeds:
        if deed.kind == "lead_changed" and "company" in deed.data["changes"]:
            ids.add(deed.data["changes"]["company"][1])
    columns = ", ".join(COMPANY_FACTS)
    found = {}
    for id, name, custom, *facts in _rows(
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
