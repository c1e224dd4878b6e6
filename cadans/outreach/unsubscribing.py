"""Links with which readers say whether they want mail, without logging in, and the headers of
automatic mail that mail programs make an unsubscribe button of (RFC 2369, RFC 8058)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from cadans.contacts.models import Person
from cadans.ground.errors import NotFound
from cadans.outreach.models.suppression import Suppression
from cadans.outreach.queries.templates import language_of

SALT = "outreach.preferences"
ADDRESS = "/mail/preferences/"
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program posts to the link when its reader presses the button (RFC 8058)."""


@dataclass(frozen=True)
class Reader:
    """Who opened a link: their address, the language they read, what is known of their wish."""

    address: str
    language: str
    suppression: Suppression | None

    @property
    def is_unsubscribed(self) -> bool:
        """Whether they asked for no more automatic mail."""
        return self.suppression is not None and self.suppression.is_their_wish

    @property
    def cannot_be_reached(self) -> bool:
        """Whether mail is not sent for another reason than their own wish."""
        return self.suppression is not None and not self.suppression.is_their_wish


def preference_link(address: str) -> str:
    """The whole address of a reader's preference page, for the foot of a mail."""
    return f"{settings.BASE_URL}{ADDRESS}{preference_token(address)}/"


def unsubscribe_headers(address: str) -> dict[str, str]:
    """The headers that every automatic mail to this address carries."""
    return {
        "List-Unsubscribe": f"<{preference_link(address)}>",
        "List-Unsubscribe-Post": "=".join(ONE_CLICK),
    }


def preference_token(address: str) -> str:
    """What a link proves: that it stood in a mail to this address. It holds for good, as old mail
    must be unsubscribed from too."""
    return signing.dumps(address.strip().lower(), salt=SALT, compress=False)


def reader_behind(token: str) -> Reader:
    """Whose link this is. Raises NotFound for a link that is not ours."""
    try:
        address = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotFound(_("This link is damaged. Open it from the mail again.")) from error
    person = Person.objects.present().filter(email=address).first()
    suppression = Suppression.objects.filter(address=address).first()
    return Reader(address, language_of(person), suppression)
