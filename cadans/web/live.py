"""Pages that stay true: what a change answers, and what an open page gets when it asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django_htmx.http import trigger_client_event

from cadans.web.toasts import Kind, with_toast


def news(request: HttpRequest, token: str, render: Callable[[], HttpResponse]) -> HttpResponse:
    """What an element with `data-live-url` gets: nothing new (204), or its new self."""
    if constant_time_compare(request.GET.get("token", ""), token):
        return HttpResponse(status=204)
    response = render()
    response["X-Live-Token"] = token
    return response


def changed(
    text: str = "", kind: Kind = "success", *, undo_url: str = "", close: bool = False
) -> HttpResponse:
    """What a change answers: nothing to swap, but every live part asks at once for what is new.

    `close` closes the side panel that the change was made in.
    """
    return with_news(HttpResponse(status=204), text, kind, undo_url=undo_url, close=close)


def with_news(
    response: HttpResponse,
    text: str = "",
    kind: Kind = "success",
    *,
    undo_url: str = "",
    close: bool = False,
) -> HttpResponse:
    """The same on a response that has something to swap (a form, empty again)."""
    trigger_client_event(response, "live-now", {})
    if text:
        with_toast(response, text, kind, undo_url=undo_url)
    if close:
        # Last: it takes away the form from which these events rise.
        trigger_client_event(response, "drawer-close", {})
    return response


def open_drawer(url: str, *, status: int = 409) -> HttpResponse:
    """Ask the page to open its side panel on `url` (409: what was asked needs more first)."""
    response = HttpResponse(status=status)
    return trigger_client_event(response, "drawer-open", {"url": url})
