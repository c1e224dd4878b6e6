"""Likeliest to win: by what each rep's closed leads of this kind say, and what they leave open.

Thompson sampling: for each rep a chance is drawn from what is known of them (wide for who closed
little, narrow for who closed much), and the highest gets the lead. So whoever is likely to be
best gets most leads, and whoever might be gets enough to find out. Around it:

- With few closed leads, or results that differ no more than by chance, the lead goes to whoever
  had the fewest of late: evenly. In between that happens the less, the likelier it is that there
  is a difference at all.
- Nobody falls below `LEAST` of the pool's latest leads (half an even share with many reps), and
  nobody gets more than `MOST`, or what the rule says.

Chance is drawn from the lead's own id: the same lead with the same knowledge goes the same way.
Source: W. R. Thompson, On the likelihood that one unknown probability exceeds another in view of
the evidence of two samples, Biometrika 25 (1933).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from cadans.assignment.candidates import Candidate, Context, Picked, Rota
from cadans.assignment.chances import Chance, Chances

ENOUGH = 5
"""Closed leads that there must be for each rep, on average, before results are looked at."""

LEAST = 0.0505
"""The smallest share of the latest leads; just above the 5 % that is promised."""

MOST = 0.75
"""The largest share of the latest leads, where the rule says nothing else."""

MEMORY = 2000
"""How many leads count as the latest: each one later makes earlier ones count 1/2000 less."""

SURENESS = 2.0
"""Chances are drawn as if so many times as much were known. The least share sees to learning
already; drawn as they are, weak reps would get more leads than learning needs."""

CAUTION = 2
"""To which power the likelihood that reps differ is raised: at 50 % three in four leads are dealt
evenly, at 95 % one in ten."""

NOTHING_ELSE = Context()


def pick(candidates: Sequence[Candidate], rota: Rota, context: Context = NOTHING_ELSE) -> Picked:
    """The candidate with the highest chance drawn, within what keeps it fair."""
    row = sorted(candidates, key=lambda one: str(one.id))
    if len(row) == 1:
        return Picked(row[0], {"way": "only_one"}, _after(row, row[0], rota))
    had = _had(row, rota)
    neediest = min(row, key=lambda one: had[one])
    chances = context.chances()
    if chances is None or _closed(chances, row) < ENOUGH * len(row):
        why = {"way": "too_little", "closed": _closed(chances, row) if chances else 0}
        return Picked(neediest, why, _after(row, neediest, rota))
    told = _told(chances)
    luck = random.Random(context.seed)  # noqa: S311 - no secret depends on it
    if luck.random() >= chances.differ**CAUTION:
        return Picked(neediest, {"way": "alike", **told}, _after(row, neediest, rota))
    total = sum(had.values())
    if had[neediest] < least_share(len(row)) * total:
        why = {"way": "learning", **told, **_of(chances, neediest)}
        return Picked(neediest, why, _after(row, neediest, rota))
    most = most_share(len(row), context.most_share) * (total + 1)
    free = [one for one in row if had[one] + 1 <= most] or row
    best = max(free, key=lambda one: _drawn(chances.of(one.id), luck))
    return Picked(best, {"way": "chance", **told, **_of(chances, best)}, _after(row, best, rota))


def least_share(reps: int) -> float:
    """The smallest share that each of so many reps gets: 5 %, or half an even share."""
    return min(LEAST, 0.5 / reps)


def most_share(reps: int, percent: int | None) -> float:
    """The largest share that one of so many reps gets; always more than an even share."""
    wanted = MOST if percent is None else percent / 100
    return max(wanted, 1.25 / reps)


def _had(row: Sequence[Candidate], rota: Rota) -> dict[Candidate, float]:
    """How many of the latest leads each had; somebody new begins with as many as the others."""
    known = [rota.tally[str(one.id)] for one in row if str(one.id) in rota.tally]
    usual = sum(known) / len(known) if known else 0.0
    return {one: rota.tally.get(str(one.id), usual) for one in row}


def _after(row: Sequence[Candidate], who: Candidate, rota: Rota) -> dict[str, float]:
    """The tally with this lead. Who could not take it counts as having had an even part of it,
    so that nobody has to catch up after a holiday."""
    had = {str(one.id): n for one, n in _had(row, rota).items()}
    away = {rep: n + 1 / len(row) for rep, n in rota.tally.items() if rep not in had}
    had[str(who.id)] += 1
    return {rep: round(n * (1 - 1 / MEMORY), 4) for rep, n in {**away, **had}.items()}


def _drawn(chance: Chance, luck: random.Random) -> float:
    return luck.betavariate(SURENESS * chance.alpha, SURENESS * chance.beta)


def _closed(chances: Chances, row: Sequence[Candidate]) -> int:
    return sum(chances.known.get(str(one.id), 0) for one in row)


def _told(chances: Chances) -> dict[str, Any]:
    return {
        "alike": dict(chances.alike),
        "differ": round(chances.differ, 3),
        "team_wins": chances.wins,
        "team_closed": chances.closed,
        "closed": chances.learned_from,
    }


def _of(chances: Chances, rep: Candidate) -> dict[str, Any]:
    chance = chances.of(rep.id)
    return {
        "chance": round(chance.mean, 3),
        "low": round(chance.low, 3),
        "high": round(chance.high, 3),
        "wins": chance.wins,
        "own_closed": chance.closed,
    }
