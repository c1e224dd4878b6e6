"""Read the past for a try: deeds in the order in which they were told, and what they mention.

Everything is read in stretches of the log, each with the few questions that its leads need, so
that memory does not grow with the length of the past.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from cadans.assignment.candidates import Rota
from cadans.assignment.models import Territory
from cadans.assignment.rules import AssignmentRule
from cadans.ground.ids import id_at
from cadans.ground.money import ExchangeRate
from cadans.leads.models import Lead, Source
from cadans.playbooks.trying.beginnings import Looks, Making, starts_of
from cadans.playbooks.trying.play import HANDS
from cadans.playbooks.trying.roster import Change, Member, Roster
from cadans.playbooks.trying.statements import documents, rows
from cadans.playbooks.trying.told import Happened, LaidThen, Mentioned, Names, Start, Told
from cadans.process.models import Stage
from cadans.team.models import Absence, Membership, Team, User
from cadans.team.queries import organisation, today, working_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

STRETCH = 20_000
"""Events of the log that are read together."""

# What the software did by itself is left out: the design that is tried decides on that anew.
DEEDS = """
    SELECT json_build_array(
        id, kind, (extract(epoch FROM at) * 1000000)::bigint, act, actor, lead, CASE
            WHEN kind = 'stage_entered' THEN jsonb_build_object('stage', data->'stage')
            WHEN kind IN ('task_done', 'task_skipped')
                THEN jsonb_build_object('task', data->'task', 'key', data->'key')
            ELSE data END, via
    ) AS told FROM events_event
    WHERE pipeline = %s AND id > %s AND kind = ANY(%s) AND CASE
        WHEN kind IN ('lead_assigned', 'task_skipped') THEN because = '{}'::jsonb
        WHEN kind = 'stage_entered' THEN coalesce(because->>'rule', 'created') = 'created'
        WHEN kind IN ('lead_won', 'lead_lost', 'lead_cancelled')
            THEN coalesce(because->>'rule', 'by_hand') = 'by_hand'
        ELSE true END
    ORDER BY id LIMIT %s
"""
KINDS = ["lead_created", *HANDS]


@dataclass(frozen=True)
class Past:
    """Which leads are played: those of a pipeline that came in since a moment."""

    pipeline: uuid.UUID
    since: datetime


@dataclass
class Stretch:
    """Deeds in their order, the leads that come in with them, and what lay on those.

    `mentioned` has the names of the companies, people and stage tasks that the deeds mention.
    """

    deeds: Sequence[Told]
    starts: Mapping[str, Start]
    mentioned: Mentioned


def leads_of(past: Past) -> int:
    """How many leads there are to play."""
    return int(_played(past).count())


def stretches(past: Past, looks: Looks) -> Iterator[Stretch]:
    """The past in stretches, in the order of time."""
    after: uuid.UUID | str = id_at(past.since)
    while True:
        told = documents(DEEDS, past.pipeline, after, KINDS, STRETCH)
        if not told:
            return
        after = told[-1][0]
        deeds = [
            Told(kind, EPOCH + timedelta(microseconds=at), act, actor, lead, data)
            for _id, kind, at, act, actor, lead, data, _via in told
        ]
        made = {row[5]: Making(row[0], row[7]) for row in told if row[1] == "lead_created"}
        here = documents(
            "SELECT to_json(id) AS told FROM leads_lead WHERE id = ANY(%s::uuid[]) "
            "AND deleted_at IS NULL AND pipeline_id = %s AND opened_at >= %s",
            list(made),
            past.pipeline,
            past.since,
        )
        coming = {lead: made[lead] for lead in here}
        yield Stretch(deeds, *starts_of(coming, deeds, looks))


def acts(deeds: Sequence[Told]) -> Iterator[tuple[str, list[Told]]]:
    """The deeds by lead and act, in order. Acts of different leads may have crossed in the log."""
    found: dict[tuple[str, str], list[Told]] = {}
    for deed in deeds:
        found.setdefault((deed.act, deed.lead), []).append(deed)
    for (_act, lead), row in found.items():
        yield lead, row


def names_of(pipeline: uuid.UUID | None = None) -> Names:
    """What the ids in the log stand for; the stages are those of that pipeline."""
    parents = {
        str(id): (name, str(parent) if parent else None)
        for id, name, parent in Territory.objects.values_list("id", "name", "parent")
    }
    users = list(User.objects.values_list("id", "email", "role"))
    return Names(
        home=organisation().currency,
        stages={
            str(stage.id): (stage.key, stage.position)
            for stage in Stage.objects.filter(pipeline=pipeline)
        },
        sources={str(id): name for id, name in Source.objects.values_list("id", "name")},
        territories={id: _chain(id, parents) for id in parents},
        products={
            str(id): (name, line, line_id)
            for id, name, line, line_id in rows(
                "SELECT p.id, p.name, coalesce(l.name, ''), coalesce(p.line_id::text, '') "
                "FROM leads_product p LEFT JOIN leads_productline l ON l.id = p.line_id"
            )
        },
        emails={id: email for id, email, _role in users},
        rates=_rates(),
        bosses=frozenset(str(id) for id, _email, role in users if role != User.Role.REP),
    )


def roster_of(
    past: Past, rules: Sequence[AssignmentRule], *, counts: bool, learned: Mapping[str, Any]
) -> Roster:
    """Who may get leads. `counts` says whether a rule looks at how many open leads they have.

    Whose turn it was last under a rule is known of those that gave leads of before.
    """
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
        learned=learned,
        turns=_turns(past, rules),
    )


def happened(leads: Iterable[str]) -> dict[str, Happened]:
    """What became of these leads in reality. Of a closed lead the owner is whoever closed it."""
    ids = list(leads)
    stays: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for lead, stage, how in documents(
        "SELECT json_build_array(v.lead_id, s.key, v.how) AS told FROM leads_stagevisit v "
        "JOIN process_stage s ON s.id = v.stage_id WHERE v.lead_id = ANY(%s::uuid[]) "
        "ORDER BY v.lead_id, v.entered_at, v.id",
        ids,
    ):
        stays[lead].append((stage, how))
    tasks = {
        lead: [LaidThen(*one) for one in row]
        for lead, row in documents(
            "SELECT json_build_array(t.lead_id, json_agg(json_build_array(t.kind, t.assignee_id, "
            "s.key, t.key, CASE WHEN NOT t.due_by_hand THEN "
            "(t.due_at AT TIME ZONE %s)::date - '0001-01-01'::date + 1 END) ORDER BY t.id)) "
            "AS told FROM leads_task t JOIN process_stage s ON s.id = t.stage_id "
            "WHERE t.lead_id = ANY(%s::uuid[]) AND t.key <> '' GROUP BY t.lead_id",
            working_time().zone,
            ids,
        )
    }
    return {
        id: Happened(status, stage, owner, stays[id], tasks.get(id, ()))
        for id, status, stage, owner in documents(
            "SELECT json_build_array(l.id, l.status, s.key, coalesce(c.owner_id, l.owner_id)) "
            "AS told FROM leads_lead l JOIN process_stage s ON s.id = l.stage_id "
            "LEFT JOIN leads_closing c ON c.lead_id = l.id AND c.reopened_at IS NULL "
            "WHERE l.id = ANY(%s::uuid[])",
            ids,
        )
    }


def opened_again(past: Past) -> set[str]:
    """Leads that were closed and opened again: their end is not the end of them."""
    found = documents(
        "SELECT DISTINCT ON (lead) to_json(lead) AS told FROM events_event WHERE pipeline = %s "
        "AND id > %s AND kind = ANY('{lead_reopened,move_undone,history_rebuilt}') "
        "AND lead IS NOT NULL",
        past.pipeline,
        id_at(past.since),
    )
    return set(found)


def _played(past: Past) -> Any:
    return Lead.objects.present().filter(pipeline=past.pipeline, opened_at__gte=past.since)


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
    found = rows(
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


def _turns(past: Past, rules: Sequence[AssignmentRule]) -> dict[str, Rota]:
    """Who had the last turn under each rule when the past began: rule → rota.

    Told by the last leads that came in before; the log calls a rule by its name.
    """
    dealt = dict(
        rows(
            "SELECT DISTINCT ON (e.because->>'rule') e.because->>'rule', e.data->>'owner' "
            "FROM events_event e WHERE e.kind = 'lead_assigned' AND e.lead IN ("
            "SELECT id FROM leads_lead WHERE pipeline_id = %s AND opened_at < %s "
            "ORDER BY opened_at DESC LIMIT 200) AND e.because->>'rule' = ANY(%s) "
            "AND e.data->>'owner' IS NOT NULL AND e.at < %s "
            "ORDER BY e.because->>'rule', e.id DESC",
            past.pipeline,
            past.since,
            [rule.name for rule in rules],
            past.since,
        )
    )
    return {rule.key: Rota(uuid.UUID(dealt[rule.name])) for rule in rules if rule.name in dealt}
