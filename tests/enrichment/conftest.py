"""A small internet of this machine's own: sites by name, name servers, no way out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from cadans.enrichment import gravatar, records
from cadans.enrichment.reading import addresses
from cadans.ground import connecting
from cadans.ground.fetch_errors import Unanswered
from tests.servers import Page, Server, Talk, serving


@dataclass
class Internet:
    """Names and what stands there. `inside` are names of machines in a private network."""

    server: Server
    names: set[str] = field(default_factory=set)
    inside: set[str] = field(default_factory=set)
    mail: dict[str, list[str]] = field(default_factory=dict)

    def site(self, domain: str, **pages: Page | Talk | str) -> None:
        """A site with a first page `home` and others by their path."""
        self.names.add(domain)
        for name, page in pages.items():
            path = "/" if name == "home" else f"/{name.replace('__', '.')}"
            self.put(domain, path, page)

    def put(self, domain: str, path: str, page: Page | Talk | str) -> None:
        """One page."""
        self.names.add(domain)
        self.server.pages[domain + path] = Page(page) if isinstance(page, str) else page

    def asked(self, domain: str) -> list[str]:
        """The paths that were asked of a site."""
        return [one.path for one in self.server.asked if one.host == domain]


@pytest.fixture
def internet(settings, monkeypatch) -> Iterator[Internet]:
    """Whatever is asked outside ends here. Names of documentation (.example) count as real."""
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    with serving() as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        net = Internet(server)

        def addresses_of(host: str, port: int) -> list[tuple[str, int]]:
            if host in net.inside:
                return [("10.0.0.7", port)]
            if host not in net.names:
                raise Unanswered(f"There is no server named {host}.", code="unknown_host")
            # Nobody speaks https here.
            return [("127.0.0.1", server.port if port == 80 else closed.getsockname()[1])]

        monkeypatch.setattr(connecting, "addresses_of", addresses_of)
        monkeypatch.setattr(addresses, "RESERVED", addresses.RESERVED - {"example"})
        monkeypatch.setattr(gravatar, "AT", "http://api.gravatar.example/v3/profiles/")
        monkeypatch.setattr(records, "mail_servers", lambda domain: net.mail.get(domain, []))
        yield net
