"""What is learned of who wins: honest about chance, quick to learn what is no chance."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import betabinom, binom, chisquare

from cadans.assignment.candidates import Candidate, Context, Rota
from cadans.assignment.chances import Chances, chances_in
from cadans.assignment.strategies import likeliest_to_win
from cadans.insight import shrinkage, win_model
from cadans.insight.win_model import Cell, learn

LEADS = 5000


def cells(*rows: tuple[str, str, int, int]) -> list[Cell]:
    """Cells of (rep, source, wins, closed)."""
    return [Cell(rep, {"source": source}, wins, closed) for rep, source, wins, closed in rows]


def known(rows: Sequence[Cell], source: str = "") -> Chances:
    chances = chances_in(learn(rows, {"source": {"web": "Website"}}), {"source": source})
    assert chances is not None
    return chances


# ── what it says of a table ─────────────────────────────────────────────────────────────────


def test_nothing_closed_nothing_learned() -> None:
    assert learn([], {}) == {}
    assert chances_in({}, {}) is None


def test_reps_who_differ_by_chance_do_not_differ() -> None:
    rows = cells(*((f"rep{n}", "", 33 + n % 3, 100) for n in range(8)))
    assert known(rows).differ < 0.25


def test_reps_who_differ_do_and_are_drawn_towards_the_team() -> None:
    chances = known(cells(("a", "", 60, 100), ("b", "", 30, 100), ("c", "", 3, 5)))
    assert chances.differ > 0.95
    a, b, c = (chances.reps[rep] for rep in "abc")
    assert 0.45 < a.mean < 0.60
    assert 0.30 < b.mean < 0.45
    assert abs(c.mean - 93 / 205) < abs(0.6 - 93 / 205) / 2
    assert c.high - c.low > a.high - a.low
    assert (a.wins, a.closed, chances.wins, chances.closed) == (60, 100, 93, 205)


def test_a_rep_with_the_hard_leads_is_not_called_weak() -> None:
    """Everybody wins half of one source and a tenth of the other; one gets the hard ones."""
    rows = cells(
        *((rep, "easy", 100, 200) for rep in "abc"),
        *((rep, "hard", 3, 30) for rep in "abc"),
        ("d", "hard", 40, 400),
    )
    chances = known(rows)
    assert chances.differ < 0.25
    assert min(chance.mean for chance in chances.reps.values()) > 0.9 * chances.others.mean


def test_a_rep_may_be_better_with_one_kind_of_leads() -> None:
    rows = cells(
        ("a", "web", 100, 200),
        ("a", "fair", 40, 200),
        ("b", "web", 40, 200),
        ("b", "fair", 100, 200),
    )
    chances = known(rows, "web")
    assert chances.alike == {"source": "Website"}
    assert chances.reps["a"].mean > 0.4 > 0.3 > chances.reps["b"].mean
    other = known(rows, "never heard of")
    assert other.reps["a"].mean == pytest.approx(other.reps["b"].mean, abs=0.02)


def test_what_is_filled_in_only_when_it_goes_well_says_nothing() -> None:
    """Anna notes the source of what she wins, Bram of what he loses; both win 40 of 100."""
    rows = cells(("a", "web", 40, 40), ("a", "", 0, 60), ("b", "web", 0, 60), ("b", "", 40, 40))
    chances = known(rows, "web")
    assert chances.alike == {}
    assert chances.differ < 0.5


def test_the_evidence_is_that_of_the_beta_binomial() -> None:
    """Against SciPy's own distributions, which count the orders that ours leaves out."""
    rows = [(12, 40), (30, 60), (5, 25)]
    rate = 47 / 125
    tallies = [(win_model.Tally(n, won, n * rate), rate) for won, n in rows]
    for strength in shrinkage.STRENGTHS:
        ours = sum(
            shrinkage.beta_binomial(won, n, rate, strength)
            - won * np.log(rate)
            - (n - won) * np.log(1 - rate)
            for won, n in rows
        )
        theirs = sum(
            betabinom.logpmf(won, n, strength * rate, strength * (1 - rate))
            - binom.logpmf(won, n, rate)
            for won, n in rows
        )
        assert ours == pytest.approx(float(theirs), abs=1e-9)
    assert win_model._spread(tallies).strength > 0


def test_the_interval_holds_what_it_says() -> None:
    """Of reps whose true chances are drawn and known, 95 % lie within their interval."""
    luck = random.Random(7)
    inside, n = 0, 40
    for _again in range(25):
        truth = {f"r{rep}": luck.betavariate(20 * 0.3, 20 * 0.7) for rep in range(n)}
        rows = cells(
            *(
                (rep, "", sum(luck.random() < chance for _lead in range(60)), 60)
                for rep, chance in truth.items()
            )
        )
        chances = known(rows)
        inside += sum(
            chances.reps[rep].low <= chance <= chances.reps[rep].high
            for rep, chance in truth.items()
        )
    assert 0.92 < inside / (25 * n) < 0.98


# ── dealing by it: a firm whose reps' true skills are known ─────────────────────────────────

Skills = Sequence[Sequence[float]]
"""Each rep's true chance to win a lead of each source."""


@dataclass(frozen=True)
class Year:
    """What came of dealing `LEADS` leads: who got how many, and the wins to be expected."""

    got: list[int]
    wins: float


def deal(skills: Skills, mix: Sequence[float], seed: int) -> Year:
    """Leads come one by one, are closed a hundred leads later, and are learned from by night
    (every fifty leads)."""
    luck = random.Random(seed)
    reps = [Candidate(UUID(int=n + 1), f"Rep {n}") for n in range(len(skills))]
    place = {rep.id: n for n, rep in enumerate(reps)}
    closed: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    open_leads: list[tuple[int, int, bool]] = []
    document: Mapping[str, object] = {}
    rota, got, wins = Rota(), [0] * len(reps), 0.0
    for lead in range(LEADS):
        if lead % 50 == 0:
            for rep, source, won in open_leads[: max(len(open_leads) - 100, 0)]:
                closed[rep, source][0] += won
                closed[rep, source][1] += 1
            open_leads = open_leads[max(len(open_leads) - 100, 0) :]
            document = learn(
                [
                    Cell(str(reps[rep].id), {"source": f"s{source}"}, won, n)
                    for (rep, source), (won, n) in closed.items()
                ],
                {},
            )
        source = luck.choices(range(len(mix)), mix)[0]
        context = Context(seed=f"{seed}/{lead}", chances=_asked(document, {"source": f"s{source}"}))
        picked = likeliest_to_win.pick(reps, rota, context)
        rota = Rota(picked.id, picked.tally)
        rep = place[picked.id]
        got[rep] += 1
        wins += skills[rep][source]
        open_leads.append((rep, source, luck.random() < skills[rep][source]))
    return Year(got, wins)


def _asked(
    document: Mapping[str, object], traits: Mapping[str, str]
) -> Callable[[], Chances | None]:
    return lambda: chances_in(document, traits)


def all_knowing(skills: Skills, mix: Sequence[float]) -> float:
    """The wins of whoever knows all skills and keeps to the same rules: 5 % for each, and no more
    than the largest share (linear programming over reps and sources)."""
    reps, sources = len(skills), len(mix)
    total = np.zeros((sources, reps * sources))
    for source in range(sources):
        total[source, source::sources] = 1
    share = np.kron(np.eye(reps), np.ones(sources))
    most = likeliest_to_win.most_share(reps, None)
    best = linprog(
        -np.array(skills).ravel(),
        A_ub=np.vstack([share, -share]),
        b_ub=[most] * reps + [-0.05] * reps,
        A_eq=total,
        b_eq=mix,
    )
    return -float(best.fun) * LEADS


def in_turn(skills: Skills, mix: Sequence[float]) -> float:
    """The wins of dealing in turn."""
    return LEADS * sum(
        share * sum(row[n] for row in skills) / len(skills) for n, share in enumerate(mix)
    )


SIX = [[0.15 + 0.05 * n] for n in range(6)]
FIVE = [[0.25 + 0.05 * n] for n in range(5)]
EACH_A_SOURCE = [[0.5 if source == rep else 0.2 for source in range(4)] for rep in range(4)]


@pytest.mark.parametrize(
    ("skills", "mix"),
    [(SIX, [1.0]), (FIVE, [1.0]), (EACH_A_SOURCE, [0.25] * 4)],
    ids=["six", "five", "each a source"],
)
def test_it_wins_nine_tenths_of_what_is_to_be_won_and_leaves_everybody_a_share(
    skills: Skills, mix: Sequence[float]
) -> None:
    years = [deal(skills, mix, seed) for seed in (1, 2, 3)]
    even, best = in_turn(skills, mix), all_knowing(skills, mix)
    gained = [(year.wins - even) / (best - even) for year in years]
    assert sum(gained) / len(gained) >= 0.9, gained
    assert min(gained) > 0.8
    assert min(min(year.got) for year in years) >= 0.05 * LEADS


@pytest.mark.parametrize(
    ("skills", "mix"),
    [([[0.35]] * 8, [1.0]), ([[0.2, 0.35, 0.5]] * 6, [0.4, 0.35, 0.25]), ([[0.3]] * 20, [1.0])],
    ids=["eight", "six with sources that differ", "twenty"],
)
def test_among_equals_it_stays_even(skills: Skills, mix: Sequence[float]) -> None:
    assert chisquare(deal(skills, mix, seed=1).got).pvalue > 0.01
