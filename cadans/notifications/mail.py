"""The mail of a notification, in its reader's language."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from cadans.notifications.kinds import KINDS
from cadans.notifications.models import Notification


def can_send() -> bool:
    """Whether mail leaves the house; without `EMAIL_URL` it is only written to files."""
    return "filebased" not in settings.EMAIL_BACKEND


def mail_of(notification: Notification) -> EmailMultiAlternatives:
    """The mail. The same notification gives the same Message-ID, so it is shown once."""
    user = notification.user
    with override(user.language):
        sentence = KINDS[notification.kind].sentence(notification.data)
        shown = {
            "name": user.name,
            "language": user.language,
            "sentence": sentence,
            "href": f"{settings.BASE_URL}{notification.href}",
            "choices": f"{settings.BASE_URL}/notifications/choices/",
            "call": _("Look at it"),
        }
        mail = EmailMultiAlternatives(
            subject=sentence,
            body=render_to_string("notifications/mail/one.txt", shown),
            to=[user.email],
            headers={
                "Message-ID": f"<notification-{notification.id}@cadans>",
                "Auto-Submitted": "auto-generated",
            },
        )
        html = render_to_string("notifications/mail/one.html", shown)
        mail.attach_alternative(html, "text/html")
    return mail
