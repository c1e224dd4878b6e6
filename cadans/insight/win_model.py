"""Which rep is likeliest to win which leads, learned from closed leads. Pure.

What it says is honest about chance: a rep's results are drawn towards what the whole team would
have won with the same leads, the more so the fewer leads there are, and as far as all reps'
results together look like chance, no difference is claimed at all.

1. **The same leads.** How often leads of a kind are won by anybody, `q`, is a logistic model with
   an effect for each trait (source, territory, product line, size), drawn towards none. A rep with
   the hard leads is not called weak for it: what counts is wins against what `q` expects.
2. **Reps.** A rep's chance is Beta(K·q, K·(1 - q)): beta-binomial, K learned from the data
   (empirical Bayes). K without bound means that reps do not differ.
3. **Kinds of leads.** A rep may be better with some leads than with others. For each trait, and
   each pair of them, the rep's chance with leads alike in it is a Beta around the rep's own
   chance, its strength learned in the same way. At most one of these is believed: the one for
   which the data speak most.
4. **Do they differ?** The evidence for "no differences", for "reps differ" and for "reps differ by
   kind" is weighed with Bayes' rule. What "no differences" loses is `differ`; leads are dealt
   the more evenly, the smaller it is.

Source: the beta-binomial model and its empirical Bayes estimate as in B. Efron and C. Morris,
Data Analysis Using Stein's Estimator and Its Generalizations, JASA 70 (1975), and J. Kleinman,
Proportions with Extraneous Variance, JASA 68 (1973).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import exp, inf, log
from typing import Any

from cadans.assignment.chances import EVERYWHERE, segment_of
from cadans.insight.shrinkage import NO_DIFFERENCES, Spread, spread_of

TRAITS = ("source", "territory", "product_line", "size")
"""What can make leads alike: all of it known before the lead is won or lost. The value is not
among them, since what is lost early or for nothing often has none."""

KNOWN = 0.95
"""The part of closed leads that must have a trait for it to be looked at. One that is filled in
only when a lead goes well would tell the outcome, and whoever fills it in would seem to win."""

BY_KIND = 0.2
"""How likely it is, before anything is seen, that they differ from one kind of leads to another;
shared by the ways to tell kinds apart."""

SWEEPS = 12
"""Rounds in which the effects of the traits are fitted to each other."""

TIE = 2.0
"""How strongly an effect of a trait is drawn towards none (a Gaussian prior's precision)."""


@dataclass(frozen=True)
class Cell:
    """Closed leads of one rep with the same traits: how many, and how many of them were won."""

    rep: str
    traits: Mapping[str, str]
    wins: int
    closed: int


@dataclass(frozen=True)
class Tally:
    """Closed leads, wins, and the wins that anybody would have had with the same leads."""

    closed: int = 0
    wins: int = 0
    expected: float = 0.0

    def plus(self, closed: int, wins: int, expected: float) -> Tally:
        """With more leads."""
        return Tally(self.closed + closed, self.wins + wins, self.expected + expected)

    def without(self, other: Tally) -> Tally:
        """With fewer leads."""
        return Tally(
            self.closed - other.closed, self.wins - other.wins, self.expected - other.expected
        )

    @property
    def rate(self) -> float:
        """What anybody would have won of them, as a share."""
        return min(max(self.expected / self.closed, 0.001), 0.999)


def learn(cells: Sequence[Cell], names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The document that `assignment.chances` reads; empty when nothing was closed.

    `names` says what the values of a trait are called (trait → value → name).
    """
    cells = [cell for cell in cells if cell.closed]
    if not cells:
        return {}
    telling = _telling(cells)
    cells = [replace(cell, traits={one: cell.traits[one] for one in telling}) for cell in cells]
    rates = _rates(cells)
    reps = _tallies(cells, rates, lambda cell: cell.rep)
    among_reps = _spread((tally, tally.rate) for tally in reps.values())
    seen = among_reps.evidence > 0
    between = among_reps.strength if seen else inf
    likenesses = [*((trait,) for trait in telling), *combinations(telling, 2)]
    kinds = {alike: _spread(_kinds(cells, rates, reps, alike, between)) for alike in likenesses}
    weights: dict[tuple[str, ...], float] = {
        (): log(1 - NO_DIFFERENCES - BY_KIND) + among_reps.evidence
    }
    for alike, spread in kinds.items():
        prior = log(BY_KIND / len(kinds))
        weights[alike] = prior + max(among_reps.evidence, 0) + spread.evidence
    likeliest = max(weights, key=lambda alike: weights[alike])
    different = sum(exp(min(weight, 600)) for weight in weights.values())
    return {
        "alike": list(likeliest),
        "differ": round(different / (different + NO_DIFFERENCES), 6),
        "closed": sum(cell.closed for cell in cells),
        "known": {rep: tally.closed for rep, tally in reps.items()},
        "segments": _segments(
            cells,
            rates,
            likeliest,
            between=between if likeliest else among_reps.strength,
            inside=kinds[likeliest].strength if likeliest else inf,
            names=names,
        ),
    }


Rates = Mapping[tuple[str, ...], float]
"""What anybody wins of leads with these values of `TRAITS`, as a share."""


def _rates(cells: Sequence[Cell]) -> Rates:
    """The logistic model of what anybody wins: each trait's effect in turn, by Newton's steps."""
    kinds: dict[tuple[str, ...], tuple[int, int]] = {}
    for cell in cells:
        n, won = kinds.get(_kind(cell), (0, 0))
        kinds[_kind(cell)] = (n + cell.closed, won + cell.wins)
    closed, wins = (sum(counts) for counts in zip(*kinds.values(), strict=True))
    base = _logit((wins + 0.5) / (closed + 1))
    effects: dict[tuple[int, str], float] = defaultdict(float)
    by_effect: dict[tuple[int, str], list[tuple[str, ...]]] = defaultdict(list)
    for kind in kinds:
        for place, value in enumerate(kind):
            by_effect[place, value].append(kind)
    telling = {key: row for key, row in by_effect.items() if len(row) < len(kinds)}
    scores = dict.fromkeys(kinds, base)
    for _sweep in range(SWEEPS if telling else 0):
        for key, row in telling.items():
            left = slope = 0.0
            for kind in row:
                n, won = kinds[kind]
                share = _share(scores[kind])
                left += won - n * share
                slope += n * share * (1 - share)
            step = (left - TIE * effects[key]) / (slope + TIE)
            effects[key] += step
            for kind in row:
                scores[kind] += step
    return {kind: _share(score) for kind, score in scores.items()}


def _kind(cell: Cell) -> tuple[str, ...]:
    return tuple(cell.traits.get(trait, "") for trait in TRAITS)


def _tallies(cells: Iterable[Cell], rates: Rates, key: Callable[[Cell], Any]) -> dict[Any, Tally]:
    tallies: dict[Any, Tally] = defaultdict(Tally)
    for cell in cells:
        expected = cell.closed * rates[_kind(cell)]
        tallies[key(cell)] = tallies[key(cell)].plus(cell.closed, cell.wins, expected)
    return dict(tallies)


def _telling(cells: Sequence[Cell]) -> list[str]:
    """The traits that nearly all leads have, and in which they differ."""
    closed = sum(cell.closed for cell in cells)
    telling = []
    for trait in TRAITS:
        values = {cell.traits.get(trait, "") for cell in cells}
        known = sum(cell.closed for cell in cells if cell.traits.get(trait))
        if len(values) > 1 and known >= KNOWN * closed:
            telling.append(trait)
    return telling


def _kinds(
    cells: Sequence[Cell],
    rates: Rates,
    reps: Mapping[str, Tally],
    alike: tuple[str, ...],
    between: float,
) -> Iterable[tuple[Tally, float]]:
    """What each rep won of each kind of leads, and what the rep's own chance makes of it."""
    own = {rep: _tilt(tally, between) for rep, tally in reps.items()}
    parts = _tallies(cells, rates, lambda cell: (cell.rep, segment_of(cell.traits, alike)))
    for (rep, _segment), tally in parts.items():
        yield tally, _tilted(tally.rate, own[rep])


def _spread(tallies: Iterable[tuple[Tally, float]]) -> Spread:
    return spread_of((tally.wins, tally.closed, rate) for tally, rate in tallies)


def _tilt(tally: Tally, strength: float) -> float:
    """How much better than anybody a rep is, as a ratio of odds, drawn towards 1."""
    if strength == inf or not tally.closed:
        return 1.0
    mean = (strength * tally.rate + tally.wins) / (strength + tally.closed)
    return _odds(mean) / _odds(tally.rate)


def _tilted(rate: float, tilt: float) -> float:
    odds = _odds(rate) * tilt
    return min(max(odds / (1 + odds), 0.001), 0.999)


def _segments(
    cells: Sequence[Cell],
    rates: Rates,
    alike: tuple[str, ...],
    *,
    between: float,
    inside: float,
    names: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """What is known of each rep with each kind of leads, and with leads of no known kind."""
    everywhere = _tallies(cells, rates, lambda cell: cell.rep)
    whole = _together(everywhere.values())
    segments = {EVERYWHERE: _segment(whole, everywhere, {}, between, inside)}
    if not alike:
        return segments
    inside_of: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if all(cell.traits.get(trait) for trait in alike):
            inside_of[segment_of(cell.traits, alike)].append(cell)
    for key, row in inside_of.items():
        here = _tallies(row, rates, lambda cell: cell.rep)
        called = {trait: names.get(trait, {}).get(row[0].traits[trait], "") for trait in alike}
        segment = _segment(_together(here.values()), everywhere, here, between, inside)
        segments[key] = {**segment, "names": called}
    return segments


def _together(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole = whole.plus(tally.closed, tally.wins, tally.expected)
    return whole


def _segment(
    team: Tally,
    everywhere: Mapping[str, Tally],
    here: Mapping[str, Tally],
    between: float,
    inside: float,
) -> dict[str, Any]:
    base = min(max((team.wins + 0.5) / (team.closed + 1), 0.001), 0.999)
    betas = {
        rep: _beta(base, everywhere[rep], here.get(rep, Tally()), between, inside)
        for rep in everywhere
    }
    return {
        "wins": team.wins,
        "closed": team.closed,
        "reps": {rep: _with_interval(*beta) for rep, beta in betas.items()},
        "others": _with_interval(*_beta(base, Tally(), Tally(), between, inside)),
    }


def _beta(
    base: float, everywhere: Tally, here: Tally, between: float, inside: float
) -> tuple[float, float, int, int]:
    """A rep's chance with a kind of leads that anybody wins at rate `base`: alpha, beta; and the
    rep's own wins and closed leads of the kind.

    The rep's other leads say where to start, this kind's leads add to it, and each is believed as
    far as chances lie apart `between` reps and `inside` one rep's kinds of leads.
    """
    other = everywhere.without(here)
    known = between + other.closed if between != inf else inf
    start = 1 / (1 / known + 1 / inside) if (known, inside) != (inf, inf) else 1e9
    tilt = _tilt(other, between)
    own = here if here.closed else Tally(0, 0, 0)
    rate = _tilted(own.rate if own.closed else base, tilt)
    mean = (start * rate + own.wins) / (start + own.closed)
    shifted = _tilted(base, _odds(mean) / _odds(own.rate if own.closed else base))
    total = start + own.closed
    shown = own if here.closed else (everywhere if inside == inf else own)
    return shifted * total, (1 - shifted) * total, shown.wins, shown.closed


def _with_interval(alpha: float, beta: float, wins: int, closed: int) -> list[float]:
    from scipy.special import betaincinv  # large: only the job that learns needs it

    low, high = (float(betaincinv(alpha, beta, share)) for share in (0.025, 0.975))
    return [round(alpha, 4), round(beta, 4), round(low, 4), round(high, 4), wins, closed]


def _logit(share: float) -> float:
    return log(share / (1 - share))


def _share(score: float) -> float:
    return min(max(1 / (1 + exp(-score)), 0.001), 0.999)


def _odds(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return share / (1 - share)
