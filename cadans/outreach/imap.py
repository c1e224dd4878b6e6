"""Read a mailbox at its server (IMAP, RFC 3501), without changing anything in it."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imap_tools import (
    BaseMailBox,
    MailBox,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from cadans.ground.sealed import CannotOpen, open_sealed
from cadans.outreach.models.mailboxes import SEALED_FOR, Mailbox, Security
from cadans.outreach.trouble import Trouble, of_connecting

TIMEOUT = 30
"""Seconds that a server may take for any one answer."""


@contextmanager
def opened(mailbox: Mailbox, *, timeout: float = TIMEOUT) -> Iterator[BaseMailBox]:
    """The mailbox's folder, logged in to and selected. Raises Trouble."""
    try:
        password = open_sealed(mailbox.imap_password, for_what=SEALED_FOR)
    except CannotOpen as error:
        raise Trouble("secret") from error
    server = _connected(mailbox, timeout)
    try:
        server.login(mailbox.imap_user or mailbox.address, password, initial_folder=None)
        server.folder.set(mailbox.imap_folder or "INBOX", readonly=True)
        yield server
    except MailboxLoginError as error:
        raise Trouble("credentials", _said(error)) from error
    except MailboxFolderSelectError as error:
        raise Trouble("folder_missing", _said(error)) from error
    except imaplib.IMAP4.error as error:
        raise Trouble("closed" if "EOF" in str(error) else "other", str(error)) from error
    except OSError as error:
        raise of_connecting(error) from error
    finally:
        with suppress(Exception):
            server.logout()
        with suppress(Exception):
            server.client.shutdown()


def _connected(mailbox: Mailbox, timeout: float) -> BaseMailBox:
    context = ssl.create_default_context()
    place = (mailbox.imap_host, mailbox.imap_port)
    try:
        if mailbox.imap_security == Security.TLS:
            return MailBox(*place, timeout=timeout, ssl_context=context)
        if mailbox.imap_security == Security.STARTTLS:
            return MailBoxStartTls(*place, timeout=timeout, ssl_context=context)
        return MailBoxUnencrypted(*place, timeout=timeout)
    except imaplib.IMAP4.error as error:
        starttls = mailbox.imap_security == Security.STARTTLS and "TLS" in str(error)
        raise Trouble("no_starttls" if starttls else "not_a_mail_server", str(error)) from error
    except UnicodeError as error:
        raise Trouble("host_unknown") from error
    except OSError as error:
        raise of_connecting(error) from error


def _said(error: Exception) -> str:
    """What the server said, out of imap-tools' account of it."""
    result = getattr(error, "command_result", None)
    parts = result[1] if isinstance(result, tuple) and len(result) > 1 else ()
    return " ".join(one.decode("utf-8", "replace") for one in parts if isinstance(one, bytes))
