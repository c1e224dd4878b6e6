"""Read a row of a file into values: typed, checked one by one, blank ones None. No database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.exchange.columns import COLUMNS, CUSTOM, Column
from cadans.exchange.mapping import Take
from cadans.exchange.tables import Cell
from cadans.exchange.values import (
    DateOrder,
    DecimalSign,
    Habits,
    read_amount,
    read_day,
    read_moment,
)
from cadans.ground.money import LARGEST

LONGEST_CUSTOM = 2000
EARLIEST_YEAR = 1900
REMEMBERED = 50_000
"""How many readings of dates are kept; the same days come back in every row."""

STATUS_WORDS = {
    "open": "open",
    "lopend": "open",
    "won": "won",
    "gewonnen": "won",
    "closed won": "won",
    "closedwon": "won",
    "lost": "lost",
    "verloren": "lost",
    "closed lost": "lost",
    "closedlost": "lost",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "geannuleerd": "cancelled",
}


class RowRefused(Exception):
    """A row cannot be imported. The message says why, in the reader's language."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = str(reason)


Values = dict[str, Any]


class RowReader:
    """Reads rows of one file: which columns, how its dates and amounts are written.

    What is refused names a column as the file does: `header_of` says how.
    """

    def __init__(
        self,
        kind: str,
        takers: Mapping[str, Take],
        *,
        dates: DateOrder,
        decimals: DecimalSign,
        zone: ZoneInfo,
        header_of: Callable[[str], str],
    ) -> None:
        self.dates = dates
        self.decimals = decimals
        self.zone = zone
        self.latest = timezone.now()
        self._moments: dict[str, datetime] = {}
        shapes: dict[str, Callable[[Column, Cell], Any]] = {
            "text": self._text,
            "email": self._email,
            "moment": self._moment,
            "day": self._day,
            "amount": self._amount,
            "whole": self._whole,
            "choice": self._status,
        }
        known = COLUMNS[kind]
        self._columns = [
            (name, take, replace(known[name], name=header_of(name)), shapes[known[name].shape])
            for name, take in takers.items()
            if name in known
        ]
        self._custom = [
            (name.removeprefix(CUSTOM), take)
            for name, take in takers.items()
            if name.startswith(CUSTOM)
        ]
        self.titled = "title" in takers

    def read(self, cells: Sequence[Cell]) -> Values:
        """The row's values by column. Raises RowRefused."""
        values: Values = {}
        for name, take, column, shape in self._columns:
            cell = take(cells)
            if isinstance(cell, str):
                cell = cell.strip()
            values[name] = shape(column, cell) if cell != "" else None
        if self._custom:
            custom = {key: self._text_of(take(cells)) for key, take in self._custom}
            values["custom"] = {key: value for key, value in custom.items() if value}
        return values

    def _text(self, column: Column, cell: Cell) -> str:
        text = cell if isinstance(cell, str) else str(cell)
        if len(text) > column.longest:
            raise RowRefused(
                _("“%(column)s” is too long: %(length)d characters, at most %(longest)d.")
                % {"column": column.name, "length": len(text), "longest": column.longest}
            )
        if "\x00" in text:
            raise RowRefused(
                _("“%(column)s” holds unreadable characters.") % {"column": column.name}
            )
        return text

    def _text_of(self, cell: Cell) -> str:
        text = str(cell).strip()
        if len(text) > LONGEST_CUSTOM or "\x00" in text:
            raise RowRefused(_("A custom field is too long."))
        return text

    def _email(self, column: Column, cell: Cell) -> str:
        text = self._text(column, cell).lower()
        first = text.split(",")[0].split(";")[0].strip()
        try:
            validate_email(first)
        except ValidationError:
            raise RowRefused(_("“%(text)s” is not an e-mail address.") % {"text": text}) from None
        return first

    def _moment(self, column: Column, cell: Cell) -> datetime:
        if isinstance(cell, datetime):
            moment = cell if cell.tzinfo else cell.replace(tzinfo=self.zone)
        elif isinstance(cell, date):
            moment = datetime(cell.year, cell.month, cell.day, tzinfo=self.zone)
        else:
            text = str(cell)
            known = self._moments.get(text)
            if known is not None:
                return known
            try:
                moment = read_moment(text, self.dates, self.zone).astimezone(UTC)
            except (ValueError, OverflowError):
                raise self._no_date(column, text) from None
            if len(self._moments) < REMEMBERED:
                self._moments[text] = moment
        if moment.year < EARLIEST_YEAR:
            raise self._no_date(column, str(cell))
        if moment > self.latest:
            raise RowRefused(
                _("“%(column)s” lies in the future: %(text)s.")
                % {"column": column.name, "text": cell}
            )
        return moment.astimezone(UTC)

    def _day(self, column: Column, cell: Cell) -> date:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        try:
            day = read_day(str(cell), self.dates)
        except ValueError:
            raise self._no_date(column, str(cell)) from None
        if not EARLIEST_YEAR <= day.year <= 9990:
            raise self._no_date(column, str(cell))
        return day

    @staticmethod
    def _no_date(column: Column, text: str) -> RowRefused:
        return RowRefused(
            _("“%(column)s” is not a date: “%(text)s”.")
            % {"column": column.name, "text": text[:60]}
        )

    def _amount(self, column: Column, cell: Cell) -> Decimal:
        if isinstance(cell, Decimal):
            amount = cell.quantize(Decimal("0.01")) if cell.is_finite() else LARGEST + 1
        else:
            try:
                amount = read_amount(str(cell), self.decimals)
            except ValueError:
                raise RowRefused(
                    _("“%(column)s” is not an amount: “%(text)s”.")
                    % {"column": column.name, "text": str(cell)[:60]}
                ) from None
        if amount < 0:
            raise RowRefused(
                _("“%(column)s” is negative: %(amount)s.")
                % {"column": column.name, "amount": amount}
            )
        if amount > LARGEST:
            raise RowRefused(
                _("“%(column)s” is too large: %(amount)s.")
                % {"column": column.name, "amount": amount}
            )
        return amount

    def _whole(self, column: Column, cell: Cell) -> int:
        amount = self._amount(column, cell)
        if amount != amount.to_integral_value() or amount > 2_000_000_000:
            raise RowRefused(
                _("“%(column)s” is not a whole number: “%(text)s”.")
                % {"column": column.name, "text": cell}
            )
        return int(amount)

    def _status(self, column: Column, cell: Cell) -> str:
        status = STATUS_WORDS.get(str(cell).casefold())
        if status is None:
            raise RowRefused(
                _("“%(text)s” is not a status. It can be: open, won, lost, cancelled.")
                % {"text": str(cell)[:60]}
            )
        return status


def observe(kind: str, takers: Mapping[str, Take], rows: Iterable[Sequence[Cell]]) -> Habits:
    """How the dates and amounts of these rows are written; stops as soon as both are settled."""
    habits = Habits()
    known = COLUMNS[kind]
    dates = [take for name, take in takers.items() if _shape(known, name) in {"moment", "day"}]
    amounts = [take for name, take in takers.items() if _shape(known, name) in {"amount", "whole"}]
    seen: set[str] = set()
    for cells in rows:
        for take in dates:
            cell = take(cells)
            if isinstance(cell, str) and cell not in seen:
                habits.see_date(cell.strip())
                if len(seen) < REMEMBERED:
                    seen.add(cell)
        for take in amounts:
            cell = take(cells)
            if isinstance(cell, str) and cell not in seen:
                habits.see_amount(cell)
                if len(seen) < REMEMBERED:
                    seen.add(cell)
        if (not dates or len(habits.dates) == 1) and (not amounts or len(habits.decimals) == 1):
            break
    return habits


def _shape(known: Mapping[str, Column], name: str) -> str:
    return known[name].shape if name in known else "text"


def digest_of(cells: Iterable[Any]) -> bytes:
    """A short mark by which a row that says the same is recognised."""
    text = "\x1f".join(str(cell) for cell in cells)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
