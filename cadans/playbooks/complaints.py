"""What is wrong with a design, told in the reader's language with a pointer to the place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cadans.ground.errors import Invalid

KEY = re.compile(r"^\w+$")

MESSAGES: dict[str, Promise] = {
    "missing": gettext_lazy("This is missing."),
    "extra_forbidden": gettext_lazy("A design has no such field."),
    "string_type": gettext_lazy("This must be text."),
    "string_too_short": gettext_lazy("Fill this in."),
    "string_too_long": gettext_lazy("This is too long: at most %(max_length)s characters."),
    "string_pattern_mismatch": gettext_lazy(
        "A key has small letters, digits, - and _, at most 40 of them."
    ),
    "literal_error": gettext_lazy("This must be one of: %(expected)s."),
    "union_tag_invalid": gettext_lazy("There are no goals of the kind “%(tag)s”."),
    "union_tag_not_found": gettext_lazy("Say of which kind this goal is."),
    "int_parsing": gettext_lazy("This must be a whole number."),
    "int_type": gettext_lazy("This must be a whole number."),
    "int_from_float": gettext_lazy("This must be a whole number."),
    "decimal_parsing": gettext_lazy("This must be a number or a date."),
    "greater_than_equal": gettext_lazy("This must be at least %(ge)s."),
    "less_than_equal": gettext_lazy("This must be at most %(le)s."),
    "bool_parsing": gettext_lazy("This must be yes or no."),
    "bool_type": gettext_lazy("This must be yes or no."),
    "list_type": gettext_lazy("This must be a list."),
    "dict_type": gettext_lazy("This must be a group of fields."),
    "model_type": gettext_lazy("This must be a group of fields."),
    "too_long": gettext_lazy("There are too many: at most %(max_length)s."),
    "too_short": gettext_lazy("There are too few: at least %(min_length)s."),
    "uuid_parsing": gettext_lazy("This is not the id of a user or team."),
    "takes_no_value": gettext_lazy("This comparison takes no value."),
    "needs_value": gettext_lazy("Give a value to compare with."),
    "needs_list": gettext_lazy("Give a list of values to compare with."),
    "needs_number_or_date": gettext_lazy("Give a number or a date to compare with."),
    "nobody_named": gettext_lazy("Choose a team or at least one user, not both."),
    "task_needs_user": gettext_lazy("Choose the user whom this task goes to."),
    "task_needs_team": gettext_lazy("Choose the team that this task goes to."),
    "due_needs_task": gettext_lazy("Choose the task after which this one is due."),
    "due_without_task": gettext_lazy(
        "The due date of “%(task)s” waits for the task “%(other)s”, which is not in this stage."
    ),
    "due_in_a_circle": gettext_lazy(
        "In stage “%(stage)s” the task “%(task)s” waits for itself: one of the tasks in the circle"
        " must be due without the others."
    ),
    "link_without_click": gettext_lazy("Only a goal on clicks can ask for a link."),
    "bounds_crossed": gettext_lazy(
        "The lower bound must not be above the upper one, and both must be numbers or both dates."
    ),
    "key_twice": gettext_lazy("Stage “%(stage)s” has the same key twice."),
    "goal_without_task": gettext_lazy(
        "A goal waits for the task “%(task)s”, which is not in this stage."
    ),
    "end_with_work": gettext_lazy(
        "Stage “%(stage)s” ends the lead, so it cannot have goals, tasks or rules."
    ),
    "stage_twice": gettext_lazy("Two stages have the same key."),
    "first_ends": gettext_lazy("The first stage cannot end the lead."),
    "stage_after_end": gettext_lazy("Stage “%(stage)s” comes after a stage that ends the lead."),
}
"""Pydantic's and our own kinds of errors, in words. What is not here is told as "not right"."""


def invalid(error: ValidationError, document: Any) -> Invalid:
    """The errors of a document as one `Invalid`: `fields` maps each pointer to its message."""
    fields: dict[str, str] = {}
    for detail in _relevant(error.errors(), document):
        fields.setdefault(_pointer(detail["loc"], document), _words(detail))
    pointer, message = next(iter(fields.items()), ("", _("This is not right.")))
    return Invalid(message, pointer=pointer, code="invalid_design", fields=fields)


def _words(detail: ErrorDetails) -> str:
    text = MESSAGES.get(detail["type"])
    if text is None:
        return _("This is not right.")
    context = dict(detail.get("ctx") or {})
    if "expected" in context:  # pydantic writes "'a', 'b' or 'c'", in English
        context["expected"] = str(context["expected"]).replace(" or ", ", ").replace("'", "")
    return str(text) % context


def _relevant(details: Sequence[ErrorDetails], document: Any) -> Iterator[ErrorDetails]:
    """Without what pydantic says of the alternative that the writer did not mean."""
    for detail in details:
        loc = detail["loc"]
        if "Condition" in loc:
            item = _at(document, loc[: loc.index("Condition")])
            if isinstance(item, Mapping) and not {"all", "any"} & item.keys():
                continue
        if detail["type"].startswith("date_"):
            continue
        yield detail


def _pointer(loc: Sequence[int | str], document: Any) -> str:
    """A JSON pointer: the location without the names of alternatives that pydantic puts in."""
    parts = list(_steps(loc, document))
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _steps(loc: Sequence[int | str], document: Any) -> Iterator[int | str]:
    place = document
    taken: list[int | str] = []
    for index, part in enumerate(loc):
        # A goal's kind stands between its number and its fields.
        if len(taken) >= 2 and taken[-2] == "goals" and loc[index - 1] == taken[-1]:
            continue
        if isinstance(place, list) and isinstance(part, int):
            place = place[part] if part < len(place) else None
        elif isinstance(place, Mapping) and part in place:
            place = place[part]
        elif not isinstance(place, Mapping) or index < len(loc) - 1 or _is_made_up(part):
            continue
        taken.append(part)
        yield part


def _is_made_up(part: int | str) -> bool:
    """Whether pydantic put this into a location for itself: the name of an alternative."""
    return not KEY.match(str(part)) or part in {"Compare", "Condition"}


def _at(document: Any, loc: Sequence[int | str]) -> Any:
    place = document
    for part in _steps(loc, document):
        try:
            place = place[part]
        except (KeyError, IndexError, TypeError):
            return None
    return place
