"""Weighted: everybody in turn, some more often. Weight 3 gets three times what weight 1 gets.

Smooth weighted round robin (as in nginx): at each turn everybody is owed their weight more, who
is owed most gets the lead and is owed the sum of the weights less. Over a cycle of as many leads
as the weights add up to, everybody gets exactly their weight, spread as evenly as can be.
"""

from collections.abc import Sequence

from cadans.assignment.candidates import Candidate, Context, Picked, Rota

NOTHING_ELSE = Context()


def pick(candidates: Sequence[Candidate], rota: Rota, context: Context = NOTHING_ELSE) -> Picked:
    """The candidate who is owed most; among equals the first in the order of their ids.

    Whoever cannot take a lead now is owed no more for it, and finds what they were owed again.
    """
    row = sorted(candidates, key=lambda one: str(one.id))
    total = sum(one.weight for one in row)
    owed = {str(one.id): rota.tally.get(str(one.id), 0) + one.weight for one in row}
    picked = max(row, key=lambda one: owed[str(one.id)])
    owed[str(picked.id)] -= total
    return Picked(picked, {"weight": picked.weight, "weights": total}, {**rota.tally, **owed})
