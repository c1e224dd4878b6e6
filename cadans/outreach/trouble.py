"""What can be wrong with a mail server or a mail, as fixed words, and in the reader's language."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

from django.utils.translation import gettext as _

LONGEST = 300


class Trouble(Exception):
    """A mail server could not be reached or did not take something.

    `kind` is one of `WORDS`; `told` is what the server said. `lasting`: trying again is no use.
    """

    def __init__(self, kind: str, told: str = "", *, lasting: bool = False) -> None:
        super().__init__(f"{kind}: {told}" if told else kind)
        self.kind = kind
        self.told = " ".join(told.split())[:LONGEST]
        self.lasting = lasting


class Unclear(Trouble):
    """The server may have taken the mail, and may not: the connection broke before it said so."""

    def __init__(self, told: str = "") -> None:
        super().__init__("unclear", told)


WORDS: dict[str, Callable[[], str]] = {
    "host_unknown": lambda: _("There is no server of that name. Check the host name."),
    "refused": lambda: _(
        "The server refuses connections at that port. Check the port: 465 for TLS or 587 for"
        " STARTTLS to send, 993 to receive."
    ),
    "timed_out": lambda: _(
        "The server did not answer in time. Check host and port; a firewall may be in between."
    ),
    "unreachable": lambda: _("The server cannot be reached from here."),
    "certificate": lambda: _(
        "The server’s certificate is not valid for that name. Use the name that stands in the"
        " certificate, or have it renewed."
    ),
    "tls": lambda: _(
        "The server does not speak TLS at that port. Choose STARTTLS there, or another port."
    ),
    "no_starttls": lambda: _("The server offers no STARTTLS at that port. Choose TLS."),
    "not_a_mail_server": lambda: _(
        "What answers at that port is no mail server of this kind, or it wants TLS from the start."
    ),
    "credentials": lambda: _(
        "The server does not accept user name and password. Some providers want an app password."
    ),
    "no_login": lambda: _("The server takes no user name and password on this connection."),
    "folder_missing": lambda: _("There is no such folder in this mailbox."),
    "secret": lambda: _("The password was kept under another CADANS_SECRET_KEY. Enter it again."),
    "sender_refused": lambda: _("The server may not send for this address."),
    "recipient_refused": lambda: _("The server did not take a receiver’s address."),
    "content_refused": lambda: _("The server did not take the text of the mail."),
    "busy": lambda: _("The server cannot take it now."),
    "suppressed": lambda: _("This address is on the list of those we no longer write to."),
    "unclear": lambda: _(
        "The connection broke off before the server said whether it took the mail. Look in the"
        " mailbox, then say whether it was sent."
    ),
    "closed": lambda: _("The server broke off the connection."),
    "other": lambda: _("The server said something that we do not understand."),
}


def in_words(kind: str, told: str = "") -> str:
    """What is wrong, and what the server said; nothing when nothing is."""
    if not kind:
        return ""
    sentence = WORDS.get(kind, WORDS["other"])()
    return f"{sentence} ({told})" if told else sentence


def of_connecting(error: OSError) -> Trouble:
    """What was wrong when a connection could not be made."""
    told = str(error.strerror or error)
    match error:
        case ssl.SSLCertVerificationError():
            return Trouble("certificate", error.verify_message or told)
        case ssl.SSLError():
            return Trouble("tls", error.reason or told)
        case socket.gaierror():
            return Trouble("host_unknown", told)
        case ConnectionRefusedError():
            return Trouble("refused", told)
        case TimeoutError():
            return Trouble("timed_out")
        case ConnectionError():
            return Trouble("closed", told)
    return Trouble("unreachable", told)
