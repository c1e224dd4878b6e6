"""The short names by which playbooks call audiences. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set

LONGEST = 40


def free_key(name: str, taken: Set[str]) -> str:
    """A key made of a list's name that no other list has: small letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    start = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST - 4].strip("-") or "list"
    if start not in taken:
        return start
    return next(f"{start}-{n}" for n in range(2, len(taken) + 3) if f"{start}-{n}" not in taken)
