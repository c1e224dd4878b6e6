"""Errors as RFC 9457 problem documents, in the reader's language, with a pointer to the field."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field

from cadans.ground.errors import CadansError
from cadans.playbooks.lines import WrongFile

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
MOST_ERRORS = 50
"""Field errors told at once; more help nobody."""


class FieldError(BaseModel):
    """What is wrong with one field: `pointer` (RFC 6901) in a body, `parameter` in an address;
    `line` and `column` (from 1) in a file."""

    detail: str
    pointer: str | None = Field(default=None, examples=["/people/0/email"])
    parameter: str | None = None
    line: int | None = None
    column: int | None = None


class Problem(BaseModel):
    """An error: `code` is a fixed word for programs, `detail` a sentence for people."""

    type: str = Field(examples=["urn:cadans:problem:unknown_stage"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["unknown_stage"])
    pointer: str | None = None
    errors: list[FieldError] = Field(default_factory=list)


class BadRequest(CadansError):
    """The request cannot be read."""

    status = 400
    code = "malformed"


class Unauthorized(CadansError):
    """No token, or one that is not alive."""

    status = 401
    code = "unauthorized"


class WrongMethod(CadansError):
    """The address is there, but not for this method."""

    status = 405
    code = "method_not_allowed"


class TooLarge(CadansError):
    """The body is larger than this address takes."""

    status = 413
    code = "too_large"


class WrongMedia(CadansError):
    """The body is not of a kind that this address reads."""

    status = 415
    code = "unsupported_media_type"


class TooManyRequests(CadansError):
    """The token asks faster than it may."""

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


TITLES = {
    400: gettext_noop("The request cannot be read"),
    401: gettext_noop("Not logged in"),
    403: gettext_noop("Not allowed"),
    404: gettext_noop("Not found"),
    405: gettext_noop("Not for this method"),
    409: gettext_noop("Not possible as things stand"),
    412: gettext_noop("Changed in the meantime"),
    413: gettext_noop("Too large"),
    415: gettext_noop("Not a format that can be read here"),
    422: gettext_noop("A value is wrong"),
    429: gettext_noop("Too many requests"),
    500: gettext_noop("Something went wrong here"),
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Iterable[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem document as a response."""
    listed = list(errors)[:MOST_ERRORS]
    title = TITLES.get(status)
    document = Problem(
        type=f"urn:cadans:problem:{code}",
        title=_(title) if title else HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        pointer=listed[0].pointer if listed else None,
        errors=listed,
    )
    return HttpResponse(
        document.model_dump_json(exclude_none=True),
        status=status,
        content_type=PROBLEM_JSON,
        headers=headers,
    )


def of_cadans(request: HttpRequest, error: CadansError) -> HttpResponse:
    """An error that a person may see."""
    fields: Mapping[str, str] = getattr(error, "fields", {})
    if isinstance(error, WrongFile):
        errors = [
            FieldError(detail=one.message, pointer=one.pointer, line=one.line, column=one.column)
            for one in error.complaints
        ]
    elif error.pointer:
        errors = [_at(error.message, error.pointer)]
    else:
        errors = [FieldError(detail=text, pointer=f"/{name}") for name, text in fields.items()]
    headers: dict[str, str] = {}
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = 'Bearer realm="Cadans"'
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    return problem(error.status, error.code, error.message, errors=errors, headers=headers)


def _at(message: str, pointer: str) -> FieldError:
    """`?name` stands for a parameter of the address, everything else is a JSON pointer."""
    if pointer.startswith("?"):
        return FieldError(detail=message, parameter=pointer[1:])
    return FieldError(detail=message, pointer=pointer)


def of_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body or address that does not fit its schema. An id that cannot be one is not found."""
    if any(one["loc"][0] == "path" for one in error.errors):
        return not_found(request, error)
    errors = [_field_error(one) for one in error.errors]
    detail = errors[0].detail if len(errors) == 1 else _("Several values are wrong; see “errors”.")
    return problem(422, "invalid", detail, errors=errors)


def not_found(request: HttpRequest, error: Exception | None = None) -> HttpResponse:
    """No such address or thing (or this user may not see it)."""
    return problem(404, "not_found", _("There is nothing here, or you may not see it."))


def of_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework itself refuses: a body that is not JSON, or cannot be held."""
    if isinstance(error.__cause__, CadansError):
        return of_cadans(request, error.__cause__)
    return problem(400, "malformed", _("The body is not valid JSON."))


def of_size(request: HttpRequest, error: Exception) -> HttpResponse:
    """A body beyond the limit of the whole server."""
    return problem(413, "too_large", _("The body is too large."))


def of_suspicion(request: HttpRequest, error: Exception) -> HttpResponse:
    """A request that is broken or was broken off."""
    return problem(400, "malformed", _("The request cannot be read."))


def of_collision(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the database refuses: an external id twice, or two writers at the same moment."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    if "external_id" in constraint:
        told = _("Something else bears this external id already.")
        errors = [FieldError(detail=told, pointer="/external_id")]
        return problem(409, "duplicate", told, errors=errors)
    log.warning("api request collided with another", exc_info=error)
    return problem(
        409, "collision", _("Somebody wrote the same at this moment. Look again, then try again.")
    )


def of_surprise(request: HttpRequest, error: Exception) -> HttpResponse:
    """A mistake of ours: logged with its trace, told without it."""
    log.exception("api request failed", exc_info=error)
    return problem(500, "internal", _("This is our mistake, not yours. It was written down."))


HANDLERS: dict[type[Exception], Callable[..., HttpResponse]] = {
    CadansError: of_cadans,
    ValidationError: of_validation,
    HttpError: of_http,
    Http404: not_found,
    RequestDataTooBig: of_size,
    SuspiciousOperation: of_suspicion,
    UnreadablePostError: of_suspicion,
    MultiPartParserError: of_suspicion,
    IntegrityError: of_collision,
    Exception: of_surprise,
}


def _field_error(one: Mapping[str, Any]) -> FieldError:
    source, *parts = one["loc"]
    if source == "query":
        return FieldError(detail=_told(one), parameter=str(parts[-1]) if parts else None)
    if source == "body":
        # Ninja puts the name of the view's parameter before the path within the body.
        parts = parts[1:]
    return FieldError(detail=_told(one), pointer=pointer(parts))


def pointer(parts: Iterable[Any]) -> str:
    """A JSON pointer (RFC 6901) from the steps of a path."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


SENTENCES = {
    "missing": gettext_noop("This is required."),
    "extra_forbidden": gettext_noop("There is no such field here."),
    "string_type": gettext_noop("This must be text."),
    "string_too_long": gettext_noop("This is too long: at most %(max_length)s characters."),
    "string_too_short": gettext_noop("This is too short: at least %(min_length)s characters."),
    "string_pattern_mismatch": gettext_noop("This is not written in the expected way."),
    "bool_type": gettext_noop("This must be true or false."),
    "bool_parsing": gettext_noop("This must be true or false."),
    "int_type": gettext_noop("This must be a whole number."),
    "int_parsing": gettext_noop("This must be a whole number."),
    "int_parsing_size": gettext_noop("This number is too large."),
    "int_from_float": gettext_noop("This must be a whole number."),
    "decimal_type": gettext_noop('This must be a number, such as "1250.00".'),
    "decimal_parsing": gettext_noop('This must be a number, such as "1250.00".'),
    "decimal_max_digits": gettext_noop("This number is too large."),
    "decimal_whole_digits": gettext_noop("This number is too large."),
    "decimal_max_places": gettext_noop("At most %(decimal_places)s digits after the point."),
    "finite_number": gettext_noop("This must be a finite number."),
    "greater_than_equal": gettext_noop("This must be at least %(ge)s."),
    "greater_than": gettext_noop("This must be more than %(gt)s."),
    "less_than_equal": gettext_noop("This must be at most %(le)s."),
    "less_than": gettext_noop("This must be less than %(lt)s."),
    "list_type": gettext_noop("This must be a list."),
    "too_long": gettext_noop("Too many: at most %(max_length)s."),
    "too_short": gettext_noop("Too few: at least %(min_length)s."),
    "dict_type": gettext_noop("This must be an object."),
    "model_type": gettext_noop("This must be an object."),
    "model_attributes_type": gettext_noop("This must be an object."),
    "literal_error": gettext_noop("This must be one of: %(expected)s."),
    "enum": gettext_noop("This must be one of: %(expected)s."),
    "union_tag_invalid": gettext_noop("This must be one of: %(expected_tags)s."),
    "union_tag_not_found": gettext_noop("It is not said which kind this is."),
    "uuid_type": gettext_noop("This is not an id."),
    "uuid_parsing": gettext_noop("This is not an id."),
    "date_type": gettext_noop("This is not a date (write 2026-03-31)."),
    "date_parsing": gettext_noop("This is not a date (write 2026-03-31)."),
    "date_from_datetime_parsing": gettext_noop("This is not a date (write 2026-03-31)."),
    "datetime_type": gettext_noop("This is not a time (write 2026-03-31T09:30:00+02:00)."),
    "datetime_parsing": gettext_noop("This is not a time (write 2026-03-31T09:30:00+02:00)."),
    "datetime_from_date_parsing": gettext_noop(
        "This is not a time (write 2026-03-31T09:30:00+02:00)."
    ),
    "timezone_aware": gettext_noop("This time lacks its offset, such as +02:00 or Z."),
}


def _told(one: Mapping[str, Any]) -> str:
    """Pydantic's finding as a sentence in the reader's language."""
    context = dict(one.get("ctx") or {})
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ")
    if one["type"] == "value_error":
        return str(context.get("error") or one["msg"])
    sentence = SENTENCES.get(one["type"])
    if sentence is None:
        return _("This value is not right.")
    return _(sentence) % context
