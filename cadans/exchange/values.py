"""Read dates and amounts as they were meant, and find out from a file how they are written.

An order of days and months, or a decimal sign, that the file does not settle is asked about and
never guessed: `Habits` gathers what the values allow. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Literal
from zoneinfo import ZoneInfo

DateOrder = Literal["dmy", "mdy", "ymd"]
DecimalSign = Literal["comma", "point"]

DATE_ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")
ISO = re.compile(r"^\d{4}-\d{2}-\d{2}")
PARTS = re.compile(
    r"^(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})"
    r"(?:[T ,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp])?\.?[Mm]?\.?\s*(\S.*)?)?$"
)
NAMED = re.compile(r"^(?:(\d{1,2})[-. ]+([^\W\d]+)\.?|([^\W\d]+)\.? (\d{1,2}),?)[-, ]+(\d{4})$")
OFFSET = re.compile(r"^(?:UTC|GMT|Z)?\s*([+-])(\d{2}):?(\d{2})?$")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari",
            "feb february februari",
            "mar march mrt maart",
            "apr april",
            "may mei",
            "jun june juni",
            "jul july juli",
            "aug august augustus",
            "sep sept september",
            "oct okt october oktober",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
NOT_A_FIGURE = re.compile(r"[\s\u00a0\u202f\u2009'’_]")
SIGNS = re.compile(r"^[^\d(.,+-]*(?:[A-Za-z]{3})?|[^\d).,-]+$")
CENT = Decimal("0.01")


@dataclass
class Habits:
    """What the values seen so far allow. Feed it every date and amount of a file."""

    dates: set[str] = field(default_factory=lambda: set(DATE_ORDERS))
    decimals: set[str] = field(default_factory=lambda: {"comma", "point"})
    date_matters: bool = False
    decimal_matters: bool = False
    date_example: str = ""
    decimal_example: str = ""

    def see_date(self, text: str) -> None:
        """Take in one date."""
        if ISO.match(text):
            return
        found = PARTS.match(text)
        if not found:
            return
        allowed = {order for order in DATE_ORDERS if _ordered(order, found[1], found[3], found[4])}
        if not allowed:
            return
        readings = {_ordered(order, found[1], found[3], found[4]) for order in allowed}
        self.dates &= allowed
        if len(readings) > 1 or not self.dates:
            self.date_matters = True
            self.date_example = self.date_example or text

    def see_amount(self, text: str) -> None:
        """Take in one amount."""
        figure = bare_figure(text)
        allowed = decimal_signs(figure)
        if not allowed:
            return
        self.decimals &= allowed
        if ("," in figure or "." in figure) and (len(allowed) > 1 or not self.decimals):
            self.decimal_matters = True
            self.decimal_example = self.decimal_example or text

    @property
    def date_order(self) -> DateOrder | None:
        """The order of the dates, or None when the file does not settle it."""
        if len(self.dates) == 1:
            return next(order for order in DATE_ORDERS if order in self.dates)
        return None if self.date_matters else "ymd" if "ymd" in self.dates else "dmy"

    @property
    def decimal_sign(self) -> DecimalSign | None:
        """The decimal sign, or None when the file does not settle it."""
        if len(self.decimals) == 1:
            return "comma" if "comma" in self.decimals else "point"
        return None if self.decimal_matters else "point"


def bare_figure(text: str) -> str:
    """`€ 1.250,00 ` → `1.250,00`; `USD 12` → `12`; `(12)` stays, for it means −12."""
    return SIGNS.sub("", NOT_A_FIGURE.sub("", text))


def decimal_signs(figure: str) -> set[str]:
    """The decimal signs with which a bare figure makes sense (both when it has none)."""
    digits = figure.strip("()+-")
    if not digits or digits.strip("0123456789.,"):
        return set()
    commas, points = digits.count(","), digits.count(".")
    if not commas and not points:
        return {"comma", "point"}
    if commas and points:
        last = "comma" if digits.rfind(",") > digits.rfind(".") else "point"
        return {last} if (commas if last == "comma" else points) == 1 else set()
    sign, other = ("comma", "point") if commas else ("point", "comma")
    parts = digits.split("," if commas else ".")
    grouped = 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
    if len(parts) > 2:
        return {other} if grouped else set()
    if grouped and parts[0] != "0":
        return {sign, other}
    return {sign}


def read_amount(text: str, sign: DecimalSign) -> Decimal:
    """An amount, to the cent (half to even). Raises ValueError."""
    figure = bare_figure(text)
    if sign not in decimal_signs(figure):
        raise ValueError(text)
    negative = figure.startswith(("-", "(")) or figure.endswith("-")
    figure = figure.strip("()+-")
    if sign == "comma":
        figure = figure.replace(".", "").replace(",", ".")
    else:
        figure = figure.replace(",", "")
    try:
        amount = Decimal(figure).quantize(CENT, rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        raise ValueError(text) from None
    return -amount if negative else amount


def read_day(text: str, order: DateOrder) -> date:
    """A day; a time behind it is left out. Raises ValueError."""
    if ISO.match(text):
        return date.fromisoformat(text[:10])
    if named := _named(text):
        return named
    found = PARTS.match(text)
    day = _ordered(order, found[1], found[3], found[4]) if found else None
    if day is None:
        raise ValueError(text)
    return day


def read_moment(text: str, order: DateOrder, zone: ZoneInfo) -> datetime:
    """A moment; a day alone begins at midnight, and a time without offset is in `zone`.

    Raises ValueError.
    """
    if ISO.match(text):
        if len(text) == 10:
            return datetime.fromisoformat(text).replace(tzinfo=zone)
        plain = text[:-4] + "+00:00" if text.endswith(" UTC") else text
        moment = datetime.fromisoformat(plain)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if named := _named(text):
        return datetime(named.year, named.month, named.day, tzinfo=zone)
    found = PARTS.match(text)
    day = _ordered(order, found[1], found[3], found[4]) if found else None
    if found is None or day is None:
        raise ValueError(text)
    hour, half = int(found[5] or 0), (found[8] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    return datetime(
        *(day.year, day.month, day.day),
        *(hour, int(found[6] or 0), int(found[7] or 0)),
        tzinfo=_zone(found[9], zone),
    )


def _zone(text: str | None, zone: ZoneInfo) -> ZoneInfo | timezone:
    if not text:
        return zone
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    found = OFFSET.match(text)
    if not found:
        raise ValueError(text)
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-offset if found[1] == "-" else offset)


def _ordered(order: str, first: str, second: str, third: str) -> date | None:
    """The day that three figures mean in an order, or None when they mean none."""
    if order == "ymd":
        year, month, day = first, second, third
    elif order == "dmy":
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    if len(year) not in {2, 4} or len(month) > 2 or len(day) > 2:
        return None
    if order == "ymd" and len(year) != 4:
        return None
    whole = int(year) if len(year) == 4 else _century(int(year))
    try:
        return date(whole, int(month), int(day))
    except ValueError:
        return None


def _century(year: int) -> int:
    """Two figures of a year, as POSIX reads them: 69 to 99 are of the last century."""
    return 1900 + year if year >= 69 else 2000 + year


def _named(text: str) -> date | None:
    """`3 apr 2025`, `3-Apr-2025`, `April 3, 2025`, in English or Dutch."""
    found = NAMED.match(text)
    if not found:
        return None
    month = MONTHS.get((found[2] or found[3]).lower())
    if not month:
        return None
    return date(int(found[5]), month, int(found[1] or found[4]))
