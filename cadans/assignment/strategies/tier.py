"""Tier by value: the band in which the lead's value lies says who; among them, in turn.

Which band that is, is settled before anybody is looked up (`rules.in_band`).
"""

from collections.abc import Sequence

from cadans.assignment.candidates import Candidate, Context, Picked, Rota
from cadans.assignment.strategies import round_robin

NOTHING_ELSE = Context()


def pick(candidates: Sequence[Candidate], rota: Rota, context: Context = NOTHING_ELSE) -> Picked:
    """The next of the band's people."""
    return round_robin.pick(candidates, rota)
