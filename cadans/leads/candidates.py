"""Who may get a lead under a rule, as they are at this moment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Q

from cadans.assignment.candidates import Candidate
from cadans.assignment.rules import AssignmentRule
from cadans.team.models import Absence, Membership, User
from cadans.team.queries import today


def candidates_of_rule(rule: AssignmentRule) -> Sequence[Candidate]:
    """The active people whom a rule may give leads to."""
    if rule.to.team:
        return candidates_of_team(rule.to.team)
    return [
        _candidate(user) for user in _counted(User.objects.active().filter(id__in=rule.to.users))
    ]


def candidates_of_team(team: uuid.UUID) -> Sequence[Candidate]:
    """A team's active members."""
    places = {one.user_id: one for one in Membership.objects.filter(team=team)}
    users = _counted(User.objects.active().filter(id__in=places))
    return [_candidate(user, places[user.id]) for user in users]


def _counted(users):  # type: ignore[no-untyped-def]
    return users.annotate(
        open_leads=Count("leads", filter=Q(leads__status="open", leads__deleted_at=None)),
        is_away=Exists(Absence.objects.filter(user=OuterRef("id"), days__contains=today())),
    )


def _candidate(user, place: Membership | None = None) -> Candidate:  # type: ignore[no-untyped-def]
    return Candidate(
        id=user.id,
        name=user.name,
        open_leads=user.open_leads,
        capacity=place.capacity if place else None,
        weight=place.weight if place else 1,
        absent=user.is_away,
    )
