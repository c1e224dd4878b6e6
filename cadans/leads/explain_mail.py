"""What happened to mail on a lead, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

Data = Mapping[str, Any]


def mail_in_words(kind: str, who: str, data: Data) -> str:
    """What an event says of a mail; `who` is the one who acted."""
    facts = {
        "who": who,
        "to": data.get("to") or "–",
        "from": data.get("from") or "–",
        "subject": data.get("subject") or _("(no subject)"),
    }
    return _sentence(kind, data) % facts


def _sentence(kind: str, data: Data) -> str:
    match kind:
        case "mail_queued":
            return _("%(who)s wrote a mail to %(to)s: “%(subject)s”. It is being sent.")
        case "mail_held":
            return _("%(who)s wrote a mail to %(to)s: “%(subject)s”. It is held in the outbox.")
        case "mail_sent":
            return _("Mailed %(to)s: “%(subject)s”.")
        case "mail_failed":
            return _("The mail to %(to)s could not be sent: “%(subject)s”.")
        case "mail_unclear":
            return _(
                "It is unclear whether the mail to %(to)s was sent: “%(subject)s”. Look for it, and"
                " say so in the outbox."
            )
        case "mail_dropped":
            return _("%(who)s dropped the mail to %(to)s: “%(subject)s”.")
        case "mail_bounced":
            return _("The mail to %(to)s did not arrive: “%(subject)s”.")
    if data.get("kind") == "auto_reply":
        return _("Automatic reply from %(from)s: “%(subject)s”.")
    return _("%(from)s mailed: “%(subject)s”.")


KINDS = (
    *("mail_queued", "mail_held", "mail_sent", "mail_failed", "mail_unclear", "mail_dropped"),
    *("mail_received", "mail_bounced"),
)
