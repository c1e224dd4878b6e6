"""`ETag` and `If-Match`: whoever changes a thing may say which state of it they saw.

The tag is the thing's revision (of small things: a hash of how they are shown). `If-Match` is
honoured wherever a single thing is changed or deleted, and may be left out; a state that is no
longer the present one is answered with 412.
"""

from __future__ import annotations

import hashlib
import json
import re

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel

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


def tag(shape: BaseModel) -> str:
    """The tag of a thing that keeps no revision: a hash of how it is shown."""
    # Sorted, because the database keeps JSON in an order of its own.
    text = json.dumps(shape.model_dump(mode="json"), sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'


def require_same(request: HttpRequest, shape: BaseModel) -> None:
    """Raise Outdated unless the caller saw the thing as it is now or does not mind.

    The thing's row must be locked, so that it stays as it is.
    """
    asked = request.headers.get("If-Match", "").strip()
    if asked not in {"", "*", tag(shape)}:
        raise changed_meanwhile()
