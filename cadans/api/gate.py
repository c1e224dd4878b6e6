"""What every request passes before its view: language, size, kind of body, known parameters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja.operation import Operation
from ninja.parser import Parser

from cadans.api.problems import BadRequest, TooLarge, WrongMedia, WrongMethod
from cadans.ground.errors import Invalid

Run = Callable[..., HttpResponse]

WITH_BODY = {"POST", "PUT", "PATCH"}


def at_the_gate(operation: Operation) -> Run:
    """The operation's run, with the checks before it."""
    run: Run = operation.run  # type: ignore[assignment]
    known = {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in getattr(model, "__ninja_flatten_map__", {})
    }
    takes = getattr(operation.view_func, "takes", frozenset({"application/json"}))
    largest = getattr(operation.view_func, "largest", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    def checked(request: HttpRequest, **parts: Any) -> HttpResponse:
        if "Accept-Language" in request.headers:
            translation.activate(translation.get_language_from_request(request))
        try:
            _check_size(request, largest)
            _check_media(request, takes)
            _check_parameters(request, known)
        except (TooLarge, WrongMedia, Invalid, BadRequest) as error:
            return operation.api.on_exception(request, error)
        return run(request, **parts)

    return checked


def takes(*media: str, largest: int | None = None) -> Callable[[Run], Run]:
    """Mark a view that reads other kinds of bodies than JSON, or larger ones (in bytes)."""

    def mark(view: Run) -> Run:
        view.takes = frozenset(media)  # type: ignore[attr-defined]
        if largest is not None:
            view.largest = largest  # type: ignore[attr-defined]
        return view

    return mark


def wrong_method(allowed: set[str]) -> WrongMethod:
    """The error for a method that an address does not know."""
    return WrongMethod(
        _("This address knows: %(methods)s.") % {"methods": ", ".join(sorted(allowed))}
    )


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise BadRequest(_("The request cannot be read.")) from None


def _check_size(request: HttpRequest, largest: int) -> None:
    if _length(request) > largest:
        raise TooLarge(
            _("The body is too large (at most %(size)s MB).") % {"size": largest // 1024**2}
        )


def _check_media(request: HttpRequest, takes: frozenset[str]) -> None:
    if request.method not in WITH_BODY or not _length(request):
        return
    if request.content_type not in takes:
        raise WrongMedia(_("Send “Content-Type: %(types)s”.") % {"types": ", ".join(sorted(takes))})


def _check_parameters(request: HttpRequest, known: set[str]) -> None:
    for name, values in request.GET.lists():
        if name not in known:
            raise Invalid(
                _("There is no parameter “%(name)s” here.") % {"name": name}, pointer=f"?{name}"
            )
        if any(not storable(value) for value in values):
            raise Invalid(_("This text holds characters that no text has."), pointer=f"?{name}")


class JSONParser(Parser):
    """Reads JSON that the database can hold: no NUL, no half characters, no endless numbers."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values. Raises ValueError or Invalid."""
        body = request.body
        data = json.loads(body, parse_constant=_refuse_constant, parse_float=_finite)
        if b"\\u" in body and (path := _unstorable(data)) is not None:
            raise Invalid(_("This text holds characters that no text has."), pointer=path)
        return data


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _unstorable(data: Any, path: str = "") -> str | None:
    """The pointer to the first text that cannot be held."""
    if isinstance(data, str):
        return None if storable(data) else path
    if isinstance(data, dict):
        for key, value in data.items():
            if not storable(key):
                return path
            found = _unstorable(value, f"{path}/{key}")
            if found is not None:
                return found
    if isinstance(data, list):
        for place, value in enumerate(data):
            found = _unstorable(value, f"{path}/{place}")
            if found is not None:
                return found
    return None


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return number
