"""Fewest open: the rep with the fewest open leads; among equals, in turn."""

from collections.abc import Sequence

from cadans.assignment.candidates import Candidate, Rota
from cadans.assignment.strategies import round_robin


def pick(candidates: Sequence[Candidate], rota: Rota) -> Candidate:
    """The candidate with the least on their plate; round robin among those with equally little."""
    least = min(one.open_leads for one in candidates)
    return round_robin.pick([one for one in candidates if one.open_leads == least], rota)
