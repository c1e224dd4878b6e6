"""Likeliest to win: by what each rep's closed leads of this kind say, and what they leave open.

Thompson sampling: for each rep a chance is drawn from what is known of them (wide for who closed
little, narrow for who closed much), and the highest gets the lead. So whoever is likely to be
best gets most leads, and whoever might be gets enough to find out. Around it:

- With few closed leads, or results that differ no more than by chance, the lead goes to whoever
  had the fewest of late: evenly. In between, that happens as often as it is likely that there is
  no difference at all.
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

ENOUGH = 10
"""Closed leads that there must be for each rep, on average, before results are looked at."""

LEAST = 0.055
"""The smallest share of the latest leads; a little more than the 5 % that is promised."""

MOST = 0.6
"""The largest share of the latest leads, where the rule says nothing else."""

MEMORY = 200
"""How many leads count as the latest: each one later makes earlier ones count 1/200 less."""

NOTHING_ELSE = Context()


def pick(candidates: Sequence[Candidate], rota: Rota, context: Context = NOTHING_ELSE) -> Picked:
    """The candidate with the highest chance drawn, within what keeps it fair."""
    row = sorted(candidates, key=lambda one: str(one.id))
    had = {one: rota.tally.get(str(one.id), 0.0) for one in row}
    neediest = min(row, key=lambda one: had[one])
    if len(row) == 1:
        return _picked(neediest, rota, {"way": "only_one"})
    chances = context.chances()
    if chances is None or _closed(chances, row) < ENOUGH * len(row):
        closed = _closed(chances, row) if chances else 0
        return _picked(neediest, rota, {"way": "too_little", "closed": closed})
    luck = random.Random(context.seed)  # noqa: S311 - no secret depends on it
    told = _told(chances)
    if luck.random() >= chances.differ:
        return _picked(neediest, rota, {"way": "alike", **told})
    total = sum(had.values())
    if had[neediest] < least_share(len(row)) * total:
        return _picked(neediest, rota, {"way": "learning", **told, **_of(chances, neediest)})
    most = most_share(len(row), context.most_share) * total
    free = [one for one in row if had[one] + 1 <= most] or row
    best = max(free, key=lambda one: _drawn(chances.of(one.id), luck))
    return _picked(best, rota, {"way": "chance", **told, **_of(chances, best)})


def least_share(reps: int) -> float:
    """The smallest share that each of so many reps gets: 5 %, or half an even share."""
    return min(LEAST, 0.5 / reps)


def most_share(reps: int, percent: int | None) -> float:
    """The largest share that one of so many reps gets; always more than an even share."""
    wanted = MOST if percent is None else percent / 100
    return max(wanted, 1.25 / reps)


def _picked(who: Candidate, rota: Rota, why: dict[str, Any]) -> Picked:
    tally = {rep: round(n * (1 - 1 / MEMORY), 4) for rep, n in rota.tally.items()}
    tally[str(who.id)] = tally.get(str(who.id), 0.0) + 1
    return Picked(who, why, tally)


def _drawn(chance: Chance, luck: random.Random) -> float:
    return luck.betavariate(chance.alpha, chance.beta)


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
