"""How one of several reps is chosen. A new way is one file here and one line in the table."""

from collections.abc import Callable, Sequence

from cadans.assignment.candidates import Candidate, Context, Picked, Rota
from cadans.assignment.strategies import (
    fewest_open,
    likeliest_to_win,
    round_robin,
    tier,
    weighted,
)

Pick = Callable[[Sequence[Candidate], Rota, Context], Picked]

STRATEGIES: dict[str, Pick] = {
    "round_robin": round_robin.pick,
    "weighted": weighted.pick,
    "fewest_open": fewest_open.pick,
    "tier": tier.pick,
    "likeliest_to_win": likeliest_to_win.pick,
}
