"""Round robin: everybody in turn."""

from collections.abc import Sequence

from cadans.assignment.candidates import Candidate, Context, Picked, Rota

NOTHING_ELSE = Context()


def pick(candidates: Sequence[Candidate], rota: Rota, context: Context = NOTHING_ELSE) -> Picked:
    """The first candidate, in the order of their ids, after the one who had the last turn."""
    row = sorted(candidates, key=lambda one: str(one.id))
    later = [one for one in row if rota.last and str(one.id) > str(rota.last)]
    return Picked((later or row)[0])
