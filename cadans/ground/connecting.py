"""Connections that lead to the open internet only (ground/fetching.py).

A name is looked up here, its addresses are checked, and the connection is made to an address that
was checked. No second look-up comes in between, so a name server that answers otherwise the next
time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from functools import cache
from typing import Any

import certifi
import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from cadans.ground.fetch_errors import FetchRefused, Unanswered

MOST_ADDRESSES = 4
"""How many of a name's addresses are tried before it counts as not reachable."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Where IPv6 networks put IPv4 addresses (RFC 6052)."""


def addresses_of(host: str, port: int) -> list[tuple[str, int]]:
    """The IP addresses (and port) behind a name, as the system's resolver knows them.

    Raises Unanswered when there are none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise Unanswered(
            _("There is no server named %(host)s.") % {"host": host}, code="unknown_host"
        )
    return list(dict.fromkeys((str(address[0]), int(address[1])) for *_kind, address in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also when it wraps another (RFC 4291,
    RFC 3056, RFC 4380, RFC 6052)."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    return all(
        one.is_global and not one.is_multicast and not one.is_reserved for one in _wrapped(ip)
    )


def may_be_reached(address: str) -> bool:
    """Whether we connect to an IP address: a public one, or one that the operator allows
    (`CADANS_OUTGOING_ALLOW`)."""
    return is_public(address) or any(
        ipaddress.ip_address(address.split("%")[0]) in ipaddress.ip_network(network, strict=False)
        for network in settings.OUTGOING_ALLOW
    )


def _wrapped(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        yield ip
        return
    if ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
        return
    if ip in NAT64:
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return
    yield ip
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed: those that the system trusts, and Mozilla's (a small
    container may have none of its own)."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


_ends: ContextVar[float] = ContextVar("ends")


@contextlib.contextmanager
def ends_by(ends: float) -> Iterator[None]:
    """Whatever is fetched inside is over by then; the earlier end of two holds."""
    token = _ends.set(min(ends, _ends.get(ends)))
    try:
        yield
    finally:
        _ends.reset(token)


def _time_left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    left = _ends.get(time.monotonic()) - time.monotonic()
    if left <= 0:
        raise late
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A connection on which each wait ends when the whole fetch has to: a byte every few seconds
    does not keep us."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _time_left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _time_left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._stream.start_tls(
                ssl_context, server_hostname, _time_left(timeout, httpcore.ConnectTimeout)
            )
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Guard(httpcore.NetworkBackend):
    """Connects to the address that was checked, and to no other."""

    def __init__(self) -> None:
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        found = addresses_of(host, port)
        open_ones = [place for place in found if may_be_reached(place[0])]
        if not open_ones:
            raise FetchRefused(
                _("%(host)s is a machine in a private network, which Cadans does not visit.")
                % {"host": host},
                code="private_address",
            )
        *others, last = open_ones[:MOST_ADDRESSES]
        for tried, (ip, at_port) in enumerate(others):
            # One that is silent must leave time for the rest.
            share = _time_left(timeout, httpcore.ConnectTimeout) / (len(others) + 1 - tried)
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return _Stream(
                    self._plain.connect_tcp(ip, at_port, share, local_address, socket_options)
                )
        left = _time_left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._plain.connect_tcp(*last, left, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._plain.sleep(seconds)


class _Body(httpx.SyncByteStream):
    """What httpcore reads, as httpx wants it."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class GuardedTransport(httpx.BaseTransport):
    """httpx over connections that are guarded. Errors stay httpcore's; `_ask` reads them."""

    def __init__(self, connections: int) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted(),
            max_connections=connections,
            keepalive_expiry=15,
            network_backend=_Guard(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions={
                    "timeout": dict.fromkeys(
                        ("pool", "connect", "read", "write"),
                        _time_left(None, httpcore.PoolTimeout),
                    )
                },
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()
