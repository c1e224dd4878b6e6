"""Web servers of this machine's own that answer as a test tells them to, well or badly."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Talk = Callable[[BaseHTTPRequestHandler], None]
"""A page that speaks for itself, byte by byte."""


@dataclass
class Page:
    """What a path answers."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """A request that came in."""

    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A server on 127.0.0.1. `pages` by path, or by host and path (`kade.example/about`)."""

    port: int
    pages: dict[str, Page | Talk]
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextlib.contextmanager
def serving(
    pages: Mapping[str, Page | Talk] | None = None, *, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server that is there while the block lasts. What it does not know answers 404."""
    server: Server

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            host = self.headers.get("host", "").split(":")[0]
            sent = {name.lower(): value for name, value in self.headers.items()}
            server.asked.append(Asked(self.command, host, self.path, sent, body))
            path = self.path.split("?")[0]
            page = server.pages.get(host + path, server.pages.get(path, Page(status=404)))
            if not isinstance(page, Page):
                self.close_connection = True
                with contextlib.suppress(OSError):
                    page(self)
                return
            content = page.body.encode() if isinstance(page.body, str) else page.body
            self.send_response(page.status)
            headers = {"content-type": "text/html; charset=utf-8", **page.headers}
            for name, value in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                with contextlib.suppress(OSError):
                    self.wfile.write(content)

        do_GET = do_POST = do_HEAD = do_PUT = answer

        def log_message(self, *_words: object) -> None:
            """Keep quiet."""

    class Listening(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_whose: object) -> None:
            """Who hangs up on a slow page breaks the page off."""

        def get_request(self) -> tuple[socket.socket, object]:
            connection, address = super().get_request()
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            return connection, address

    listening = Listening(("127.0.0.1", 0), Answering)
    server = Server(listening.server_address[1], dict(pages or {}))
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def begin(talking: BaseHTTPRequestHandler, **headers: str) -> None:
    """The head of an answer that a page then goes on with itself."""
    talking.send_response(200)
    for name, value in {"content_type": "text/html", **headers}.items():
        talking.send_header(name.replace("_", "-"), value)
    talking.end_headers()
