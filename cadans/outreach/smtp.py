"""Hand a mail to a mail server (RFC 5321), knowing at each step what may have become of it."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from cadans.ground.sealed import CannotOpen, open_sealed
from cadans.outreach.models.mailboxes import SEALED_FOR, Mailbox, Security
from cadans.outreach.trouble import Trouble, Unclear, of_connecting

TIMEOUT = 30
"""Seconds that a server may take for any one answer."""

NEW_LINE_WITH_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class Envelope:
    """From whom to whom, and the mail itself with CRLF at each line's end."""

    sender: str
    receivers: Sequence[str]
    content: bytes


@contextmanager
def connected(mailbox: Mailbox, *, timeout: float = TIMEOUT) -> Iterator[smtplib.SMTP]:
    """A connection to the mailbox's server for sending, logged in. Raises Trouble."""
    try:
        password = open_sealed(mailbox.smtp_password, for_what=SEALED_FOR)
    except CannotOpen as error:
        raise Trouble("secret") from error
    server = _connected(mailbox, timeout)
    try:
        if mailbox.smtp_user:
            _log_in(server, mailbox.smtp_user, password)
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _connected(mailbox: Mailbox, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if mailbox.smtp_security == Security.TLS:
        server = smtplib.SMTP_SSL(timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(timeout=timeout)
    # smtplib checks the certificate against this name.
    server._host = mailbox.smtp_host  # type: ignore[attr-defined]
    try:
        code, told = server.connect(mailbox.smtp_host, mailbox.smtp_port)
        if code != 220:
            raise Trouble("busy" if 400 <= code < 500 else "not_a_mail_server", _text(told))
        server.ehlo_or_helo_if_needed()
        if mailbox.smtp_security == Security.STARTTLS:
            server.starttls(context=context)
            server.ehlo()
    except smtplib.SMTPNotSupportedError as error:
        server.close()
        raise Trouble("no_starttls") from error
    except smtplib.SMTPResponseException as error:
        server.close()
        raise Trouble("not_a_mail_server", _text(error.smtp_error)) from error
    except smtplib.SMTPException as error:
        server.close()
        raise Trouble("not_a_mail_server", str(error)) from error
    except UnicodeError as error:
        server.close()
        raise Trouble("host_unknown") from error
    except OSError as error:
        server.close()
        raise of_connecting(error) from error
    except Trouble:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    try:
        server.login(user, password)
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < 500:
            raise Trouble("busy", _text(error.smtp_error)) from error
        raise Trouble("credentials", _text(error.smtp_error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Trouble("no_login") from error
    except smtplib.SMTPException as error:
        raise Trouble("credentials", str(error)) from error
    except OSError as error:
        raise of_connecting(error) from error


def hand_over(mailbox: Mailbox, envelope: Envelope, before_text: Callable[[], None]) -> str:
    """Give the server the mail; what it answered when it took it.

    `before_text` is called when the server has accepted sender and receivers and is about to be
    given the text. Raises Unclear when the server may have taken it, and Trouble when it has not.
    """
    with connected(mailbox) as server:
        try:
            _address(server, envelope)
            before_text()
            code, told = server.docmd("DATA")
            if code != 354:
                raise _refused("content_refused", code, told)
            server.send(_body(envelope.content))
        except smtplib.SMTPServerDisconnected as error:
            raise Trouble("closed", str(error)) from error
        except OSError as error:
            raise of_connecting(error) from error
        return _end(server)


def _address(server: smtplib.SMTP, envelope: Envelope) -> None:
    """Sender and receivers. The server must take each: nobody gets what others do not."""
    size = [f"SIZE={len(envelope.content)}"] if server.has_extn("size") else []
    code, told = server.mail(envelope.sender, size)
    if code != 250:
        raise _refused("sender_refused", code, told)
    for address in envelope.receivers:
        code, told = server.rcpt(address)
        if code not in (250, 251):
            raise _refused("recipient_refused", code, told)


def _end(server: smtplib.SMTP) -> str:
    """The single dot after which the server takes the mail or does not."""
    try:
        server.send(b".\r\n")
        code, told = server.getreply()
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unclear(str(error)) from error
    if code != 250:
        raise _refused("content_refused", code, told)
    return _text(told)[:300]


def _refused(kind: str, code: int, told: bytes) -> Trouble:
    """5xx is for good, 4xx for now (RFC 5321, 4.2.1)."""
    answer = f"{code} {_text(told)}"
    return Trouble(kind, answer, lasting=True) if code >= 500 else Trouble("busy", answer)


def _body(content: bytes) -> bytes:
    """With dots at the start of a line doubled (RFC 5321, 4.5.2), and ending in a new line."""
    text = NEW_LINE_WITH_DOT.sub(b"..", content)
    return text if text.endswith(b"\r\n") else text + b"\r\n"


def _text(told: bytes | str) -> str:
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else told
