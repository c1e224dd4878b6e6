"""Load the demo company: set it up, then let its history happen."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from cadans.demo.deeds import Writer
from cadans.demo.firm import set_up_company
from cadans.demo.in_bulk import InBulk
from cadans.demo.sell import ThroughEngine
from cadans.demo.simulate import Period, simulate
from cadans.team.queries import today

LEADS, MONTHS, SEED = 3000, 20, 7
MOST_SOLD = 5000
"""Up to this many leads the product's own engine sells; more are written in bulk."""


def load_demo(
    *,
    leads: int = LEADS,
    months: int = MONTHS,
    seed: int = SEED,
    in_bulk: bool | None = None,
    told: Callable[[int], None] = lambda done: None,
) -> None:
    """Fill an empty Cadans with the demo company and `leads` leads of `months` months.

    The same figures on the same day give the same company, whichever way it is written: through
    the engine, or in bulk (by default above `MOST_SOLD` leads). `told` hears how many leads came
    in so far. Raises Conflict when there are users already.
    """
    period = Period(today(), months)
    with _one_transaction(), _no_collecting():
        company = set_up_company(period)
        bulk = leads > MOST_SOLD if in_bulk is None else in_bulk
        writer: Writer = InBulk(company) if bulk else ThroughEngine(company)
        simulate(writer, company.designs, period=period, leads=leads, seed=seed, told=told)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Do not look for unreachable circles again and again among a million things in use."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _one_transaction() -> Iterator[None]:
    """All or nothing: whoever is interrupted starts again with an empty Cadans.

    The thousands of transactions inside need no savepoints: one that fails takes all with it.
    """
    uses_savepoints = connection.features.uses_savepoints
    with transaction.atomic():
        connection.features.uses_savepoints = False
        try:
            yield
        finally:
            connection.features.uses_savepoints = uses_savepoints
