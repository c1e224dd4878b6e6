"""Real mail servers on loopback: aiosmtpd takes what is sent, pymap holds a mailbox."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PASSWORD = "een goed wachtwoord"


@dataclass
class Post:
    """What a mail server got, and how it behaves: `refuse` maps an address to its answer."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    refuse_text: str = ""
    hang_up: bool = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Take the receiver, or not."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Take the mail, or not, or vanish without a word."""
        if self.refuse_text:
            return self.refuse_text
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.envelopes.append(envelope)
        if self.hang_up:
            server.transport.abort()
        return "250 taken"

    @property
    def ids(self) -> Counter[str]:
        """How often it got each Message-ID."""
        return Counter(letter["Message-ID"] for letter in self.letters)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def smtp_server(*, login: bool = False) -> Iterator[Post]:
    """A mail server that takes everything unless told otherwise."""
    post = Post()

    def check(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=right, handled=False)

    more = {"authenticator": check, "auth_require_tls": False} if login else {}
    post.port = free_port()
    running = Controller(post, hostname="127.0.0.1", port=post.port, **more)
    running.start()
    try:
        yield post
    finally:
        running.stop()


@dataclass
class Box:
    """A mailbox at an IMAP server."""

    port: int
    user: str

    def drop(self, mail: EmailMessage | bytes, folder: str = "INBOX") -> None:
        """Let a mail come in."""
        content = mail if isinstance(mail, bytes) else mail.as_bytes(policy=policy.SMTP)
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.login(self.user, "pass")
        client.append(folder, "", imaplib.Time2Internaldate(time.time()), content)
        client.logout()


@contextmanager
def imap_server() -> Iterator[Box]:
    """pymap with one empty mailbox in memory."""
    port = free_port()
    start = "from pymap.main import main; main()"
    command = [sys.executable, "-W", "ignore", "-c", start, "--host", "127.0.0.1", "--port"]
    login = ["--demo-user", "anna", "--demo-password", "pass"]
    running = subprocess.Popen(
        [*command, str(port), "--no-tls", "--no-service", "managesieve", "dict", *login],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _try in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert running.poll() is None, "pymap did not start"
            time.sleep(0.05)
        yield Box(port, "anna")
    finally:
        running.terminate()
        running.wait(10)
