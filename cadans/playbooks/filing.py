"""The file of a playbook: as somebody wrote it as far as it still holds, else in one form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cadans.playbooks import writing
from cadans.playbooks.lines import WrongFile
from cadans.playbooks.mending import CannotMend, mended
from cadans.playbooks.playbook import Playbook, open_playbook, read_playbook
from cadans.team.references import Roll

MARK = "\ufeff"
"""Windows puts this before text in UTF-8."""
FIRST = ("format", "kind", "key", "name", "about", "trade")
LAST = ("stages",)
LANGUAGES = ("nl", "en")


def file_of(playbook: Playbook, roll: Roll, *, before: str = "", head: str = "") -> str:
    """The text of a playbook's file, users and teams named as on the roll.

    `before` is a text that once said this playbook, or an earlier state of it: what it still says
    stays letter for letter, comments included. Without one, or when it cannot be changed in place,
    the text is written anew, below `head` (a comment).
    """
    kept = _kept(before, playbook, roll) if before else None
    return head + writing.document(_short(playbook, roll)) if kept is None else kept


def is_said_by(text: str, playbook: Playbook, roll: Roll) -> bool:
    """Whether a text says just this playbook."""
    try:
        said = read_playbook(text, replace(roll, takes_any=True))
    except WrongFile:
        return False
    return _says(_full(said, roll)) == _says(_full(playbook, roll))


def _kept(before: str, playbook: Playbook, roll: Roll) -> str | None:
    mark = MARK if before.startswith(MARK) else ""
    newline = "\r\n" if "\r\n" in before else "\n"
    text = before.removeprefix(MARK).replace("\r\n", "\n")
    try:
        opened = open_playbook(text, replace(roll, takes_any=True))
    except WrongFile:
        return None
    old, new = _full(opened.playbook, roll), _full(playbook, roll)
    if _says(old) == _says(new):
        return before
    try:
        changed = mended(opened.written, old, new, _short(playbook, roll))
        if _says(_full(read_playbook(changed, roll), roll)) == _says(new):
            return mark + changed.replace("\n", newline)
    except (CannotMend, WrongFile):
        pass
    return None


def _full(playbook: Playbook, roll: Roll) -> dict[str, Any]:
    """Every field written out, as plain values."""
    return playbook.model_dump(mode="json", by_alias=True, context=roll)


def _says(full: dict[str, Any]) -> str:
    return json.dumps(full, sort_keys=True)


def _short(playbook: Playbook, roll: Roll) -> dict[str, Any]:
    """Without what is the default anyway, in the order in which a file has its fields."""
    short: dict[str, Any] = _told(playbook, _full(playbook, roll))
    return short


def _told(value: Any, full: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        told = {
            field.alias or name: _told(getattr(value, name), full[field.alias or name])
            for name, field in fields.items()
            if _is_worth_telling(field, getattr(value, name))
        }
        names = list(told)
        return {name: told[name] for name in sorted(told, key=lambda one: _rank(one, names))}
    if isinstance(value, Mapping) and isinstance(full, dict):
        return {name: _told(value[name], full[str(name)]) for name in sorted(value, key=_language)}
    if isinstance(value, list | tuple):
        return [_told(one, short) for one, short in zip(value, full, strict=True)]
    return _number(value) if isinstance(value, Decimal) else full


def _is_worth_telling(field: FieldInfo, value: Any) -> bool:
    # A literal with one value says of which kind the rest is, so it is always written.
    is_mark = get_origin(field.annotation) is Literal and get_args(field.annotation) == (value,)
    if is_mark or field.is_required():
        return True
    return bool(value != field.get_default(call_default_factory=True))


def _rank(name: str, names: list[str]) -> tuple[int, int]:
    if name in FIRST:
        return 0, FIRST.index(name)
    return (2 if name in LAST else 1), names.index(name)


def _language(name: str) -> int:
    """Texts in the order in which the format names the languages."""
    return LANGUAGES.index(name) if name in LANGUAGES else len(LANGUAGES)


def _number(value: Decimal) -> int | float | str:
    """A number that reads back as the very same decimal, else its digits as text."""
    text = str(value)
    if value == value.to_integral_value() and str(int(value)) == text and len(text) <= 15:
        return int(value)
    return float(value) if str(float(value)) == text else text
