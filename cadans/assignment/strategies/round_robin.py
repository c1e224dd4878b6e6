"""Round robin: everybody in turn."""

from collections.abc import Sequence

from cadans.assignment.candidates import Candidate, Rota


def pick(candidates: Sequence[Candidate], rota: Rota) -> Candidate:
    """The first candidate, in the order of their ids, after the one who had the last turn."""
    row = sorted(candidates, key=lambda one: str(one.id))
    later = [one for one in row if rota.last and str(one.id) > str(rota.last)]
    return (later or row)[0]
