"""The map of a file: for each of our columns, where in the file its value comes from.

Written by hand it is a YAML file (docs/reference/import.md); the pages make the same from what a
person chose.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Self

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cadans.exchange.columns import COLUMNS, CUSTOM, guess_columns, plain_name
from cadans.exchange.tables import Cell, open_table
from cadans.ground.errors import Invalid

Makeable = Literal["owners", "products", "sources", "territories", "reasons", "stages"]
MAKEABLE: tuple[Makeable, ...] = (
    *("owners", "products", "sources", "territories", "reasons", "stages"),
)
MADE_UNASKED: tuple[Makeable, ...] = MAKEABLE[:-1]
"""Stages are part of how a team sells: they are made only when that is asked for."""

LARGEST_MAP = 1024 * 1024
STRICT = ConfigDict(extra="forbid", populate_by_name=True)


class LookUp(BaseModel):
    """A value from another file, which lies beside the imported one."""

    model_config = STRICT

    file: str = Field(pattern=r"^[^/\\]+$", max_length=200)
    match: str
    take: str


class Origin(BaseModel):
    """Where the value of one of our columns comes from: exactly one of three.

    `from` names a header; `join` several, put together with `with`, empty ones left out;
    `constant` is a fixed text. Then `look_up` exchanges it for another file's, `values` exchanges
    it as listed (an empty text means: nothing), and `otherwise` stands for whatever is not listed.
    """

    model_config = STRICT

    from_: str | None = Field(default=None, alias="from")
    join: list[str] | None = Field(default=None, min_length=1, max_length=20)
    with_: str = Field(default=" ", alias="with", max_length=20)
    constant: str | None = None
    look_up: LookUp | None = None
    values: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = [one for one in (self.from_, self.join, self.constant) if one is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of: from, join, constant")
        return self


class Mapping(BaseModel):
    """A whole map."""

    model_config = STRICT

    kind: Literal["leads", "stage-changes", "people", "companies"] | None = None
    columns: dict[str, Origin]
    dates: Literal["dmy", "mdy", "ymd"] | None = None
    decimals: Literal["comma", "point"] | None = None
    make: list[Makeable] | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, raw: object) -> object:
        """`owner: sales_agent` is short for `owner: {from: sales_agent}`."""
        if isinstance(raw, dict) and isinstance(raw.get("columns"), dict):
            raw = dict(raw)
            raw["columns"] = {
                str(name): {"from": origin} if isinstance(origin, str) else origin
                for name, origin in raw["columns"].items()
            }
        return raw

    def header_of(self, name: str) -> str:
        """Under which heading of the file a column's value stands, as its writer knows it."""
        origin = self.columns[name]
        return origin.from_ or ", ".join(origin.join or ()) or name


def guess_mapping(kind: str, headers: list[str]) -> Mapping:
    """The map that the headers suggest."""
    guess = guess_columns(kind, headers)
    return Mapping(columns={name: Origin(from_=header) for name, header in guess.items()})


def read_map(text: str) -> Mapping:
    """A map from YAML. Raises Invalid with the place and what is wrong."""
    if len(text) > LARGEST_MAP:
        raise Invalid(_("The map file is too large."))
    try:
        raw = YAML(typ="safe", pure=True).load(io.StringIO(text))
    except YAMLError as error:
        raise Invalid(_("The map file is not valid YAML: %(error)s") % {"error": error}) from None
    return checked_map(raw)


def checked_map(raw: object) -> Mapping:
    """A map from plain data. Raises Invalid with the place and what is wrong."""
    try:
        return Mapping.model_validate(raw)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in one['loc']) or 'map'}: {one['msg']}"
            for one in error.errors()[:5]
        )
        raise Invalid(_("The map is not right: %(faults)s") % {"faults": faults}) from None


Take = Callable[[Sequence[Cell]], Cell]


def takers(
    mapping: Mapping, kind: str, headers: list[str], *, beside: Path | None
) -> dict[str, Take]:
    """For each mapped column, the function that takes its value from a row's cells.

    `beside` is the folder in which files to look up may lie; None where none may be read.
    Raises Invalid for a column that we do not have or a header that the file does not have.
    """
    if mapping.kind and mapping.kind != kind:
        raise Invalid(
            _("The map is for %(theirs)s, the import for %(ours)s.")
            % {"theirs": mapping.kind, "ours": kind}
        )
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        places.setdefault(plain_name(header) or header, place)

    def place_of(header: str) -> int:
        if header in headers:
            return headers.index(header)
        place = places.get(plain_name(header))
        if place is None:
            raise Invalid(
                _("The map names a column “%(header)s”, but the file has: %(headers)s.")
                % {"header": header, "headers": ", ".join(one for one in headers if one)},
                pointer="/mapping",
            )
        return place

    taking: dict[str, Take] = {}
    for name, origin in mapping.columns.items():
        if name not in COLUMNS[kind] and not name.startswith(CUSTOM):
            raise Invalid(
                _("There is no column “%(name)s” for %(kind)s. There are: %(names)s.")
                % {"name": name, "kind": kind, "names": ", ".join(COLUMNS[kind])},
                pointer="/mapping",
            )
        taking[name] = _taker(origin, place_of, beside)
    missing = [
        column.name
        for column in COLUMNS[kind].values()
        if column.needed and column.name not in taking
    ]
    if missing:
        raise Invalid(
            _("The file has no column for: %(names)s. Its columns are: %(headers)s.")
            % {"names": ", ".join(missing), "headers": ", ".join(one for one in headers if one)},
            pointer="/mapping",
        )
    if not taking:
        raise Invalid(
            _("No column of the file is known. Its columns are: %(headers)s.")
            % {"headers": ", ".join(one for one in headers if one)},
            pointer="/mapping",
        )
    return taking


def _taker(origin: Origin, place_of: Callable[[str], int], beside: Path | None) -> Take:
    take = _first_taker(origin, place_of)
    if origin.look_up:
        take = _looked_up(take, _other_file(origin.look_up, beside))
    if origin.values or origin.otherwise is not None:
        take = _exchanged(take, origin.values, origin.otherwise)
    return take


def _first_taker(origin: Origin, place_of: Callable[[str], int]) -> Take:
    if origin.constant is not None:
        constant = origin.constant
        return lambda cells: constant
    if origin.from_ is not None:
        place = place_of(origin.from_)
        return lambda cells: cells[place]
    joined, between = [place_of(name) for name in origin.join or []], origin.with_
    return lambda cells: between.join(
        text for text in (str(cells[place]).strip() for place in joined) if text
    )


def _looked_up(take: Take, found: dict[str, str]) -> Take:
    return lambda cells: found.get(_key(take(cells)), "")


def _exchanged(take: Take, values: dict[str, str], otherwise: str | None) -> Take:
    known = {_key(value): other for value, other in values.items()}

    def exchanged(cells: Sequence[Cell]) -> Cell:
        value = take(cells)
        return known.get(_key(value), value if otherwise is None else otherwise)

    return exchanged


def _key(value: Cell) -> str:
    return str(value).strip().casefold()


def _other_file(look_up: LookUp, beside: Path | None) -> dict[str, str]:
    if beside is None:
        raise Invalid(_("Another file can only be looked up from the command line."))
    table = open_table(beside / look_up.file, look_up.file)
    for name in (look_up.match, look_up.take):
        if name not in table.headers:
            raise Invalid(
                _("“%(file)s” has no column “%(name)s”.") % {"file": look_up.file, "name": name}
            )
    match, take = table.headers.index(look_up.match), table.headers.index(look_up.take)
    return {_key(line.cells[match]): str(line.cells[take]).strip() for line in table.lines()}
