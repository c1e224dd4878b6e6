"""Clients that ask over HTTP, each on a connection of its own that stays open."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True)
class Request:
    """What is asked."""

    method: str
    path: str
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Run:
    """One line measured once: how many answers a second, and how long each took."""

    per_second: float
    seconds: list[float] = field(repr=False)

    @property
    def p50(self) -> float:
        """The median answer, in milliseconds."""
        return median(self.seconds) * 1000

    @property
    def p95(self) -> float:
        """What 95 in 100 answers stay below, in milliseconds."""
        return quantiles(self.seconds, n=20)[-1] * 1000 if len(self.seconds) > 1 else self.p50


class Connection:
    """A connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, request: Request) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        self.http.request(
            request.method, request.path, body=request.body, headers=dict(request.headers)
        )
        answer = self.http.getresponse()
        return answer.status, answer.read()


def measure(port: int, requests: Iterator[Request], *, clients: int, lasting: float) -> Run:
    """Let clients ask one thing after another for so many seconds (or until all is asked).

    Raises RuntimeError when an answer says that something went wrong.
    """
    lock = threading.Lock()
    taken: list[list[float]] = [[] for _n in range(clients)]
    wrong: list[str] = []

    def next_request() -> Request | None:
        with lock:
            return next(requests, None)

    def client(times: list[float]) -> None:
        connection = Connection(port)
        while time.perf_counter() < deadline and not wrong:
            request = next_request()
            if request is None:
                break
            begun = time.perf_counter()
            status, body = connection.ask(request)
            times.append(time.perf_counter() - begun)
            if status >= 400:
                wrong.append(f"{request.method} {request.path}: {status} {body[:300]!r}")

    begun = time.perf_counter()
    deadline = begun + lasting
    threads = [threading.Thread(target=client, args=(times,)) for times in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    if wrong:
        raise RuntimeError(wrong[0])
    times = [one for row in taken for one in row]
    return Run(len(times) / elapsed, times)
