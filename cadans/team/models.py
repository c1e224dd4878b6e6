"""Users, teams, absences, API tokens and the organisation itself."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row, new_id
from cadans.ground.money import CurrencyField


class Organisation(models.Model):
    """The one organisation that this Cadans serves: a single row."""

    class LeadsSeen(models.TextChoices):
        ALL = "all", _("All leads")
        TEAM = "team", _("Their team’s leads")
        OWN = "own", _("Only their own leads")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=120)
    currency = CurrencyField(default="EUR")
    time_zone = models.CharField(max_length=50, default="Europe/Amsterdam")
    language = models.CharField(max_length=5, default="nl")
    country = models.CharField(max_length=2, default="NL", help_text=_("whose holidays count"))
    region = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text=_("and its own holidays")
    )
    workdays = models.CharField(
        max_length=7, default="12345", help_text=_("1 is Monday, 7 is Sunday")
    )
    day_starts = models.TimeField(default="09:00")
    day_ends = models.TimeField(default="17:30")
    leads_seen_by_reps = models.CharField(max_length=5, choices=LeadsSeen, default=LeadsSeen.ALL)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_organisation"),
            models.CheckConstraint(
                condition=models.Q(day_ends__gt=models.F("day_starts")), name="day_has_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    """The vocabulary of users."""

    def active(self) -> UserQuerySet:
        """Users who can log in and get leads."""
        return self.filter(is_active=True)

    def selling(self) -> UserQuerySet:
        """Active users who can own leads: reps and managers."""
        return self.active().filter(role__in=[User.Role.REP, User.Role.MANAGER])


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Lets Django find users by e-mail address, in any case of letters (kept in lower case)."""

    def get_by_natural_key(self, email: str | None) -> User:
        user: User = self.get(email=(email or "").lower())
        return user


class User(AbstractBaseUser):
    """Somebody who logs in: a rep, a manager or an administrator."""

    class Role(models.TextChoices):
        REP = "rep", _("Sales rep")
        MANAGER = "manager", _("Sales manager")
        ADMIN = "admin", _("Administrator")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.REP)
    language = models.CharField(
        _("language"),
        max_length=5,
        default="nl",
        choices=[("nl", _("Dutch")), ("en", _("English"))],
    )
    theme = models.CharField(_("appearance"), max_length=5, choices=Theme, default=Theme.AUTO)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    external_id = models.CharField(max_length=120, null=True, blank=True, unique=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["email"], name="one_user_an_email"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        """At most two letters for an avatar."""
        words = [word for word in (self.name or self.email).split() if word[0].isalnum()]
        letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[:2] for word in words]
        return "".join(letters).upper()

    @property
    def is_staff(self) -> bool:
        """Django asks this of libraries' pages; nobody else does."""
        return self.role == self.Role.ADMIN

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's permissions are not used; only administrators pass where a library asks."""
        return self.role == self.Role.ADMIN

    def has_module_perms(self, app_label: str) -> bool:
        return self.role == self.Role.ADMIN


class Team(Row):
    """Reps who sell together."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    manager = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="managed_teams"
    )
    members: models.ManyToManyField[User, Membership] = models.ManyToManyField(
        User, through="Membership", related_name="teams"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's place in a team. `weight` counts in weighted assignment."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    capacity = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("the most open leads at a time; empty for no limit")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="once_in_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class Absence(Row):
    """Days on which a user is away: no leads are assigned and no tasks fall due."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    days = DateRangeField(help_text=_("from the first day to the day of return"))
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="absences_do_not_overlap",
                expressions=[("user", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.days}"


class ApiToken(Row):
    """A key with which a program acts as a user. Only a hash of it is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("Read everything its user may see")
        WRITE = "write", _("Change leads, people, companies, tasks")
        SETTINGS = "settings", _("Change pipelines, users and settings")

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    start = models.CharField(max_length=12, help_text="the first letters, to recognise it by")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name
