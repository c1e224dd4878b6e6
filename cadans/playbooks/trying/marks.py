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
        self.amounts: Counter[int] = Counter()
        """What there can be several of on one lead, such as tasks: by the mark's number."""
        self._of: dict[tuple[object, ...], int] = {}

    def __getitem__(self, mark: str) -> int:
        """The mark's number; a new one for a mark that was not used before."""
        return self.numbers.setdefault(mark, len(self.numbers))

    def of(self, *words: object) -> int:
        """The number of the mark of these words. Quicker than to write the mark out each time."""
        number = self._of.get(words)
        if number is None:
            number = self._of[words] = self["/".join(str(word) for word in words)]
        return number

    def count(self, marks: Iterable[int]) -> None:
        """Count one lead's marks."""
        leads = self.leads
        for mark in marks:
            leads[mark] += 1

    def told(self) -> dict[str, int]:
        """How many leads bear each mark."""
        return {mark: self.leads[number] for mark, number in self.numbers.items()}

    def told_amounts(self) -> dict[str, int]:
        """How many there are of what a mark counts, where that is not leads."""
        return {
            mark: self.amounts[number]
            for mark, number in self.numbers.items()
            if number in self.amounts
        }
