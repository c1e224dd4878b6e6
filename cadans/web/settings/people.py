"""Users, teams and absences in the settings."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadans.ground.errors import Invalid
from cadans.team.actions import (
    Share,
    add_absence,
    add_team,
    add_user,
    change_team,
    change_user,
    delete_absence,
    delete_team,
)
from cadans.team.models import Absence, Team, User
from cadans.team.queries import today
from cadans.web.days import DayField
from cadans.web.requests import PageRequest
from cadans.web.settings.listing import (
    ADMINS,
    EVERYBODY,
    KEEPERS,
    ByUser,
    Listing,
    Shown,
    by_id,
)
from cadans.web.writing import day


class UserForm(ByUser):
    """Somebody who logs in."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=User.Role.choices)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        required=False,
        help_text=gettext_lazy(
            "Leave it empty and they choose one themselves with “Forgot your password?”."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("Can log in and get leads"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password" if self.thing else "is_active"]


def _users(user: User) -> Iterator[Shown]:
    for one in User.objects.prefetch_related("teams").order_by("-is_active", "name"):
        teams = ", ".join(team.name for team in one.teams.all())
        badges = [(one.get_role_display(), "accent" if one.role == User.Role.ADMIN else "")]
        if not one.is_active:
            badges.append((_("Inactive"), "warn"))
        told = " · ".join(part for part in (one.email, teams) if part)
        yield Shown(one.id, one.name, told, badges, not one.is_active)


def _add_user(actor: User, data: Mapping[str, Any]) -> User:
    return add_user(
        actor,
        email=data["email"],
        name=data["name"],
        role=data["role"],
        language=data["language"],
        password=data["password"] or None,
    )


USERS = Listing(
    key="users",
    title=gettext_lazy("Users"),
    about=gettext_lazy("Who logs in, and what they may do."),
    add_label=gettext_lazy("Add a user"),
    icon="users",
    empty=gettext_lazy("Nobody yet."),
    rows=_users,
    find=by_id(User),
    form=UserForm,
    initial=lambda one: {
        "name": one.name,
        "email": one.email,
        "role": one.role,
        "language": one.language,
        "is_active": one.is_active,
    },
    add=_add_user,
    change=lambda actor, one, data: change_user(actor, one, changes=data),
    roles=ADMINS,
)


class TeamForm(ByUser):
    """Reps who sell together."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    manager = forms.ModelChoiceField(
        User.objects.active().exclude(role=User.Role.REP),
        label=gettext_lazy("Manager"),
        required=False,
        empty_label="–",
    )
    members = forms.ModelMultipleChoiceField(
        User.objects.active(),
        label=gettext_lazy("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.thing is None:
            return cleaned
        cleaned["shares"] = {}
        for id, weight, capacity in _filled_in(self.data):
            try:
                share = Share(int(weight or 1), int(capacity) if capacity else None)
                share.check()
                cleaned["shares"][uuid.UUID(id)] = share
            except ValueError:
                self.add_error(None, _("Weights and limits are whole numbers."))
            except Invalid as error:
                self.add_error(None, error.message)
        return cleaned


def _filled_in(data: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(data, QueryDict):
        names = ("share_user", "share_weight", "share_capacity")
        yield from zip(*(data.getlist(name) for name in names), strict=False)


def _members(request: PageRequest, team: Team | None) -> dict[str, Any]:
    """What each member gets of the team's leads, as it was filled in, else as it is."""
    if team is None:
        return {"shares": []}
    filled = {id: (weight, capacity) for id, weight, capacity in _filled_in(request.POST)}
    rows = []
    for one in team.memberships.select_related("user").order_by("user__name"):
        weight, capacity = filled.get(str(one.user_id), (one.weight, one.capacity))
        rows.append({"user": one.user, "weight": weight, "capacity": capacity})
    return {"shares": rows}


def _teams(user: User) -> Iterator[Shown]:
    for team in Team.objects.select_related("manager").prefetch_related("members"):
        names = [one.name for one in team.members.all()]
        told = ngettext("%(n)d member", "%(n)d members", len(names)) % {"n": len(names)}
        if names:
            told = f"{told}: {', '.join(names[:6])}{'…' if len(names) > 6 else ''}"
        badges = (
            [(_("Manager: %(name)s") % {"name": team.manager.name}, "")] if team.manager else []
        )
        yield Shown(team.id, team.name, told, badges)


TEAMS = Listing(
    key="teams",
    title=gettext_lazy("Teams"),
    about=gettext_lazy("Rules can give leads to a team; Insight compares teams."),
    add_label=gettext_lazy("Add a team"),
    icon="users-round",
    empty=gettext_lazy("No team yet. Put reps who sell together in one."),
    rows=_teams,
    find=by_id(Team),
    form=TeamForm,
    initial=lambda team: {
        "name": team.name,
        "manager": team.manager_id,
        "members": list(team.members.values_list("id", flat=True)),
    },
    add=lambda actor, data: add_team(actor, **data),
    change=lambda actor, team, data: change_team(actor, team, **data),
    delete=delete_team,
    beside=_members,
    part="settings/_shares.html",
    roles=KEEPERS,
)


class AbsenceForm(ByUser):
    """Days on which somebody is away."""

    who = forms.ModelChoiceField(User.objects.active(), label=gettext_lazy("Who"), empty_label=None)
    first = DayField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = DayField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].initial = self.user.id
        if self.user.role == User.Role.REP:
            self.fields["who"].queryset = User.objects.filter(id=self.user.id)  # type: ignore[attr-defined]


def _absences(user: User) -> Iterator[Shown]:
    rows = Absence.objects.select_related("user").filter(days__endswith__gt=today())
    if user.role == User.Role.REP:
        rows = rows.filter(user=user)
    for one in rows.order_by("days"):
        last = one.days.upper - timedelta(days=1)
        span = day(one.days.lower)
        if last != one.days.lower:
            span = _("%(first)s to %(last)s") % {"first": span, "last": day(last)}
        told = " · ".join(part for part in (span, one.note) if part)
        yield Shown(one.id, one.user.name, told, can_change=False)


def _absence(user: User, id: str) -> Absence | None:
    rows = Absence.objects.filter(id=id)
    return (rows.filter(user=user) if user.role == User.Role.REP else rows).first()


ABSENCES = Listing(
    key="absences",
    title=gettext_lazy("Absences"),
    about=gettext_lazy("Whoever is away gets no leads, and no tasks fall due on those days."),
    add_label=gettext_lazy("Add an absence"),
    icon="palmtree",
    empty=gettext_lazy("Nobody is away in the time to come."),
    rows=_absences,
    find=_absence,
    form=AbsenceForm,
    initial=lambda one: {},
    add=lambda actor, data: add_absence(
        actor, data["who"], first=data["first"], last=data["last"], note=data["note"]
    ),
    delete=delete_absence,
    roles=EVERYBODY,
)
