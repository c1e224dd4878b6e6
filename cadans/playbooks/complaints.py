"""What is wrong with a design, told in the reader's language with a pointer to the place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cadans.ground.errors import Invalid
from cadans.playbooks.schema import fields_at
from cadans.process.design import Design

KEY = re.compile(r"^\w+$")
LONGEST_QUOTE = 60

MESSAGES: dict[str, Promise] = {
    "missing": gettext_lazy("“%(name)s” is missing."),
    "extra_forbidden": gettext_lazy("There is no field “%(name)s” here."),
    "string_type": gettext_lazy("This must be text. Put a number between quotes."),
    "string_too_short": gettext_lazy("Fill this in."),
    "string_too_long": gettext_lazy("This is too long: at most %(max_length)s characters."),
    "literal_error": gettext_lazy("This must be one of: %(expected)s."),
    "union_tag_invalid": gettext_lazy(
        "There are no goals of the kind “%(tag)s”. There are: %(expected_tags)s."
    ),
    "union_tag_not_found": gettext_lazy("Say of which kind this goal is."),
    "int_parsing": gettext_lazy("This must be a whole number."),
    "int_type": gettext_lazy("This must be a whole number."),
    "int_from_float": gettext_lazy("This must be a whole number."),
    "decimal_parsing": gettext_lazy("This must be a number or a date."),
    "greater_than_equal": gettext_lazy("This must be at least %(ge)s."),
    "less_than_equal": gettext_lazy("This must be at most %(le)s."),
    "bool_parsing": gettext_lazy("This must be yes or no."),
    "bool_type": gettext_lazy("This must be yes or no."),
    "time_parsing": gettext_lazy("This must be a time, such as 09:30."),
    "time_type": gettext_lazy("This must be a time, such as 09:30."),
    "time_delta_parsing": gettext_lazy("This must be a time, such as 09:30."),
    "decimal_type": gettext_lazy("This must be a number."),
    "decimal_max_places": gettext_lazy("At most %(decimal_places)s decimals."),
    "decimal_max_digits": gettext_lazy("This number is too large."),
    "decimal_whole_digits": gettext_lazy("This number is too large."),
    "finite_number": gettext_lazy("This must be a number."),
    "int_parsing_size": gettext_lazy("This number is too large."),
    "list_type": gettext_lazy("This must be a list."),
    "dict_type": gettext_lazy("This must be a group of fields."),
    "model_type": gettext_lazy("This must be a group of fields."),
    "too_long": gettext_lazy("There are too many: at most %(max_length)s."),
    "too_short": gettext_lazy("There are too few: at least %(min_length)s."),
    "unknown_user": gettext_lazy("There is no user with the e-mail address “%(name)s”."),
    "unknown_user_like": gettext_lazy(
        "There is no user with the e-mail address “%(name)s”. Did you mean “%(like)s”?"
    ),
    "unknown_team": gettext_lazy("There is no team “%(name)s”."),
    "unknown_team_like": gettext_lazy("There is no team “%(name)s”. Did you mean “%(like)s”?"),
    "uuid_parsing": gettext_lazy("This is not the id of a user or team."),
    "takes_no_value": gettext_lazy("This comparison takes no value."),
    "needs_value": gettext_lazy("Give a value to compare with."),
    "needs_list": gettext_lazy("Give a list of values to compare with."),
    "needs_number_or_date": gettext_lazy("Give a number or a date to compare with."),
    "nobody_named": gettext_lazy("Choose a team or at least one user, not both."),
    "bands_without_tier": gettext_lazy("Only the strategy “tier” has bands of value."),
    "tier_names_bands": gettext_lazy("With the strategy “tier” the bands say who gets the lead."),
    "bands_not_in_order": gettext_lazy(
        "Give at least two bands of value, from low to high; the first begins at 0."
    ),
    "hours_not_in_order": gettext_lazy("The day must end after it starts."),
    "task_needs_user": gettext_lazy("Choose the user whom this task goes to."),
    "task_needs_team": gettext_lazy("Choose the team that this task goes to."),
    "automation_needs_signal": gettext_lazy(
        "Name the signal of an automation exactly when it waits for one."
    ),
    "automation_takes_no_goal": gettext_lazy(
        "Name the goal of an automation only when it waits for one."
    ),
    "automation_needs_user": gettext_lazy("Choose the user whom this automation is for."),
    "automation_needs_role": gettext_lazy("Choose the role that this automation is for."),
    "automation_without_goal": gettext_lazy(
        "The automation “%(automation)s” waits for the goal “%(goal)s”, which is not in this stage."
    ),
    "step_needs_tags": gettext_lazy("Name the tags to take off."),
    "step_confirms": gettext_lazy("Only whoever is put on a list can be asked to confirm first."),
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

PATTERNS: dict[str, Promise] = {
    r"^[1-7]{1,7}$": gettext_lazy("Give weekdays as digits, such as “12345”; 1 is Monday."),
}
"""What a pattern asks for, in words; every other is that of a key."""
A_KEY = gettext_lazy("A key has small letters, digits, - and _, at most %(most)s of them.")


@dataclass(frozen=True)
class Fault:
    """What is wrong where.

    `pointer` is a JSON pointer; `place` one to where exactly (the `kind` of a goal that is of no
    known kind); `at_name`: the name there is at fault, not its value.
    """

    pointer: str
    message: str
    place: str
    at_name: bool = False


def invalid(error: ValidationError, document: Any) -> Invalid:
    """The errors of a document as one `Invalid`: `fields` maps each pointer to its message."""
    fields: dict[str, str] = {}
    for fault in faults(error, document):
        fields.setdefault(fault.pointer, fault.message)
    pointer, message = next(iter(fields.items()), ("", _("This is not right.")))
    return Invalid(message, pointer=pointer, code="invalid_design", fields=fields)


def faults(
    error: ValidationError, document: Any, model: type[BaseModel] = Design
) -> Iterator[Fault]:
    """Each error of a document that was to be a `model`, in the reader's language."""
    for detail in _relevant(error.errors(), document):
        pointer = _pointer(detail["loc"], document)
        at_name = detail["type"] == "extra_forbidden" or detail["loc"][-1:] == ("[key]",)
        place = f"{pointer}/kind" if detail["type"] == "union_tag_invalid" else pointer
        yield Fault(pointer, _words(detail, pointer, document, model), place, at_name)


def _words(detail: ErrorDetails, pointer: str, document: Any, model: type[BaseModel]) -> str:
    kind = detail["type"]
    context = dict(detail.get("ctx") or {})
    text = MESSAGES.get(kind)
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        context["most"] = 60 if pattern.endswith(",59}$") else 40
        text = PATTERNS.get(pattern, A_KEY)
    if text is None:
        return _("This is not right.")
    if "expected" in context:  # pydantic writes "'a', 'b' or 'c'", in English
        context["expected"] = str(context["expected"]).replace(" or ", ", ").replace("'", "")
    if "expected_tags" in context:
        context["expected_tags"] = str(context["expected_tags"]).replace("'", "")
    if kind in {"missing", "extra_forbidden"}:
        parent, _slash, name = pointer.rpartition("/")
        context["name"] = name[:LONGEST_QUOTE]
        if kind == "extra_forbidden":
            return _no_such_field(name[:LONGEST_QUOTE], fields_at(model, parent, document))
    if context.get("like"):
        text = MESSAGES[f"{kind}_like"]
    return str(text) % context


def _no_such_field(name: str, known: Sequence[str]) -> str:
    like = get_close_matches(name, known, n=1)
    words = {"name": name, "like": next(iter(like), ""), "known": ", ".join(known)}
    if like:
        return _("There is no field “%(name)s” here. Did you mean “%(like)s”?") % words
    if known:
        return _("There is no field “%(name)s” here. There are: %(known)s.") % words
    return _("There is no field “%(name)s” here.") % words


def _relevant(details: Sequence[ErrorDetails], document: Any) -> Iterator[ErrorDetails]:
    """Without what pydantic says of the alternative that the writer did not mean."""
    words_expected = {one["loc"][:-1] for one in details if one["type"] == "literal_error"}
    for detail in details:
        loc = detail["loc"]
        if "Condition" in loc:
            item = _at(document, loc[: loc.index("Condition")])
            if isinstance(item, Mapping) and not {"all", "any"} & item.keys():
                continue
        if detail["type"].startswith("date_"):
            continue
        if str(loc[-1:]).startswith('("literal[') and isinstance(_at(document, loc[:-1]), Mapping):
            continue
        if detail["type"] == "model_type" and loc[:-1] in words_expected:
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
    return not KEY.match(str(part)) or str(part)[0].isupper()


def _at(document: Any, loc: Sequence[int | str]) -> Any:
    place = document
    for part in _steps(loc, document):
        try:
            place = place[part]
        except (KeyError, IndexError, TypeError):
            return None
    return place
