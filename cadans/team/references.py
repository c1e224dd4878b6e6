"""How a design names users and teams: by id; in a file by e-mail address and by name. Pure.

`UserId` and `TeamId` are ids to everybody. Who validates or writes a model with a `Roll` as its
context reads and writes names instead:

    Target.model_validate({"team": "Noord"}, context=roll)
    target.model_dump(mode="json", context=roll)
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    WithJsonSchema,
    WrapSerializer,
)
from pydantic_core import PydanticCustomError

Kind = Literal["user", "team"]


@dataclass(frozen=True)
class Roll:
    """Who there is: users by e-mail address (in small letters), teams by name.

    With `takes_any` a name that nobody bears is given an id of its own instead of being refused:
    for looking at a file where the organisation is not known.
    """

    users: Mapping[str, uuid.UUID]
    teams: Mapping[str, uuid.UUID]
    takes_any: bool = False

    def id_of(self, kind: Kind, name: str) -> uuid.UUID | None:
        """The id behind a name."""
        wanted = name.strip()
        if kind == "user":
            found = self.users.get(wanted.lower())
        else:
            found = self.teams.get(wanted) or _only_one(
                id for known, id in self.teams.items() if known.casefold() == wanted.casefold()
            )
        if found is None and self.takes_any:
            return uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {wanted}")
        return found

    def name_of(self, kind: Kind, id: uuid.UUID) -> str | None:
        """The name behind an id."""
        names = self.users if kind == "user" else self.teams
        return next((name for name, known in names.items() if known == id), None)

    def like(self, kind: Kind, name: str) -> str:
        """The name that comes nearest to one that nobody bears, or nothing."""
        names = self.users if kind == "user" else self.teams
        return next(iter(get_close_matches(name, names, n=1)), "")


def is_id(value: object) -> bool:
    """Whether it is an id, or written as one."""
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True


def _only_one(found: Iterable[uuid.UUID]) -> uuid.UUID | None:
    several = list(found)
    return several[0] if len(several) == 1 else None


def _reader(kind: Kind) -> BeforeValidator:
    def read(value: Any, info: ValidationInfo) -> Any:
        roll = info.context
        if not isinstance(roll, Roll) or not isinstance(value, str) or is_id(value):
            return value
        found = roll.id_of(kind, value)
        if found is None:
            raise PydanticCustomError(
                "unknown_user" if kind == "user" else "unknown_team",
                "there is nobody called '{name}'",
                {"name": value[:80], "like": roll.like(kind, value)},
            )
        return found

    return BeforeValidator(read)


def _writer(kind: Kind) -> WrapSerializer:
    def write(
        value: uuid.UUID, plainly: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> Any:
        if isinstance(info.context, Roll):
            return info.context.name_of(kind, value) or str(value)
        return plainly(value)

    return WrapSerializer(write)


UserId = Annotated[
    uuid.UUID,
    _reader("user"),
    _writer("user"),
    WithJsonSchema({"type": "string", "title": "E-mail address of a user"}, mode="validation"),
]
TeamId = Annotated[
    uuid.UUID,
    _reader("team"),
    _writer("team"),
    WithJsonSchema({"type": "string", "title": "Name of a team"}, mode="validation"),
]
