"""Who may get leads while a design is tried: teams, absences, turns, open leads. Pure.

What `leads.candidates` and the turns in the database tell of now, this tells of a moment in the
past. Teams are as they are today.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cadans.assignment.candidates import Candidate, Context, Rota
from cadans.assignment.chances import Chances, Traits, chances_in, size_of
from cadans.assignment.choose import Choice, choose
from cadans.assignment.rules import AssignmentRule, Target
from cadans.assignment.strategies import STRATEGIES
from cadans.ground.working_time import WorkingTime


@dataclass(frozen=True, eq=False)
class Member:
    """Somebody in a team (or named by a rule, then without a capacity). Compared as a thing."""

    id: uuid.UUID
    name: str
    capacity: int | None = None
    weight: int = 1


Change = tuple[datetime, uuid.UUID, int]
"""Somebody's open leads changed at a moment, by one more or one less."""


@dataclass
class Roster:
    """Whom rules may choose from, and how the choice stands at each moment.

    `away` are the days on which somebody is absent, as pairs of first day and day of return;
    `elsewhere` tells of the open leads that are not played, in the order of time; `learned` is what
    is known today of the reps' chances (`assignment.chances`).
    """

    working: WorkingTime
    teams: Mapping[uuid.UUID, Sequence[Member]] = field(default_factory=dict)
    users: Mapping[uuid.UUID, Member] = field(default_factory=dict)
    managers: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    away: Mapping[uuid.UUID, Sequence[tuple[date | None, date | None]]] = field(
        default_factory=dict
    )
    elsewhere: Sequence[Change] = ()
    learned: Mapping[str, Any] = field(default_factory=dict)
    open_leads: Counter[uuid.UUID] = field(default_factory=Counter)
    turns: dict[str, Rota] = field(default_factory=dict)
    _told: int = 0
    _last: dict[Member, Candidate] = field(default_factory=dict)

    def choose(
        self,
        rules: Sequence[AssignmentRule],
        facts: Mapping[str, Any],
        *,
        lead: str,
        traits: Traits,
        at: datetime,
        fallback: Target | None = None,
    ) -> Choice | None:
        """Whom the rules give the lead to at that moment; whoever gets it has had their turn."""
        day = self.working.day_of(at)
        self._look_elsewhere(at)

        def candidates(rule: AssignmentRule) -> tuple[Sequence[Candidate], Rota]:
            return self.candidates(rule.to, day), self.turns.get(rule.key, Rota())

        def chances() -> Chances | None:
            size = size_of(facts.get("company.employees"))
            return chances_in(self.learned, {**traits, "size": size})

        context = Context(seed=lead, at=at, office=self.working, chances=chances)
        choice = choose(rules, facts, candidates, context, fallback)
        if choice is not None and choice.user is not None:
            self.turns[choice.rule] = Rota(choice.user, choice.tally)
        return choice

    def choose_for_task(
        self,
        team: uuid.UUID,
        *,
        strategy: str,
        pool: str,
        at: datetime,
        otherwise: uuid.UUID | None,
    ) -> uuid.UUID | None:
        """Whose a task of a team is: somebody who is there, chosen by the task's strategy."""
        self._look_elsewhere(at)
        day = self.working.day_of(at)
        able = [one for one in self.candidates(Target(team=team), day) if not one.absent]
        if not able:
            return otherwise
        picked = STRATEGIES[strategy](able, self.turns.get(pool, Rota()), Context())
        self.turns[pool] = Rota(picked.id)
        return picked.id

    def candidates(self, target: Target, day: date) -> Sequence[Candidate]:
        """The people whom a target names, as they are on that day."""
        found: Sequence[Member] = (
            self.teams.get(target.team, ())
            if target.team
            else [self.users[one] for one in target.users if one in self.users]
        )
        return [self._candidate(one, day) for one in found]

    def _candidate(self, one: Member, day: date) -> Candidate:
        """The same as the last time, unless something about them changed."""
        last, open_leads = self._last.get(one), self.open_leads[one.id]
        away = bool(self.away) and one.id in self.away and self.is_away(one.id, day)
        if last is None or last.absent != away or last.open_leads != open_leads:
            last = self._last[one] = Candidate(
                one.id, one.name, open_leads, one.capacity, one.weight, away
            )
        return last

    def is_away(self, user: uuid.UUID, day: date) -> bool:
        """Whether somebody is absent on that day."""
        return any(
            (first is None or first <= day) and (back is None or day < back)
            for first, back in self.away.get(user, ())
        )

    def give(self, before: uuid.UUID | None, after: uuid.UUID | None) -> None:
        """Count that an open lead went from one to another."""
        if before is not None:
            self.open_leads[before] -= 1
        if after is not None:
            self.open_leads[after] += 1

    def _look_elsewhere(self, at: datetime) -> None:
        while self._told < len(self.elsewhere) and self.elsewhere[self._told][0] <= at:
            _moment, user, change = self.elsewhere[self._told]
            self.open_leads[user] += change
            self._told += 1
