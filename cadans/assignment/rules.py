"""Assignment rules as a playbook writes them. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cadans.ground.conditions import Condition
from cadans.ground.working_time import WorkingTime
from cadans.team.references import TeamId, UserId

Strategy = Literal["round_robin", "weighted", "fewest_open", "tier", "likeliest_to_win"]
STRICT = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Hours(BaseModel):
    """When a target's people work, where it differs from the organisation's own hours.

    `days` are weekdays (1 is Monday). Public holidays are left out, as everywhere.
    """

    model_config = STRICT

    days: str = Field(default="12345", pattern=r"^[1-7]{1,7}$")
    """Weekdays as digits between quotes; 1 is Monday."""
    starts: time = time(9, 0)
    """When the day begins, between quotes."""
    ends: time = time(17, 30)
    """When it ends, between quotes."""

    @model_validator(mode="after")
    def _in_order(self) -> Hours:
        if self.ends <= self.starts:
            raise PydanticCustomError("hours_not_in_order", "the day must end after it starts")
        return self


class Band(BaseModel):
    """Who gets the leads that are worth at least so much (and less than the next band's)."""

    model_config = STRICT

    at_least: Decimal = Field(default=Decimal(0), ge=0, max_digits=14, decimal_places=2)
    """The least value, in the organisation’s currency; 0 for the lowest band."""
    team: TeamId | None = None
    """A team: any of its members."""
    users: list[UserId] = Field(default_factory=list, max_length=100)
    """Instead of a team: these users."""

    @model_validator(mode="after")
    def _somebody(self) -> Band:
        _one_of_them(self.team, self.users)
        return self


class Target(BaseModel):
    """Who may get the lead, and how one of them is chosen.

    `team` or `users`; for the strategy `tier` instead `bands` of value, the lowest beginning at
    0. `most_open` is how many open leads each may have at most, beside what the team says of its
    members. `hours`: only while they work: the organisation's hours (`office`), or their own.
    `most_share` is the largest share of the leads (per cent) that *likeliest to win* gives one.
    """

    model_config = STRICT

    team: TeamId | None = None
    """A team: any of its members."""
    users: list[UserId] = Field(default_factory=list, max_length=100)
    """Instead of a team: these users."""
    strategy: Strategy = "round_robin"
    """How one of them is chosen."""
    bands: list[Band] = Field(default_factory=list, max_length=12)
    """With `strategy: tier`: who gets leads of which value, from low to high."""
    most_open: int | None = Field(default=None, ge=1, le=100_000)
    """How many open leads each may have at most."""
    hours: Literal["office"] | Hours | None = None
    """When they get leads: always, in office hours, or in their own hours."""
    most_share: int | None = Field(default=None, ge=10, le=95)
    """With `likeliest_to_win`: the largest share of the leads (per cent) that one may get."""

    @model_validator(mode="after")
    def _somebody(self) -> Target:
        if self.strategy != "tier":
            if self.bands:
                raise PydanticCustomError("bands_without_tier", "only 'tier' has bands of value")
            _one_of_them(self.team, self.users)
            return self
        if self.team is not None or self.users:
            raise PydanticCustomError("tier_names_bands", "with 'tier' the bands name who")
        bounds = [band.at_least for band in self.bands]
        if len(bounds) < 2 or bounds[0] != 0 or bounds != sorted(set(bounds)):
            raise PydanticCustomError(
                "bands_not_in_order",
                "give at least two bands, from low to high, the first beginning at 0",
            )
        return self

    @property
    def people(self) -> Iterator[tuple[uuid.UUID | None, list[uuid.UUID]]]:
        """Every team and list of users that it names, those of its bands too."""
        named: list[Band | Target] = [*self.bands] or [self]
        yield from ((one.team, one.users) for one in named)

    def works_at(self, moment: datetime, office: WorkingTime) -> bool:
        """Whether its people work at that moment. True when it says nothing of hours."""
        if self.hours is None:
            return True
        working = office
        if isinstance(self.hours, Hours):
            days = frozenset(int(day) for day in self.hours.days)
            working = WorkingTime(
                office.zone, office.country, days, self.hours.starts, self.hours.ends
            )
        clock = moment.astimezone(ZoneInfo(working.zone)).time()
        on_duty = working.starts <= clock < working.ends
        return on_duty and working.is_working_day(working.day_of(moment))


class AssignmentRule(BaseModel):
    """When a lead enters the stage and the condition holds, the target gets it.

    When all of the target's people are away, full or off work, the targets of `otherwise` are
    tried in order; then the next rule whose condition holds.
    """

    model_config = STRICT

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    """What the turn of round robin is kept under; once in a stage."""
    name: str = Field(min_length=1, max_length=80)
    """What people see as the reason."""
    when: Condition = Field(default_factory=Condition)
    """What must hold of the lead; always, when left out."""
    to: Target
    """Who gets the lead."""
    otherwise: list[Target] = Field(default_factory=list, max_length=5)
    """Who gets it, in this order, when nobody of them is free."""

    def aims(self) -> list[AssignmentRule]:
        """The rule once for each of its targets, in order: `to` is that target.

        The key of each names the pool from which it deals: the rule's own for the first target.
        """
        others = (
            self.model_copy(update={"key": f"{self.key}+{n}", "to": target, "otherwise": []})
            for n, target in enumerate(self.otherwise, 1)
        )
        return [self, *others]

    @property
    def targets(self) -> list[Target]:
        """All its targets, in the order in which they are tried."""
        return [self.to, *self.otherwise]

    def learns(self) -> bool:
        """Whether one of its targets chooses by what was learned from closed leads."""
        return any(target.strategy == "likeliest_to_win" for target in self.targets)


def in_band(rule: AssignmentRule, value: Any) -> tuple[AssignmentRule, Band | None]:
    """A rule by tier as it is for a lead of that value: its target is the band's, dealt in turn.

    A lead whose value is not known lies in the lowest band. Other rules stay as they are.
    """
    if rule.to.strategy != "tier":
        return rule, None
    worth = Decimal(0) if value is None else Decimal(str(value))
    place = max(n for n, band in enumerate(rule.to.bands) if n == 0 or band.at_least <= worth)
    band = rule.to.bands[place]
    target = rule.to.model_copy(update={"team": band.team, "users": band.users, "bands": []})
    key = f"{rule.key}/{place + 1}"
    return rule.model_copy(update={"key": key, "to": target}), band


def _one_of_them(team: uuid.UUID | None, users: list[uuid.UUID]) -> None:
    if (team is None) == (not users):
        raise PydanticCustomError("nobody_named", "name either a team or at least one user")
