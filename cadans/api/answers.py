"""How the API answers: a shape as JSON, with the headers that belong to it.

Views return finished responses, so that an answer is validated and written out once (by Pydantic,
in one go) and can be kept beside an idempotency key as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from pydantic import BaseModel

from cadans.api.etags import tag

JSON = "application/json"


def answer(
    shape: BaseModel,
    *,
    status: int = 200,
    revision: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The shape as a JSON response; `revision` becomes its ETag."""
    response = HttpResponse(
        shape.model_dump_json(by_alias=True), status=status, content_type=JSON, headers=headers
    )
    if revision is not None:
        response["ETag"] = f'"{revision}"'
    return response


def small(shape: BaseModel, *, status: int = 200) -> HttpResponse:
    """A small thing without a revision, under a tag of its own."""
    return answer(shape, status=status, headers={"ETag": tag(shape)})


def nothing() -> HttpResponse:
    """The answer to a deletion: 204, without a body."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response
