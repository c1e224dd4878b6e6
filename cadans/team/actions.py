"""Every change to users, teams, absences, tokens and the organisation."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from cadans.events.act import Act, Subject
from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.ground.money import check_currency
from cadans.ground.remembered import look_again
from cadans.team.models import Absence, ApiToken, Membership, Organisation, Team, User
from cadans.team.queries import digest, is_set_up, require_role

TOKEN_START = "cad_"  # noqa: S105 - not a secret, but how one begins


def set_up(
    *,
    organisation: str,
    name: str,
    email: str,
    password: str,
    language: str = "nl",
    team: str = "",
) -> User:
    """The first run: the organisation, its first administrator and (when named) a first team.

    Raises Conflict when Cadans was set up before, Invalid for a wrong value.
    """
    with transaction.atomic():
        if is_set_up():
            raise Conflict(_("Cadans is set up already. Log in instead."), code="set_up_already")
        settings = _organisation()
        settings.name = _required(organisation, "organisation", 120)
        settings.language = language
        settings.save()
        user = add_user(
            None,
            email=email,
            name=name,
            role=User.Role.ADMIN,
            password=password,
            language=language,
        )
        if team.strip():
            add_team(None, name=team, manager=user, members=[user])
    look_again()
    return user


def add_user(
    actor: User | None,
    *,
    email: str,
    name: str = "",
    role: str = User.Role.REP,
    password: str | None = None,
    language: str = "nl",
    is_active: bool = True,
    external_id: str | None = None,
    via: str = "web",
) -> User:
    """Make a user. Without a password they log in once they have set one by mail.

    Raises NotAllowed, Invalid, or Conflict when the e-mail address is taken.
    """
    require_role(actor, User.Role.ADMIN)
    email = _clean_email(email)
    if role not in User.Role.values:
        raise Invalid(
            _("“%(role)s” is not a role. It can be: %(known)s.")
            % {"role": role, "known": ", ".join(User.Role.values)},
            pointer="/role",
        )
    name = name.strip()[:120] or email.split("@")[0].replace(".", " ").title()
    user = User(
        email=email,
        name=name,
        role=role,
        language=language,
        is_active=is_active,
        external_id=external_id,
    )
    if password is None:
        user.set_unusable_password()
    else:
        set_checked_password(user, password)
    with Act(actor, via=via) as act:
        _save_once(user, email)
        act.record("user_added", Subject("user", user.id), data={"email": email, "role": role})
    return user


def change_user(
    actor: User | None, user: User, *, changes: Mapping[str, Any], via: str = "web"
) -> User:
    """Change a user. People change their own name, language and look; administrators the rest.

    Raises NotAllowed, Invalid or Conflict. The last active administrator stays one.
    """
    own = {"name", "language", "theme"}
    allowed = own | {"email", "role", "is_active"}
    for field in changes:
        if field not in allowed:
            raise Invalid(_("There is no field “%(name)s”.") % {"name": field}, pointer=f"/{field}")
    if actor is not None and not (actor.id == user.id and set(changes) <= own):
        require_role(actor, User.Role.ADMIN)
    changed: dict[str, list[Any]] = {}
    with Act(actor, via=via) as act:
        user = User.objects.select_for_update().get(id=user.id)
        for field, value in changes.items():
            if field == "email":
                value = _clean_email(value)
            if field == "name":
                value = _required(value, "name", 120)
            before = getattr(user, field)
            if before != value:
                setattr(user, field, value)
                changed[field] = [before, value]
        if changed:
            _keep_an_administrator(user)
            _save_once(user, user.email)
            act.record("user_changed", Subject("user", user.id), data={"changes": changed})
    return user


def set_checked_password(user: User, password: str) -> None:
    """Give the (unsaved) user a password. Raises Invalid when it is too weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        message = " ".join(error.messages)
        raise Invalid(message, pointer="/password", fields={"password": message}) from None
    user.set_password(password)


@dataclass(frozen=True)
class Share:
    """How many leads somebody gets in a team: the weight of their turn (1 to 100), and the most
    open leads at a time (None: no limit)."""

    weight: int = 1
    capacity: int | None = None

    def check(self) -> None:
        """Raises Invalid when it is out of bounds."""
        if not 1 <= self.weight <= 100:
            message = _("A weight is a whole number from 1 to 100.")
            raise Invalid(message, pointer="/shares", fields={"shares": message})
        if self.capacity is not None and not 0 <= self.capacity <= 100_000:
            message = _("The most open leads is a whole number from 0, or empty.")
            raise Invalid(message, pointer="/shares", fields={"shares": message})


def add_team(
    actor: User | None,
    *,
    name: str,
    manager: User | None = None,
    members: Iterable[User] = (),
    via: str = "web",
) -> Team:
    """Make a team. Raises NotAllowed, Invalid, or Conflict when the name is taken."""
    require_role(actor, User.Role.ADMIN, User.Role.MANAGER)
    team = Team(name=_required(name, "name", 80), manager=manager)
    with Act(actor, via=via) as act:
        if Team.objects.filter(name__iexact=team.name).exists():
            raise Conflict(_("There is already a team “%(name)s”.") % {"name": team.name})
        team.save(force_insert=True)
        Membership.objects.bulk_create(Membership(team=team, user=user) for user in members)
        act.record("team_added", Subject("team", team.id), data={"name": team.name})
    return team


def change_team(
    actor: User | None,
    team: Team,
    *,
    name: str | None = None,
    manager: User | None = None,
    members: Sequence[User] | None = None,
    shares: Mapping[uuid.UUID, Share] | None = None,
    via: str = "web",
) -> Team:
    """Rename a team, change its manager or (when given) its members.

    `shares` says for members (by id) how many leads they get; others keep theirs. Raises Invalid.
    """
    require_role(actor, User.Role.ADMIN, User.Role.MANAGER)
    with Act(actor, via=via) as act:
        team = Team.objects.select_for_update().get(id=team.id)
        if name is not None:
            team.name = _required(name, "name", 80)
            if Team.objects.filter(name__iexact=team.name).exclude(id=team.id).exists():
                raise Conflict(_("There is already a team “%(name)s”.") % {"name": team.name})
        team.manager = manager
        team.save()
        if members is not None:
            ids = {user.id for user in members}
            team.memberships.exclude(user__in=ids).delete()
            known = set(team.memberships.values_list("user_id", flat=True))
            Membership.objects.bulk_create(
                Membership(team=team, user_id=id) for id in ids if id not in known
            )
        for user, share in (shares or {}).items():
            share.check()
            team.memberships.filter(user=user).update(weight=share.weight, capacity=share.capacity)
        act.record(
            "team_changed",
            Subject("team", team.id),
            data={
                "name": team.name,
                "manager": manager.id if manager else None,
                "members": list(team.memberships.values_list("user_id", flat=True)),
            },
        )
    return team


def delete_team(actor: User | None, team: Team, *, via: str = "web") -> None:
    """Remove a team. Its members and their leads stay."""
    require_role(actor, User.Role.ADMIN)
    with Act(actor, via=via) as act:
        act.record("team_deleted", Subject("team", team.id), data={"name": team.name})
        team.delete()


def change_organisation(
    actor: User | None, *, changes: Mapping[str, Any], via: str = "web"
) -> Organisation:
    """Change the organisation's settings. Raises NotAllowed or Invalid."""
    require_role(actor, User.Role.ADMIN)
    known = {field.name for field in Organisation._meta.fields} - {"id"}
    with Act(actor, via=via) as act:
        settings = _organisation()
        changed: dict[str, list[Any]] = {}
        for field, value in changes.items():
            if field not in known:
                raise Invalid(
                    _("There is no field “%(name)s”.") % {"name": field}, pointer=f"/{field}"
                )
            before = getattr(settings, field)
            if before != value:
                changed[field] = [before, value]
                setattr(settings, field, value)
        try:
            check_currency(settings.currency)
            settings.full_clean()
        except ValidationError as error:
            fields = {
                name: " ".join(messages)
                for name, messages in getattr(error, "message_dict", {}).items()
            }
            raise Invalid(" ".join(error.messages), fields=fields) from None
        settings.save()
        if changed:
            subject = Subject("organisation", act.id)
            act.record(
                "organisation_changed",
                subject,
                data={"changes": {name: [str(a), str(b)] for name, (a, b) in changed.items()}},
            )
    look_again()
    return settings


def add_absence(
    actor: User | None, user: User, *, first: date, last: date, note: str = "", via: str = "web"
) -> Absence:
    """Note that a user is away from `first` to `last`, both included. Raises Invalid, Conflict."""
    if actor is not None and actor.id != user.id:
        require_role(actor, User.Role.ADMIN, User.Role.MANAGER)
    if last < first:
        message = _("The last day lies before the first.")
        raise Invalid(message, pointer="/last", fields={"last": message})
    days = DateRange(first, last + timedelta(days=1))
    with Act(actor, via=via) as act:
        if Absence.objects.filter(user=user, days__overlap=days).exists():
            raise Conflict(
                _("%(user)s is away on some of these days already.") % {"user": user.name}
            )
        absence = Absence(user=user, days=days, note=note.strip()[:120])
        absence.save(force_insert=True)
        act.record("absence_added", Subject("user", user.id), data={"first": first, "last": last})
    return absence


def delete_absence(actor: User | None, absence: Absence, *, via: str = "web") -> None:
    """Take an absence back."""
    if actor is not None and actor.id != absence.user_id:
        require_role(actor, User.Role.ADMIN, User.Role.MANAGER)
    with Act(actor, via=via) as act:
        act.record("absence_deleted", Subject("user", absence.user_id))
        absence.delete()


def create_token(
    actor: User | None,
    user: User,
    *,
    name: str,
    scopes: Sequence[str] = (ApiToken.Scope.READ, ApiToken.Scope.WRITE),
    via: str = "web",
) -> tuple[ApiToken, str]:
    """Make an API token for a user; its text is given once, here, and kept only as a hash."""
    if actor is not None and actor.id != user.id:
        require_role(actor, User.Role.ADMIN)
    unknown = set(scopes) - set(ApiToken.Scope.values)
    if unknown or not scopes:
        raise Invalid(
            _("A token's scopes can be: %(known)s.") % {"known": ", ".join(ApiToken.Scope.values)},
            pointer="/scopes",
        )
    if ApiToken.Scope.SETTINGS in scopes and user.role == User.Role.REP:
        raise NotAllowed(
            _("Only managers and administrators may have tokens that change settings.")
        )
    text = TOKEN_START + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=_required(name, "name", 80),
        start=text[:8],
        digest=digest(text),
        scopes=sorted(set(scopes)),
    )
    with Act(actor, via=via) as act:
        token.save(force_insert=True)
        act.record(
            "token_created",
            Subject("user", user.id),
            data={"name": token.name, "scopes": token.scopes},
        )
    return token, text


def revoke_token(actor: User | None, token: ApiToken, *, via: str = "web") -> None:
    """Make a token worthless, at once."""
    if actor is not None and actor.id != token.user_id:
        require_role(actor, User.Role.ADMIN)
    with Act(actor, via=via) as act:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        act.record("token_revoked", Subject("user", token.user_id), data={"name": token.name})


def note_token_use(token: ApiToken, *, at: datetime) -> None:
    """Note when a token was last used (no event: nothing of the business changed)."""
    ApiToken.objects.filter(id=token.id).update(last_used_at=at)


def _organisation() -> Organisation:
    found = Organisation.objects.select_for_update().first()
    return found or Organisation(name="Cadans")


def _clean_email(raw: str) -> str:
    email = raw.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        message = _("“%(email)s” is not an e-mail address.") % {"email": raw}
        raise Invalid(message, pointer="/email", fields={"email": message}) from None
    return email


def _required(raw: str, field: str, longest: int) -> str:
    text = raw.strip()
    if not text or len(text) > longest:
        message = (
            _("This cannot be empty.")
            if not text
            else _("Too long: at most %(longest)s characters.") % {"longest": longest}
        )
        raise Invalid(message, pointer=f"/{field}", fields={field: message})
    return text


def _save_once(user: User, email: str) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict(
            _("There is already a user with e-mail address “%(email)s”.") % {"email": email},
            pointer="/email",
            code="duplicate",
        ) from error


def _keep_an_administrator(user: User) -> None:
    if user.role == User.Role.ADMIN and user.is_active:
        return
    others = User.objects.active().filter(role=User.Role.ADMIN).exclude(id=user.id)
    if not others.exists():
        raise Conflict(
            _("There must be at least one active administrator."), code="last_administrator"
        )
