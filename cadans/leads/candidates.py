"""Who may get a lead, as they are at this moment."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count

from cadans.assignment.candidates import Candidate
from cadans.assignment.rules import Target
from cadans.ground.asking import rows
from cadans.ground.remembered import remembered
from cadans.leads.lead import Lead
from cadans.team.queries import today

MEMBERS = """
    SELECT u.id, u.name, m.capacity, m.weight, EXISTS (
        SELECT FROM team_absence away WHERE away.user_id = u.id AND away.days @> %s::date)
    FROM team_membership m JOIN team_user u ON u.id = m.user_id
    WHERE m.team_id = %s AND u.is_active
"""
USERS = """
    SELECT u.id, u.name, NULL::integer, 1, EXISTS (
        SELECT FROM team_absence away WHERE away.user_id = u.id AND away.days @> %s::date)
    FROM team_user u WHERE u.id = ANY(%s) AND u.is_active
"""


def candidates_of(target: Target, *, counted: bool, on: date | None = None) -> Sequence[Candidate]:
    """The active people whom a target names, as they are on a day (today): one query, and one
    more to count their leads.

    They are counted when the strategy asks for it (`counted`) or when somebody has a capacity.
    """
    day = on or today()
    found = _members(target.team, day) if target.team else _users(tuple(target.users), day)
    limited = any(capacity is not None for _id, _name, capacity, _weight, _gone in found)
    open_leads = _count_open(row[0] for row in found) if counted or limited else {}
    return [
        Candidate(id, name, open_leads.get(id, 0), capacity, weight, gone)
        for id, name, capacity, weight, gone in found
    ]


@remembered
def _members(team: uuid.UUID, day: date) -> list[tuple[Any, ...]]:
    return rows(MEMBERS, day, team)


@remembered
def _users(users: tuple[uuid.UUID, ...], day: date) -> list[tuple[Any, ...]]:
    return rows(USERS, day, list(users))


def _count_open(users: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    found = Lead.objects.present().open().filter(owner__in=list(users))
    return dict(found.order_by().values_list("owner").annotate(n=Count("id")))
