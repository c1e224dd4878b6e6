"""Who may get a lead, as they are at this moment."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef

from cadans.assignment.candidates import Candidate
from cadans.assignment.rules import Target
from cadans.leads.lead import Lead
from cadans.team.models import Absence, Membership, User
from cadans.team.queries import today


def candidates_of(target: Target, *, counted: bool, on: date | None = None) -> Sequence[Candidate]:
    """The active people whom a target names, as they are on a day (today): one query, and one
    more to count their leads.

    They are counted when the strategy asks for it (`counted`) or when somebody has a capacity.
    """
    away = Absence.objects.filter(days__contains=on or today())
    if target.team:
        places = Membership.objects.filter(team=target.team, user__is_active=True)
        places = places.annotate(is_away=Exists(away.filter(user=OuterRef("user"))))
        rows = list(places.values_list("user", "user__name", "capacity", "weight", "is_away"))
    else:
        users = User.objects.active().filter(id__in=target.users)
        users = users.annotate(is_away=Exists(away.filter(user=OuterRef("id"))))
        rows = [
            (id, name, None, 1, gone)
            for id, name, gone in users.values_list("id", "name", "is_away")
        ]
    limited = any(capacity is not None for _id, _name, capacity, _weight, _gone in rows)
    open_leads = _count_open(row[0] for row in rows) if counted or limited else {}
    return [
        Candidate(id, name, open_leads.get(id, 0), capacity, weight, gone)
        for id, name, capacity, weight, gone in rows
    ]


def _count_open(users: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = Lead.objects.present().open().filter(owner__in=list(users))
    return dict(rows.order_by().values_list("owner").annotate(n=Count("id")))
