"""Fewest open: the rep with the fewest open leads; among equals, in turn."""

from collections.abc import Sequence

from cadans.assignment.candidates import Candidate, Context, Picked, Rota
from cadans.assignment.strategies import round_robin

NOTHING_ELSE = Context()


def pick(candidates: Sequence[Candidate], rota: Rota, context: Context = NOTHING_ELSE) -> Picked:
    """The candidate with the least on their plate; round robin among those with equally little."""
    least = min(one.open_leads for one in candidates)
    return round_robin.pick([one for one in candidates if one.open_leads == least], rota)
