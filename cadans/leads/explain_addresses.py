"""What befell somebody's e-mail address, in words: left alone from now on, or written to again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def suppressed(who: str, data: Mapping[str, Any]) -> str:
    """No mail goes to the address any more, and why. `who` did it where a colleague did."""
    facts = {"address": data.get("address", "–"), "who": who}
    told = {
        ("unsubscribed", "one_click"): _(
            "%(address)s unsubscribed with the button of their mail program: they get no more"
            " automatic mail."
        ),
        ("unsubscribed", "preferences"): _(
            "%(address)s unsubscribed on their preference page: they get no more automatic mail."
        ),
        ("unsubscribed", "mail"): _(
            "%(address)s wrote to be taken off: they get no more automatic mail."
        ),
        ("unsubscribed", "service"): _(
            "%(address)s unsubscribed at the mailing service: they get no more automatic mail."
        ),
    }.get((str(data.get("why")), str(data.get("through"))))
    told = told or {
        "unsubscribed": _("%(who)s noted that %(address)s unsubscribed from automatic mail."),
        "bounced": _("Mail to %(address)s does not arrive: no more is sent there."),
        "complained": _("%(address)s reported our mail as unwanted: no more is sent there."),
    }.get(str(data.get("why")), _("%(who)s put %(address)s on the list of who gets no mail."))
    return _with_note(told % facts, data.get("note"))


def released(who: str, data: Mapping[str, Any]) -> str:
    """The address is written to again, and by whose wish."""
    facts = {"address": data.get("address", "–"), "who": who}
    if data.get("through") == "preferences":
        return _("%(address)s wants to get automatic mail again.") % facts
    told = _("%(who)s allowed mail to %(address)s again.") % facts
    return _with_note(told, data.get("because"))


def _with_note(told: str, note: Any) -> str:
    if not note:
        return told
    reason = _("Reason: “%(reason)s”.") % {"reason": note}
    return f"{told} {reason}"
