"""`ETag` and `If-Match`: whoever changes a thing may say which state of it they saw.

The tag is the thing's revision. `If-Match` is honoured wherever a single thing is changed or
deleted, and may be left out; a state that is no longer the present one is answered with 412.
"""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cadans.ground.errors import Outdated

TAG = re.compile(r'"(\d{1,9})"')


def revision_seen(request: HttpRequest) -> int | None:
    """The revision that the caller names in `If-Match`; None when any will do.

    Raises Outdated when the header names none that could ever be the present one.
    """
    asked = request.headers.get("If-Match", "").strip()
    if not asked or asked == "*":
        return None
    found = TAG.fullmatch(asked)
    if found is None:
        raise changed_meanwhile()
    return int(found[1])


def require_revision(request: HttpRequest, revision: int) -> None:
    """Raise Outdated unless the caller saw this revision or does not mind."""
    seen = revision_seen(request)
    if seen is not None and seen != revision:
        raise changed_meanwhile()


def changed_meanwhile() -> Outdated:
    """The error of a lost race."""
    return Outdated(_("Somebody changed this meanwhile. Read it again and decide anew."))
