"""How one of several reps is chosen. A new way is one file here and one line in the table."""

from collections.abc import Callable, Sequence

from cadans.assignment.candidates import Candidate, Rota
from cadans.assignment.strategies import fewest_open, round_robin

Pick = Callable[[Sequence[Candidate], Rota], Candidate]

STRATEGIES: dict[str, Pick] = {
    "round_robin": round_robin.pick,
    "fewest_open": fewest_open.pick,
}
