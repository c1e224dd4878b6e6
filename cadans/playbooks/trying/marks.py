"""What is told of leads, as numbers: each number is a mark, and opens the leads that bear it. Pure.

A mark is a row of words: `would/entered/demo` (under the design that is tried) stands beside
`was/entered/demo` (what happened). So a number on the page and the list behind it are one thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

EVERYONE = "all"


class Marks:
    """Gives each mark a small number, and counts the leads that bear it."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.leads: Counter[int] = Counter()
        self.amounts: Counter[str] = Counter()
        """What there can be several of on one lead, such as tasks."""

    def __getitem__(self, mark: str) -> int:
        """The mark's number; a new one for a mark that was not used before."""
        return self.numbers.setdefault(mark, len(self.numbers))

    def count(self, marks: Iterable[int]) -> None:
        """Count one lead's marks."""
        self.leads.update(marks)

    def told(self) -> dict[str, int]:
        """How many leads bear each mark."""
        return {mark: self.leads[number] for mark, number in self.numbers.items()}
