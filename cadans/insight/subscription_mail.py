"""The mail of a subscription: the figures, how they changed, the way to the page, the workbook."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from babel import dates
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from cadans.insight.columns import metric_named
from cadans.insight.exports import XLSX, as_workbook
from cadans.insight.filters import Filters
from cadans.insight.headlines import headlines, locale
from cadans.insight.models import Subscription
from cadans.insight.reports import AHEAD
from cadans.insight.subscriptions import Issue, answers, stop_token

PAGES = {
    "win-rate-why": "win-rate",
    "quick-no": "cycle/quick-no",
    "committee": "cycle/committee",
}
"""Reports that have no page of their own name."""


def mail_of(subscription: Subscription, issue: Issue) -> EmailMultiAlternatives:
    """The mail in its receiver's language, with what the receiver may see.

    The same subscription and period give a mail of the same Message-ID, so that a mail program
    shows it once. Raises Invalid when a filter points at something that is no longer there.
    """
    user = subscription.user
    with override(user.language):
        filters, answer, before = answers(subscription, issue)
        title = metric_named(subscription.metric)
        period = period_in_words(filters)
        stop = f"{settings.BASE_URL}/insight/subscriptions/stop/{stop_token(subscription)}/"
        shown = {
            "name": user.name,
            "language": user.language,
            "title": title,
            "period": period,
            "figures": headlines(subscription.metric, answer, before),
            "has_before": before is not None,
            "page": page_address(subscription, filters),
            "stop": stop,
            "every": subscription.get_every_display(),
        }
        mail = EmailMultiAlternatives(
            subject=f"{title}: {period}",
            body=render_to_string("insight/mail/report.txt", shown),
            to=[user.email],
            headers={
                "Message-ID": f"<report-{subscription.id}-{issue.since}@cadans>",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(render_to_string("insight/mail/report.html", shown), "text/html")
        told = [(_("Report"), title), (_("Period"), period)]
        name = f"{subscription.metric}-{filters.since}-{filters.until - timedelta(days=1)}.xlsx"
        mail.attach(name, as_workbook(answer, told), XLSX)
    return mail


def period_in_words(filters: Filters) -> str:
    """“3 Nov – 9 Nov 2026”, both days counting."""
    last = filters.until - timedelta(days=1)
    first = dates.format_date(filters.since, "d MMM", locale=locale())
    return f"{first} – {dates.format_date(last, 'd MMM y', locale=locale())}"


def page_address(subscription: Subscription, filters: Filters) -> str:
    """Where the page is, under the question of the mail."""
    asked = dict(subscription.asked)
    if subscription.metric not in AHEAD:
        last = filters.until - timedelta(days=1)
        asked |= {"period": "own", "from": str(filters.since), "through": str(last)}
    page = PAGES.get(subscription.metric, subscription.metric)
    bare = f"{settings.BASE_URL}/insight/{page}/"
    return f"{bare}?{urlencode(asked)}" if asked else bare
