"""Drops of conversions and win rates that are no chance."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cadans.insight.alert_mail import can_send, leads_address
from cadans.insight.alert_words import in_words
from cadans.insight.alerts import alerts_for
from cadans.insight.models import Alert
from cadans.web.insight.page import page
from cadans.web.insight.question import asker, read_question


@login_required
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """The drops that last, then those that are over."""
    found = alerts_for(asker(request))
    several = len({alert.pipeline_id for alert in found}) > 1
    context = {
        "lasting": [shown(alert, several) for alert in found if alert.over_on is None],
        "over": [shown(alert, several) for alert in found if alert.over_on is not None],
        "can_send": can_send(),
    }
    return page(request, "alerts", read_question(request), context)


def shown(alert: Alert, several: bool) -> dict[str, Any]:
    """An alert as its card shows it; with the pipeline where there are several."""
    return {
        "alert": alert,
        "words": in_words(alert),
        "pipeline": alert.pipeline.name if several else "",
        "leads": leads_address(alert),
    }
