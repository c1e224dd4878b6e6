"""What becomes of each row, and the memory by which a row that says the same is skipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cadans.exchange.actions.books import Books
from cadans.exchange.models import ImportedRow
from cadans.exchange.rows import Values, digest_of

Outcome = Literal["created", "updated", "skipped", "refused"]


@dataclass(frozen=True)
class Fate:
    """What became of one row; for a refused one, why."""

    outcome: Outcome
    reason: str = ""


CREATED, UPDATED, SKIPPED = Fate("created"), Fate("updated"), Fate("skipped")
Key = tuple[str, bytes]


def key_of(row: Values) -> Key:
    """By what a row is known, and a digest of what it says."""
    digest = digest_of(f"{name}={value}" for name, value in sorted(row.items()) if value)
    return row.get("external_id") or f"row:{digest.hex()}", digest


@dataclass
class Batch:
    """Rows with distinct keys, and their fates so far."""

    keys: Sequence[Key]
    fates: dict[str, Fate] = field(default_factory=dict)

    def create(self, key: str) -> None:
        self.fates[key] = CREATED

    def update(self, key: str) -> None:
        self.fates[key] = UPDATED

    def skip(self, key: str) -> None:
        self.fates[key] = SKIPPED

    def refuse(self, key: str, reason: str) -> None:
        self.fates[key] = Fate("refused", reason)

    def in_order(self) -> list[Fate]:
        """The fate of each row, in the order of the rows."""
        return [self.fates[key] for key, _digest in self.keys]


def known_digests(kind: str, keys: Iterable[Key]) -> dict[str, bytes]:
    """What rows with these keys said the last time, by key."""
    found = ImportedRow.objects.filter(kind=kind, key__in=[key for key, _digest in keys])
    return {key: bytes(digest) for key, digest in found.values_list("key", "digest")}


def remember(books: Books, kind: str, batch: Batch, known: Mapping[str, bytes]) -> None:
    """Keep what the rows that were not refused say now."""
    fresh = [
        (key, digest)
        for key, digest in batch.keys
        if batch.fates[key].outcome != "refused" and known.get(key) != digest
    ]
    ImportedRow.objects.filter(
        kind=kind, key__in=[key for key, _digest in fresh if key in known]
    ).delete()
    for key, digest in fresh:
        books.add(ImportedRow, kind=kind, key=key, digest=digest)
