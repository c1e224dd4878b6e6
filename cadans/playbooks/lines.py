"""What is wrong with a playbook's file, line by line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.playbooks import reading

WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s,\[\]{}]+|.")
LONGEST_SHOWN = 160
"""Characters of a line that are quoted; the rest is cut off."""


@dataclass(frozen=True)
class Complaint:
    """One thing to know of a file. `line` and `column` count from 1.

    An error keeps the file from being taken in (or published), a warning does not. `quoted` is the
    line as it stands in the file, cut to what can be shown; the place is at `mark` in it, from 0.
    """

    level: Literal["error", "warning"]
    message: str
    line: int
    column: int
    quoted: str = ""
    mark: int = 0
    pointer: str = ""

    @property
    def parts(self) -> tuple[str, str, str]:
        """The quoted line: before what is wrong, that word, and what follows."""
        word = WORD.match(self.quoted, self.mark)
        end = word.end() if word else self.mark
        return self.quoted[: self.mark], self.quoted[self.mark : end], self.quoted[end:]


class WrongFile(Invalid):
    """A file is no playbook; `complaints` says why, in the order of its lines."""

    def __init__(self, complaints: Sequence[Complaint], *, code: str = "invalid_playbook") -> None:
        self.complaints = sorted(complaints, key=lambda one: (one.line, one.column))
        first = self.complaints[0]
        told = _("Line %(line)s: %(message)s")
        fields = {
            one.pointer: told % {"line": one.line, "message": one.message}
            for one in reversed(self.complaints)
        }
        super().__init__(
            told % {"line": first.line, "message": first.message},
            pointer=first.pointer,
            code=code,
            fields=fields,
        )


def complaint(
    text: str,
    offset: int,
    message: str,
    *,
    level: Literal["error", "warning"] = "error",
    pointer: str = "",
) -> Complaint:
    """A complaint about what stands at an offset of a text."""
    line, column = reading.line_of(text, offset), reading.column_of(text, offset)
    start = offset - column + 1
    end = text.find("\n", start)
    whole = text[start : end if end >= 0 else len(text)].rstrip("\r").lstrip("\ufeff")
    cut = max(0, column - 1 - LONGEST_SHOWN // 2) if len(whole) > LONGEST_SHOWN else 0
    quoted = whole[cut : cut + LONGEST_SHOWN].replace("\t", " ")
    mark = min(column - 1 - cut, len(quoted))
    return Complaint(level, message, line, column, quoted, mark, pointer)


def unreadable(text: str, error: reading.Unreadable) -> WrongFile:
    """A text that is no YAML, or YAML that no playbook may be."""
    return WrongFile(
        [complaint(text, one.offset, one.message) for one in error.faults], code="not_yaml"
    )


def decoded(raw: bytes) -> str:
    """The text of a file, its line ends and all as they are. Raises WrongFile."""
    if len(raw) > reading.LARGEST:
        raise WrongFile([Complaint("error", reading.too_large(), 1, 1)], code="too_large")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        told = _("This file is not text in UTF-8. Save it as UTF-8.")
        raise WrongFile([complaint(before, len(before), told)], code="not_text") from error


def in_order(found: Iterable[Complaint]) -> list[Complaint]:
    """Errors and warnings by their lines."""
    return sorted(found, key=lambda one: (one.line, one.column, one.level))
