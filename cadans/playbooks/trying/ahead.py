"""Read what comes next while what came before is played."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def ahead(things: Iterator[T]) -> Generator[T, None, None]:
    """The same things in the same order, each looked up while the one before is in use.

    Another thread looks them up, over a connection of its own. That would not see what the
    transaction at hand has not committed, so inside one nothing is looked up ahead.
    """
    if connection.in_atomic_block:
        yield from things
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as beside:
        try:
            coming = beside.submit(next, things, None)
            while (thing := coming.result()) is not None:
                coming = beside.submit(next, things, None)
                yield thing
        finally:
            beside.submit(_hang_up).result()


def _hang_up() -> None:
    """Close the connection of the thread that runs this."""
    connection.close()
