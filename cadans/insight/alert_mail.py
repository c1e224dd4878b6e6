"""The mail that tells a manager of a drop."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from cadans.insight.alert_words import in_words
from cadans.insight.alerts import weeks_looked_at
from cadans.insight.models import Alert
from cadans.team.models import User


def can_send() -> bool:
    """Whether mail leaves the house; without `EMAIL_URL` it is only written to files."""
    return "filebased" not in settings.EMAIL_BACKEND


def mail_about(alert: Alert, user: User) -> EmailMultiAlternatives:
    """The mail, in the receiver's language. The same for the same alert and receiver."""
    with override(user.language):
        words = in_words(alert)
        shown = {
            "words": words,
            "name": user.name,
            "language": user.language,
            "leads": f"{settings.BASE_URL}{leads_address(alert)}",
            "alerts": f"{settings.BASE_URL}/insight/alerts/",
            "call": _("See the leads"),
        }
        mail = EmailMultiAlternatives(
            subject=words.title,
            body=render_to_string("insight/mail/drop.txt", shown),
            to=[user.email],
            headers={"Message-ID": f"<alert-{alert.id}-{user.id}@cadans>"},
        )
        mail.attach_alternative(render_to_string("insight/mail/drop.html", shown), "text/html")
    return mail


def leads_address(alert: Alert) -> str:
    """Where the leads are that were lost there in those weeks, below the product's address."""
    first, last = weeks_looked_at(alert)
    asked = {
        "period": "own",
        "from": first.isoformat(),
        "through": last.isoformat(),
        "pipeline": alert.pipeline.key,
    }
    if alert.stage is None:
        asked |= {"metric": "win-rate", "part": "lost"}
    else:
        asked |= {"metric": "conversion", "part": "lost", "key": alert.stage.key}
    return f"/insight/leads/?{urlencode(asked)}"
