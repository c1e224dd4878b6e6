"""`Idempotency-Key`: a POST that is sent twice is carried out once.

The answer is kept for 24 hours beside user and key, in the transaction of the deed itself. A
repeat with the same body gets the same answer, marked `Idempotent-Replayed: true`; with another
body it is refused (422); while the first is still being carried out, with 409. What was refused
is not kept: nothing was done, so it may be tried again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.api.auth import ApiRequest
from cadans.api.models import KEPT_FOR, IdempotencyKey
from cadans.api.problems import BadRequest
from cadans.ground.errors import Conflict, Invalid

View = Callable[..., HttpResponse]

KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("ETag", "Location", "Content-Type")


def once(view: View) -> View:
    """Let a view honour the `Idempotency-Key` of POST requests. Others pass as they are."""

    @wraps(view)
    def carried_out_once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST":
            return view(request, *args, **kwargs)
        if not KEY.fullmatch(key):
            raise BadRequest(
                _("“Idempotency-Key” is 1 to 255 visible characters, such as a UUID."),
                code="idempotency_key_malformed",
            )
        with transaction.atomic():
            return _once(cast(ApiRequest, request), key, lambda: view(request, *args, **kwargs))

    return carried_out_once


def _once(request: ApiRequest, key: str, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    user = request.auth.user
    fingerprint = _fingerprint(request)
    if not _lock(f"{user.id}:{key}"):
        raise Conflict(
            _("The same request is being carried out at this moment."), code="idempotency_running"
        )
    known = IdempotencyKey.objects.filter(user=user, key=key).first()
    if known is not None and known.made_at > timezone.now() - KEPT_FOR:
        if known.request != fingerprint:
            raise Invalid(
                _("This “Idempotency-Key” was used for another request."),
                code="idempotency_key_reused",
            )
        return HttpResponse(
            known.body,
            status=known.status,
            headers={**known.headers, "Idempotent-Replayed": "true"},
        )
    if known is not None:
        known.delete()
    response = carry_out()
    IdempotencyKey.objects.create(
        user=user,
        key=key,
        request=fingerprint,
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body=response.content.decode(),
    )
    return response


def forget_old_keys() -> None:
    """Delete the answers that are older than they are kept for."""
    IdempotencyKey.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()


def _lock(name: str) -> bool:
    """Hold a name until the end of the transaction; False when somebody else holds it."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _fingerprint(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        # The boundary differs from try to try, and the stream was read already.
        for name in sorted(request.POST):
            digest.update(f"{name}={request.POST.getlist(name)}\n".encode())
        for name in sorted(request.FILES):
            file = cast(Any, request.FILES[name])
            digest.update(f"{name}:{file.name}\n".encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()
