"""The address at which a mailing service tells what changed on a list.

The service signs nothing, so the address itself carries a secret.
"""

from __future__ import annotations

import uuid
from hmac import compare_digest

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cadans.outreach.audiences.actions.accounts import hook_secret
from cadans.outreach.audiences.actions.hearing import News, hear
from cadans.outreach.models.audiences import Audience


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def audience_hook(request: HttpRequest, id: uuid.UUID, secret: str) -> HttpResponse:
    """GET answers that we are here, which the service asks once; POST takes in news."""
    audience = Audience.objects.select_related("account").filter(id=id).first()
    known = hook_secret(audience) if audience else ""
    if audience is None or not compare_digest(known.encode(), secret.encode()):
        raise Http404
    if request.method == "POST":
        told = request.POST
        if told.get("data[list_id]", audience.remote_id) == audience.remote_id:
            hear(audience, _news(told))
    return HttpResponse(status=204 if request.method == "POST" else 200)


def _news(told: object) -> News:
    def part(name: str) -> str:
        return str(told.get(name, "")).replace("\x00", "").strip()[:254]  # type: ignore[attr-defined]

    return News(
        kind=part("type"),
        email=(part("data[new_email]") or part("data[email]")).lower(),
        old_email=part("data[old_email]").lower(),
        is_deleted=part("data[action]") == "delete",
        reason=part("data[reason]"),
    )
