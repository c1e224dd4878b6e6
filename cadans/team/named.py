"""Users by what people and programs call them."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.team.models import Team, User


def user_named(word: str, *, pointer: str = "/owner") -> User:
    """An active user by id or e-mail address. Raises Invalid."""
    active = User.objects.active()
    id = as_id(word)
    found = active.filter(id=id) if id else active.filter(email=word.lower())
    user: User | None = found.first()
    if user is None:
        raise Invalid(
            _("There is no active user “%(name)s” (use an e-mail address or an id).")
            % {"name": word},
            pointer=pointer,
            code="unknown_user",
        )
    return user


def team_named(word: str, *, pointer: str = "/team") -> Team:
    """A team by id or name. Raises Invalid."""
    id = as_id(word)
    found = Team.objects.filter(id=id) if id else Team.objects.filter(name__iexact=word)
    team = found.first()
    if team is None:
        raise Invalid(
            _("There is no team “%(name)s”.") % {"name": word},
            pointer=pointer,
            code="unknown_team",
        )
    return team


def as_id(word: str) -> uuid.UUID | None:
    """The word as an id, or None when it is something else."""
    try:
        return uuid.UUID(word)
    except ValueError:
        return None
