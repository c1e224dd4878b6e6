"""How fast one token may ask: a bucket of requests that fills up again at a steady pace.

Each web process keeps its own buckets in memory: no query on the hot path. With n processes a
token therefore gets up to n times the pace. The pace is `CADANS_API_RATE` (requests a second, 0
for no limit); two seconds' worth may come in one burst.
"""

from __future__ import annotations

import time
import uuid
from threading import Lock

from django.conf import settings

LONGEST_BURST = 2.0
"""Seconds' worth of requests that may come at once."""

MOST_BUCKETS = 10_000
"""Buckets kept; when there are more, all are forgotten, which only ever gives requests away."""


class Buckets:
    """A bucket a token."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.size = rate * LONGEST_BURST
        self.levels: dict[uuid.UUID, tuple[float, float]] = {}
        self.lock = Lock()

    def wait(self, token: uuid.UUID, now: float | None = None) -> float:
        """Take one request out of the token's bucket: 0, or the seconds until there is one."""
        if self.rate <= 0:
            return 0.0
        now = time.monotonic() if now is None else now
        with self.lock:
            if len(self.levels) > MOST_BUCKETS:
                self.levels.clear()
            level, since = self.levels.get(token, (self.size, now))
            level = min(self.size, level + (now - since) * self.rate)
            if level < 1:
                self.levels[token] = (level, now)
                return (1 - level) / self.rate
            self.levels[token] = (level - 1, now)
            return 0.0


buckets = Buckets(settings.API_RATE)
