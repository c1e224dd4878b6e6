"""Passing messages for pages that are already open."""

from typing import Literal, TypeVar

from django.http import HttpResponse
from django_htmx.http import trigger_client_event

Response = TypeVar("Response", bound=HttpResponse)
Kind = Literal["success", "info", "warning", "error"]


def with_toast(
    response: Response, text: str, kind: Kind = "success", *, undo_url: str = ""
) -> Response:
    """Let the page that gets this htmx response show `text` for some seconds.

    With `undo_url` it has a button that posts there.
    """
    detail = {"text": str(text), "kind": kind} | ({"undo_url": undo_url} if undo_url else {})
    trigger_client_event(response, "toast", detail)
    return response
