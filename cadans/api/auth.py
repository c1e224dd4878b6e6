"""Who asks: a bearer token, the user behind it, and what its scopes allow.

Session cookies are not accepted here, so that no page elsewhere can act in somebody's name.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from cadans.api.limits import buckets
from cadans.api.problems import TooManyRequests, Unauthorized
from cadans.ground.errors import NotAllowed
from cadans.team.actions import note_token_use
from cadans.team.models import ApiToken, User
from cadans.team.queries import token_by_text

NOTED_EVERY = timedelta(minutes=1)
"""How fresh a token's `last_used_at` is kept, so that not every request writes."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
noted_at: dict[uuid.UUID, datetime] = {}
"""When this process last noted that a token was used."""

READING = {"GET", "HEAD"}


class ApiRequest(HttpRequest):
    """A request that passed the token check."""

    auth: ApiToken
    user: User


class Token(HttpBearer):
    """Lets a request pass whose token is alive and has the scope its method needs.

    Reading needs `read`; everything else needs the scope given as `to_change`.
    """

    def __init__(self, to_change: str = ApiToken.Scope.WRITE) -> None:
        super().__init__()
        self.to_change = to_change

    def __call__(self, request: HttpRequest) -> Any:
        token = super().__call__(request)
        if token is None:
            raise Unauthorized(_("Send a token that is alive: “Authorization: Bearer TOKEN”."))
        return token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The live token behind the text. Raises NotAllowed, TooManyRequests."""
        found = token_by_text(token)
        if found is None:
            return None
        wait = buckets.wait(found.id)
        if wait:
            raise TooManyRequests(
                _("This token asks too fast. Try again in %(seconds)d s.")
                % {"seconds": ceil(wait)},
                retry_after=ceil(wait),
            )
        request.user = found.user
        if "Accept-Language" not in request.headers:
            translation.activate(found.user.language)
        now = timezone.now()
        if now - noted_at.get(found.id, LONG_AGO) > NOTED_EVERY:
            noted_at[found.id] = now
            note_token_use(found, at=now)
        needed = ApiToken.Scope.READ if request.method in READING else self.to_change
        if needed not in found.scopes:
            raise NotAllowed(
                _("This token lacks the scope “%(scope)s”.") % {"scope": needed},
                code="scope_missing",
            )
        return found


WORK = Token()
"""For leads, people, companies, tasks: `read` to read, `write` to change."""

SET_UP = Token(ApiToken.Scope.SETTINGS)
"""For pipelines, users and settings: `read` to read, `settings` to change."""
