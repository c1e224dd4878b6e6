"""The one way out (ground/fetching.py), against servers of this machine."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
import zlib
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import translation

from cadans.ground import connecting
from cadans.ground.fetching import Fetcher, FetchFailed, FetchRefused, Limits, Unanswered, fetch
from tests.servers import Page, begin, serving

QUICK = Limits(seconds=1.0, size=10_000)


@pytest.fixture
def here(settings):
    """This machine may be visited."""
    settings.OUTGOING_ALLOW = ["127.0.0.1"]


def refusal(url: str, **asked: object) -> FetchFailed:
    with pytest.raises(FetchFailed) as failed:
        fetch("GET", url, **{"limits": QUICK, **asked})
    return failed.value


def named(monkeypatch, **places: tuple[str, int]) -> None:
    """Names that lead to an address and a port, as a name server would have it."""
    real = connecting.addresses_of

    def addresses_of(host: str, port: int) -> list[tuple[str, int]]:
        return [places[host]] if host in places else real(host, port)

    monkeypatch.setattr(connecting, "addresses_of", addresses_of)


# ── Where we go ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::1",
        "64:ff9b::10.0.0.1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "not an address",
    ],
)
def test_a_private_address_is_none_of_the_internet(address):
    assert not connecting.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::1.1.1.1"])
def test_a_public_address_is(address):
    assert connecting.is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "[::1]"])
def test_no_spelling_of_this_machine_is_visited(host):
    with serving({"/": Page("secret")}) as server:
        error = refusal(f"http://{host}:{server.port}/")
    assert error.code in {"private_address", "unknown_host"}
    assert server.asked == []


def test_a_redirect_into_a_private_network_is_not_followed(settings, monkeypatch):
    settings.OUTGOING_ALLOW = ["127.0.0.1"]
    named(monkeypatch, **{"inside.example": ("127.0.0.2", 80)})
    with serving() as server:
        server.pages["/"] = Page(status=302, headers={"location": "http://inside.example/"})
        assert refusal(server.url()).code == "private_address"


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(here, monkeypatch):
    """The name server is asked once a connection; what was checked is what is connected to."""
    asked = []
    with serving({"/": Page("hello", headers={"connection": "close"})}) as server:

        def addresses_of(host: str, port: int) -> list[tuple[str, int]]:
            asked.append(host)
            return [("127.0.0.1" if len(asked) == 1 else "127.0.0.2", server.port)]

        monkeypatch.setattr(connecting, "addresses_of", addresses_of)
        with Fetcher() as out:
            assert out.fetch("GET", "http://turncoat.example/").body == b"hello"
            with pytest.raises(FetchRefused) as refused:
                out.fetch("GET", "http://turncoat.example/", limits=QUICK)
    assert refused.value.code == "private_address"
    assert len(server.asked) == 1


def test_among_several_addresses_only_public_ones_are_tried(here, monkeypatch):
    with serving({"/": Page("hello")}) as server:
        monkeypatch.setattr(
            connecting,
            "addresses_of",
            lambda _host, _port: [("10.0.0.1", 1), ("127.0.0.1", server.port)],
        )
        assert fetch("GET", "http://mixed.example/", limits=QUICK).body == b"hello"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://kade.example/",
        "file:///etc/passwd",
        "kade.example",
        "http://",
        "http://user:secret@kade.example/",
        "http://kade.example:25/",
        "http://kade.example:99999/",
        "http://exa mple/",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_no_web_address_is_refused(url):
    error = refusal(url)
    assert error.code in {"bad_address", "unknown_host"}
    assert not error.may_have_arrived


def test_a_name_without_a_server_is_told():
    with translation.override("nl"):
        error = refusal("http://nobody.invalid/")
    assert error.code == "unknown_host"
    assert error.message == "Er is geen server die nobody.invalid heet."
    assert isinstance(error, Unanswered)


def test_a_port_where_nobody_listens_is_told(here):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = refusal(f"http://127.0.0.1:{closed.getsockname()[1]}/")
    assert error.code == "unreachable"
    assert not error.may_have_arrived


# ── What is asked ─────────────────────────────────────────────────────────────────────────────


def test_who_asks_says_so_and_sends_what_it_was_given(here):
    with serving({"/": Page("{}", 201, {"content-type": "application/json"})}) as server:
        answer = fetch(
            "POST", server.url(), json={"naam": "Zoë"}, auth=("key", "p w"), params={"a": "1"}
        )
    (asked,) = server.asked
    assert asked.headers["user-agent"].startswith("Cadans/")
    assert asked.headers["authorization"] == "Basic a2V5OnAgdw=="
    assert asked.path == "/?a=1"
    assert asked.body == '{"naam":"Zoë"}'.encode()
    assert (answer.status, answer.type, answer.json()) == (201, "application/json", {})


def test_connections_are_kept_and_cookies_are_not(here):
    with serving({"/": Page("x", headers={"set-cookie": "a=b"})}) as server, Fetcher() as out:
        out.fetch("GET", server.url())
        out.fetch("GET", server.url())
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_redirects_are_followed_a_few_times(here):
    with serving({"/3": Page("arrived")}) as server:
        for hop in range(3):
            server.pages[f"/{hop}"] = Page(status=301, headers={"location": f"/{hop + 1}"})
        server.pages["/round"] = Page(status=302, headers={"location": "/round"})
        answer = fetch("GET", server.url("/0"))
        assert (answer.body, answer.url) == (b"arrived", server.url("/3"))
        assert refusal(server.url("/round")).code == "too_many_redirects"


@pytest.mark.parametrize("target", ["ftp://kade.example/", "http://a:b@kade.example/", "http://[x"])
def test_a_redirect_to_what_is_no_web_address_is_refused(here, target):
    with serving({"/": Page(status=302, headers={"location": target})}) as server:
        assert refusal(server.url()).code in {"bad_address", "unknown_host"}


def test_a_key_is_not_handed_on_to_another_server(here):
    with serving({"/": Page("x")}) as other, serving() as server:
        server.pages["/"] = Page(status=302, headers={"location": other.url()})
        fetch("GET", server.url(), auth=("key", "secret"), headers={"x-key": "s", "accept": "a/b"})
    (asked,) = other.asked
    assert "authorization" not in asked.headers
    assert "x-key" not in asked.headers
    assert asked.headers["accept"] == "a/b"


def test_what_was_posted_is_not_posted_elsewhere(here):
    with serving({"/": Page(status=307, headers={"location": "/other"})}) as server:
        assert fetch("POST", server.url(), json={}).status == 307
    assert len(server.asked) == 1


# ── What comes back ───────────────────────────────────────────────────────────────────────────


def test_more_than_is_taken_is_refused_before_it_is_read(here):
    def endless(talking: BaseHTTPRequestHandler) -> None:
        begin(talking)
        while True:
            talking.wfile.write(b"x" * 4096)

    with serving({"/": endless}) as server:
        assert refusal(server.url()).code == "too_large"


def test_a_small_body_that_unfolds_into_a_large_one_is_refused(here):
    bomb = gzip.compress(b"0" * 50_000_000)
    with serving({"/": Page(bomb, headers={"content-encoding": "gzip"})}) as server:
        assert refusal(server.url(), limits=Limits(size=100_000)).code == "too_large"


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
    ],
)
def test_packed_bodies_are_unpacked(here, coding, pack):
    with serving({"/": Page(pack(b"hello"), headers={"content-encoding": coding})}) as server:
        assert fetch("GET", server.url()).body == b"hello"


@pytest.mark.parametrize("coding", ["br", "gzip", "deflate", "rot13"])
def test_a_body_that_cannot_be_unpacked_is_told(here, coding):
    with serving({"/": Page(b"\x99rubbish", headers={"content-encoding": coding})}) as server:
        assert refusal(server.url()).code == "bad_encoding"


def drip(talking: BaseHTTPRequestHandler) -> None:
    begin(talking)
    for _second in range(100):
        talking.wfile.write(b"x")
        time.sleep(0.05)


def slow_head(talking: BaseHTTPRequestHandler) -> None:
    talking.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
    for _second in range(100):
        talking.wfile.write(b"x")
        time.sleep(0.05)


def silent(_talking: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


@pytest.mark.parametrize("page", [drip, slow_head, silent])
def test_a_slow_answer_is_given_up_when_all_its_time_is_over(here, page):
    with serving({"/": page}) as server:
        began = time.monotonic()
        error = refusal(server.url(), limits=Limits(seconds=0.4))
        assert time.monotonic() - began < 1.5
    assert error.code == "timed_out"
    assert error.may_have_arrived


def test_time_is_counted_over_redirects_too(here):
    def slowly_on(talking: BaseHTTPRequestHandler) -> None:
        time.sleep(0.3)
        # It hangs up after each answer: one who asks on meanwhile would meet a broken connection.
        talking.wfile.write(
            b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )

    with serving({"/": slowly_on}) as server:
        assert refusal(server.url(), limits=Limits(seconds=0.5, redirects=20)).code == "timed_out"


def cut_off(talking: BaseHTTPRequestHandler) -> None:
    begin(talking, content_length="100")
    talking.wfile.write(b"half")


def rubbish(talking: BaseHTTPRequestHandler) -> None:
    talking.wfile.write(b"\x00\x01\x02 what?\r\n\r\n")


@pytest.mark.parametrize("page", [cut_off, rubbish, lambda _talking: None])
def test_an_answer_that_breaks_off_is_told(here, page):
    with serving({"/": page}) as server:
        error = refusal(server.url())
    assert error.code == "broken_off"
    assert error.may_have_arrived


def test_only_the_kinds_that_were_asked_for_are_taken(here):
    with serving({"/": Page("%PDF", headers={"content-type": "application/pdf"})}) as server:
        limits = Limits(types=("text/html",))
        assert refusal(server.url(), limits=limits).code == "wrong_type"
        assert fetch("GET", server.url()).type == "application/pdf"


def test_what_is_not_json_is_told(here):
    with serving({"/": Page("<p>Down for maintenance")}) as server:
        answer = fetch("GET", server.url())
    with pytest.raises(FetchRefused) as refused:
        answer.json()
    assert refused.value.code == "not_json"


def test_an_error_of_the_server_is_an_answer(here):
    with serving({"/": Page("later", 429, {"retry-after": "7"})}) as server:
        answer = fetch("GET", server.url())
    assert not answer.is_success
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")


# ── Certificates ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of kade.example, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kade.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("kade.example"), x509.IPAddress(ip_address("127.0.0.9"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_a_certificate_must_be_the_names_own(here, certificate, monkeypatch):
    """We connect to an address, but it is the name that has to prove itself."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with serving({"/": Page("hello")}, tls=tls) as server:
        place = ("127.0.0.1", server.port)
        named(monkeypatch, **{"kade.example": place, "thief.example": place})
        assert refusal("https://kade.example/").code == "certificate"

        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(connecting, "trusted", lambda: trusting)
        assert fetch("GET", "https://kade.example/").body == b"hello"
        error = refusal("https://thief.example/")
    assert error.code == "certificate"
    assert not error.may_have_arrived


# ── robots.txt ────────────────────────────────────────────────────────────────────────────────

RULES = "User-agent: *\nDisallow: /private\n\nUser-agent: Cadans\nDisallow: /not-cadans\n"


def test_a_site_that_asks_not_to_be_read_is_not_read(here):
    pages = {"/robots.txt": Page(RULES), "/a": Page("a"), "/private": Page("b")}
    with serving(pages) as server, Fetcher() as out:
        assert out.fetch("GET", server.url("/a"), robots=True).body == b"a"
        assert out.fetch("GET", server.url("/private"), robots=True).body == b"b"
        with pytest.raises(FetchRefused) as refused:
            out.fetch("GET", server.url("/not-cadans"), robots=True)
    assert refused.value.code == "robots"
    assert [asked.path for asked in server.asked] == ["/robots.txt", "/a", "/private"]


def test_a_redirect_is_held_to_the_rules_too(here):
    with serving({"/robots.txt": Page(RULES)}) as server:
        server.pages["/"] = Page(status=302, headers={"location": "/not-cadans"})
        assert refusal(server.url(), robots=True).code == "robots"


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        (Page(status=404), True),
        (Page("\x00\xff rubbish"), True),
        (Page("x" * 600_000), True),
        (Page(status=503), False),
        (Page(status=429), False),
    ],
)
def test_without_rules_all_may_be_read_and_without_an_answer_nothing(here, rules, allowed):
    with serving({"/robots.txt": rules}) as server, Fetcher() as out:
        assert out.is_allowed_by_robots(server.url("/a")) is allowed
