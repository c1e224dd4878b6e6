"""The one way out: HTTP to servers that others name, without being led astray.

Whoever may type an address (a web hook, a company's website) could name a machine that only this
server can reach. So the address is checked where it counts: at the moment of connecting, on the
very IP address that is then connected to. A redirect or a name server that changes its mind makes
no difference. Redirects are few, and time, size and kind of what comes back are bounded.

    answer = fetch("GET", "https://kade.example/", limits=Limits(types=("text/html",)))

Every failure is a `FetchFailed` whose message says in the reader's language what went wrong.
"""

from __future__ import annotations

import contextlib
import ssl
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self

import httpcore
import httpx
import orjson
from django.conf import settings
from django.utils.translation import gettext as _
from protego import Protego

from cadans import __version__
from cadans.ground.connecting import GuardedTransport, ends_by
from cadans.ground.fetch_errors import FetchFailed, FetchRefused, Unanswered

__all__ = ["Answer", "FetchFailed", "FetchRefused", "Fetcher", "Limits", "Unanswered", "fetch"]

HIGH_PORTS = 1024
"""Below it only the ports of the web: an HTTP request must not be made to talk to a mail server."""

ROBOTS_SIZE = 500 * 1024
"""As much of a robots.txt as RFC 9309 (2.5) asks readers to take in."""


@dataclass(frozen=True)
class Limits:
    """How far one fetch goes: all of it together, redirects included.

    `seconds` from the first name asked to the last byte; `size` in bytes, unpacked; `types` the
    content types that are taken of a successful answer (none given: all).
    """

    seconds: float = 10.0
    size: int = 2 * 1024 * 1024
    redirects: int = 3
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came back, from `url` (the last one, after redirects)."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is one of the 200s."""
        return 200 <= self.status < 300

    @property
    def type(self) -> str:
        """The content type without its parameters, in lower case."""
        return str(self.headers.get("content-type", "")).split(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The character set that the header names, or nothing."""
        return str(httpx.Response(self.status, headers=self.headers).charset_encoding or "")

    def json(self) -> Any:
        """The body as JSON. Raises FetchRefused when it is something else."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise FetchRefused(
                _("%(host)s did not answer in JSON.") % {"host": httpx.URL(self.url).host},
                code="not_json",
            ) from None


def user_agent() -> str:
    """Who asks, for the log of who is asked: the product, and where this one is at home."""
    return f"Cadans/{__version__} (+{settings.BASE_URL})"


class Fetcher:
    """Keeps connections open between fetches. Threads may share one.

        with Fetcher() as out:
            out.fetch("GET", "https://kade.example/")

    Cookies are not kept, no proxy of the environment is used, and `robots` asks a site's
    robots.txt first (once a host).
    """

    def __init__(self, *, connections: int = 10) -> None:
        policy = DefaultCookiePolicy(allowed_domains=[])
        self._client = httpx.Client(
            transport=GuardedTransport(connections),
            cookies=CookieJar(policy),
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": user_agent(), "accept-encoding": "gzip, deflate"},
        )
        self._robots: dict[str, Protego | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def fetch(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        auth: tuple[str, str] | None = None,
        limits: Limits = Limits(),
        robots: bool = False,
    ) -> Answer:
        """Ask, and give the answer, whatever its status. Raises FetchFailed.

        Only GET and HEAD follow redirects, and what was given to one server (headers, auth) is
        not handed on to another. `json` is sent as such; `content` as it is.
        """
        own = httpx.Headers(headers)
        if json is not None:
            content = orjson.dumps(json)
            own["content-type"] = "application/json"
        request = self._request(method, url, params=params, headers=own, content=content)
        if auth is not None:
            request.headers["authorization"] = _basic(*auth)
        follows = limits.redirects if method in {"GET", "HEAD"} else 0
        with ends_by(time.monotonic() + limits.seconds):
            for _hop in range(follows + 1):
                if robots and not self.is_allowed_by_robots(str(request.url)):
                    raise FetchRefused(
                        _("%(host)s asks programs not to read this page (robots.txt).")
                        % {"host": request.url.host},
                        code="robots",
                    )
                answer = self._ask(request, limits)
                target = answer.headers.get("location")
                if not follows or target is None or answer.status not in {301, 302, 303, 307, 308}:
                    return answer
                request = self._redirected(request, target)
        raise FetchRefused(
            _("%(host)s keeps referring to other addresses.") % {"host": request.url.host},
            code="too_many_redirects",
        )

    def is_allowed_by_robots(self, url: str) -> bool:
        """Whether the site's robots.txt (RFC 9309) lets us read that address.

        Where there is none everything is allowed; where the server fails to tell, nothing is.
        Raises FetchFailed when the server cannot be reached at all.
        """
        at = httpx.URL(url)
        origin = f"{at.scheme}://{at.netloc.decode()}"
        if origin not in self._robots:
            self._robots[origin] = self._robots_of(origin)
        rules = self._robots[origin]
        return rules is not None and rules.can_fetch(url, "Cadans")

    def _robots_of(self, origin: str) -> Protego | None:
        """A site's rules; None when it could not tell them now."""
        try:
            answer = self.fetch(
                "GET", f"{origin}/robots.txt", limits=Limits(size=ROBOTS_SIZE, redirects=5)
            )
        except FetchRefused as refused:
            if refused.code == "private_address":
                raise
            return Protego.parse("")  # as good as none (RFC 9309, 2.3.1)
        if answer.status >= 500 or answer.status == 429:
            return None
        return Protego.parse(answer.body.decode(errors="replace") if answer.is_success else "")

    def _request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: httpx.Headers | None = None,
        content: bytes | None = None,
    ) -> httpx.Request:
        try:
            request = self._client.build_request(
                method, url, params=params, headers=headers, content=content
            )
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise _not_of_the_web(url) from None
        if not _is_of_the_web(request.url):
            raise _not_of_the_web(url)
        return request

    def _redirected(self, request: httpx.Request, target: str) -> httpx.Request:
        try:
            url = request.url.join(target)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise _not_of_the_web(target) from None
        following = self._request(request.method, str(url))
        if _origin(url) == _origin(request.url):
            following.headers = request.headers
        elif "accept" in request.headers:
            following.headers["accept"] = request.headers["accept"]
        return following

    def _ask(self, request: httpx.Request, limits: Limits) -> Answer:
        host = request.url.host
        try:
            response = self._client.send(request, stream=True)
            with contextlib.closing(response):
                if 200 <= response.status_code < 300:
                    _check_type(response, limits.types)
                body = b"" if request.method == "HEAD" else _body(response, limits.size)
        except FetchFailed:
            raise
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise Unanswered(
                _("%(host)s did not answer in time.") % {"host": host},
                code="timed_out",
                may_have_arrived=not isinstance(
                    error, httpcore.ConnectTimeout | httpcore.PoolTimeout
                ),
            ) from None
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__ or error.__context__, ssl.SSLError):
                raise Unanswered(
                    _("%(host)s has no valid certificate.") % {"host": host}, code="certificate"
                ) from None
            raise Unanswered(
                _("%(host)s cannot be reached.") % {"host": host}, code="unreachable"
            ) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError):
            raise Unanswered(
                _("%(host)s hung up before its answer was complete.") % {"host": host},
                code="broken_off",
                may_have_arrived=True,
            ) from None
        return Answer(str(request.url), response.status_code, response.headers, body)


def fetch(method: str, url: str, **asked: Any) -> Answer:
    """Ask once, as `Fetcher.fetch` does. Raises FetchFailed."""
    with Fetcher(connections=1) as out:
        return out.fetch(method, url, **asked)


def _basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def _is_of_the_web(url: httpx.URL) -> bool:
    """Names and passwords in an address have no place here: they end up in logs."""
    port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
    return (
        url.scheme in {"http", "https"}
        and bool(url.host)
        and not url.userinfo
        and (port in {80, 443} or port >= HIGH_PORTS)
    )


def _not_of_the_web(url: str) -> FetchRefused:
    return FetchRefused(
        _("“%(url)s” is not a web address (http:// or https://).") % {"url": url[:200]},
        code="bad_address",
    )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _check_type(response: httpx.Response, types: Iterable[str]) -> None:
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if types and kind not in types:
        raise FetchRefused(
            _("%(host)s sent another kind of content than was asked for (%(type)s).")
            % {"host": response.url.host, "type": kind[:60] or "?"},
            code="wrong_type",
        )


def _body(response: httpx.Response, most: int) -> bytes:
    """The body, unpacked here, so that a small one cannot unfold into a gigantic one."""
    unpack = _unpacking(response)
    body = bytearray()
    for chunk in response.iter_raw():
        try:
            body += unpack(chunk, most + 1 - len(body))
        except zlib.error:
            raise _too_odd(response) from None
        if len(body) > most:
            raise FetchRefused(
                _("%(host)s sent more than we take (%(size)s kB).")
                % {"host": response.url.host, "size": most // 1024},
                code="too_large",
            )
    return bytes(body)


def _unpacking(response: httpx.Response) -> Callable[[bytes, int], bytes]:
    """What unpacks a piece of the body, to so many bytes at most."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in {"", "identity"}:
        return lambda chunk, _most: chunk
    if coding in {"gzip", "x-gzip"}:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress
    if coding == "deflate":
        return _Deflated()
    raise _too_odd(response)


class _Deflated:
    """What servers call deflate comes with the header of zlib, as it should, or without."""

    def __init__(self) -> None:
        self._unpack = zlib.decompressobj()
        self._has_begun = False

    def __call__(self, chunk: bytes, most: int) -> bytes:
        try:
            body = self._unpack.decompress(chunk, most)
        except zlib.error:
            if self._has_begun:
                raise
            self._unpack = zlib.decompressobj(-zlib.MAX_WBITS)
            body = self._unpack.decompress(chunk, most)
        self._has_begun = True
        return body


def _too_odd(response: httpx.Response) -> FetchRefused:
    return FetchRefused(
        _("%(host)s packed its answer in a way that cannot be unpacked.")
        % {"host": response.url.host},
        code="bad_encoding",
    )
