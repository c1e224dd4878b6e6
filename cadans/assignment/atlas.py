"""Territories on the map: which one a place lies in, and which of them overlap. Pure.

A place is a country with, perhaps, a region and a postcode. A territory's areas say what belongs
to it. The narrowest area that holds a place wins: a range of postcodes before a region, a region
before a country, the smaller range of two, and of equals the territory that lies deeper in the
tree.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

LONGEST = 10
"""Letters and digits of a postcode that are compared; the longest in use has ten."""

POSTCODES, REGION, COUNTRY = range(3)
"""How narrow an area is, from narrow to wide."""


@dataclass(frozen=True)
class Place:
    """Where a company is. Empty parts are not known."""

    country: str = ""
    region: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class Piece:
    """One area of a territory. `path` are the territory and those it lies in, from itself up."""

    territory: uuid.UUID
    path: tuple[str, ...]
    country: str
    region: str = ""
    postcode_from: str = ""
    postcode_to: str = ""
    inside: frozenset[uuid.UUID] = frozenset()
    """The territories that it lies in."""

    @property
    def kind(self) -> int:
        """How narrow it is: POSTCODES, REGION or COUNTRY."""
        if self.postcode_from:
            return POSTCODES
        return REGION if self.region else COUNTRY

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last postcode, as numbers that compare as the postcodes do."""
        return _number(self.postcode_from, "0"), _number(self.postcode_to, "Z")

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """The lower, the sooner it wins."""
        first, last = self.ends if self.kind == POSTCODES else (0, 0)
        return self.kind, last - first, -len(self.path), str(self.territory)

    def holds(self, place: Place) -> bool:
        """Whether a place lies in it."""
        if self.country != place.country:
            return False
        if self.kind == POSTCODES:
            code = plain_postcode(place.postcode, place.country)
            first, last = self.postcode_from, self.postcode_to
            long_enough = len(code) >= max(len(first), len(last))
            return (
                bool(code)
                and long_enough
                and first <= code[: len(first)]
                and code[: len(last)] <= last
            )
        return self.kind == COUNTRY or _plain(self.region) == _plain(place.region)

    def __str__(self) -> str:
        if self.kind == POSTCODES:
            span = self.postcode_from
            if self.postcode_to != self.postcode_from:
                span = f"{self.postcode_from}-{self.postcode_to}"
            return f"{self.country} {span}"
        return f"{self.country} {self.region}".strip()


@dataclass(frozen=True)
class Overlap:
    """Two areas of territories that do not lie in each other, with a place in both.

    `first` wins what lies in both. `is_doubtful` when neither is narrower, so that which of them
    wins follows from nothing a manager would expect.
    """

    first: Piece
    second: Piece

    @property
    def is_doubtful(self) -> bool:
        """Whether neither of them is narrower: of one kind, and none lies within the other."""
        if self.first.kind != self.second.kind:
            return False
        (start, end), (other_start, other_end) = self.first.ends, self.second.ends
        return (start, end) == (other_start, other_end) or start < other_start or other_end < end


@dataclass(frozen=True)
class Atlas:
    """All areas of all territories."""

    pieces: Sequence[Piece] = ()
    by_country: dict[str, list[Piece]] = field(default_factory=dict)
    paths: dict[uuid.UUID, tuple[str, ...]] = field(default_factory=dict)
    """Each territory's name and the names of those it lies in, from itself up."""

    def piece_of(self, place: Place) -> Piece | None:
        """The area that a place lies in, or None."""
        if not place.country:
            return None
        return next(
            (one for one in self.by_country.get(place.country, ()) if one.holds(place)), None
        )

    @cached_property
    def overlaps(self) -> list[Overlap]:
        """Every pair of areas that overlap, the doubtful ones first."""
        found = [
            Overlap(first, second)
            for row in self.by_country.values()
            for first, second in combinations(row, 2)
            if _apart(first, second) and _meet(first, second)
        ]
        return sorted(found, key=lambda one: not one.is_doubtful)


def atlas_of(pieces: Sequence[Piece], paths: dict[uuid.UUID, tuple[str, ...]]) -> Atlas:
    """An atlas, its areas sorted so that the first that holds a place is the one that wins."""
    by_country: dict[str, list[Piece]] = {}
    for piece in sorted(pieces, key=lambda one: one.rank):
        by_country.setdefault(piece.country, []).append(piece)
    return Atlas(tuple(pieces), by_country, paths)


def plain_postcode(text: str, country: str) -> str:
    """A postcode as it is compared: capitals and digits only, without the country before it.

    `1234 ab`, `1234AB` and `NL-1234 AB` are the same; so are `B-1000` and `1000`.
    """
    code = re.sub(r"[^0-9A-Z]", "", text.upper())
    if country in SHORT:
        # These countries' postcodes begin with a digit, so letters before it are the country.
        code = re.sub(r"^[A-Z]+(?=[0-9])", "", code)
    return code[:LONGEST]


SHORT = {"NL", "BE", "DE", "FR", "LU", "AT", "CH", "ES", "IT", "DK", "SE", "NO", "FI", "PL", "PT"}
"""Countries whose postcodes begin with a digit and are often written with a letter before it."""


def _number(code: str, fill: str) -> int:
    return int(code[:LONGEST].ljust(LONGEST, fill) or "0", 36)


def _plain(name: str) -> str:
    """A region's name without accents, dashes, spaces and capitals."""
    flat = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in flat if letter.isalnum())


def _apart(first: Piece, second: Piece) -> bool:
    """Whether neither territory lies in the other."""
    if first.territory == second.territory:
        return False
    return first.territory not in second.inside and second.territory not in first.inside


def _meet(first: Piece, second: Piece) -> bool:
    """Whether there is a place in both, as far as can be known: nobody knows which postcodes a
    region has."""
    kinds = {first.kind, second.kind}
    if kinds == {POSTCODES, REGION}:
        return False
    if COUNTRY in kinds:
        return True
    if kinds == {REGION}:
        return _plain(first.region) == _plain(second.region)
    return first.ends[0] <= second.ends[1] and second.ends[0] <= first.ends[1]
