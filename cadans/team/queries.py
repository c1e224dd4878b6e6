"""Reads that several faces share, and who may see whom."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from copy import copy
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from cadans.ground.asking import first, rows
from cadans.ground.errors import NotAllowed
from cadans.ground.remembered import remembered
from cadans.ground.working_time import WorkingTime
from cadans.team.models import ApiToken, Organisation, Team, User, UserQuerySet


@remembered
def organisation() -> Organisation:
    """The organisation's settings (unsaved defaults before the first run)."""
    found = Organisation.objects.first()
    return found or Organisation(name="Cadans", day_starts=time(9), day_ends=time(17, 30))


def is_set_up() -> bool:
    """Whether the first run is over: there is somebody who can log in."""
    return bool(User.objects.active().exists())


def owners_seen_by(user: User) -> Q:
    """The condition on a lead's owner under which `user` may see the lead.

    Managers and administrators see all; reps what the organisation says. A lead without an
    owner is seen by all, so that it is not lost.
    """
    if user.role != User.Role.REP:
        return Q()
    seen = organisation().leads_seen_by_reps
    if seen == Organisation.LeadsSeen.ALL:
        return Q()
    if seen == Organisation.LeadsSeen.OWN:
        return Q(owner=user) | Q(owner=None)
    colleagues = User.objects.filter(teams__in=user.teams.all())
    return Q(owner=user) | Q(owner=None) | Q(owner__in=colleagues)


def sees_all(user: User) -> bool:
    """Whether `user` may see every lead."""
    return not owners_seen_by(user)


def require_role(user: User | None, *roles: str) -> None:
    """Raise NotAllowed unless the user has one of the roles. None is the software itself."""
    if user is not None and user.role not in roles:
        raise NotAllowed(_("Your role does not allow this. Ask an administrator."))


def token_by_text(text: str) -> ApiToken | None:
    """The live token behind the text that a program sent, with its user; None if there is none."""
    known = _token(digest(text))
    if known is None or not known.user.is_active:
        return None
    token = copy(known)
    token.user = copy(known.user)
    return token


@remembered
def _token(digest: str) -> ApiToken | None:
    return first(ApiToken, "digest = %s AND revoked_at IS NULL", digest, along="user")


@remembered
def user_with_id(id: uuid.UUID) -> User | None:
    """A user, to be shown and not to be changed."""
    return first(User, "id = %s", id)


def digest(text: str) -> str:
    """How a token is kept: SHA-256 (its text is long and random, so no slow hash is needed)."""
    return hashlib.sha256(text.encode()).hexdigest()


def members(team: uuid.UUID) -> UserQuerySet:
    """The active members of a team."""
    found: UserQuerySet = User.objects.active().filter(teams=team)
    return found


def users() -> UserQuerySet:
    """All users, those who left too."""
    found: UserQuerySet = User.objects.all()
    return found


def teams() -> QuerySet[Team]:
    """All teams, with their managers and members."""
    return Team.objects.select_related("manager").prefetch_related("members", "memberships")


def today() -> date:
    """Today, where the organisation is."""
    return timezone.now().astimezone(ZoneInfo(organisation().time_zone)).date()


def working_time() -> WorkingTime:
    """When the organisation works."""
    settings = organisation()
    return WorkingTime(
        zone=settings.time_zone,
        country=settings.country,
        region=settings.region,
        workdays=frozenset(int(day) for day in settings.workdays),
        starts=settings.day_starts,
        ends=settings.day_ends,
    )


def absent_days(users: Iterable[uuid.UUID], *, since: date) -> dict[uuid.UUID, set[date]]:
    """The days from `since` on, at most a year, on which each of these users is away."""
    return _absent_days(frozenset(users), since)


@remembered
def _absent_days(users: frozenset[uuid.UUID], since: date) -> dict[uuid.UUID, set[date]]:
    days: dict[uuid.UUID, set[date]] = {}
    until = since + timedelta(days=366)
    for user, away in rows(
        "SELECT user_id, days FROM team_absence WHERE user_id = ANY(%s) AND days && %s",
        list(users),
        DateRange(since, until),
    ):
        first, last = max(away.lower or since, since), away.upper or until
        row = days.setdefault(user, set())
        row.update(first + timedelta(days=n) for n in range((min(last, until) - first).days))
    return days


def team_manager_of(user: uuid.UUID) -> uuid.UUID | None:
    """The manager of the (first) team that a user is in."""
    return (
        Team.objects.filter(members=user, manager__is_active=True)
        .order_by("name")
        .values_list("manager", flat=True)
        .first()
    )


def absent_on(day: date) -> set[uuid.UUID]:
    """Ids of the users who are away on that day."""
    return set(User.objects.filter(absences__days__contains=day).values_list("id", flat=True))


def teams_of(user: User) -> list[Team]:
    """The teams a user is in, by name."""
    return list(user.teams.all())
