"""The file of refused rows: the original columns and why, fit for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from cadans.exchange.tables import Cell

RISKY = ("=", "+", "-", "@", "\t", "\r")
FIGURE = re.compile(r"^[+-]?[\d., ]+$")


class RefusedFile:
    """Appends refused rows to a CSV file (UTF-8 with a mark, so that spreadsheets read it well).

    The file is made with the first row. `size` is what is surely in it: on going on after an
    interruption, whatever lies behind that is cut off.
    """

    def __init__(
        self, path: Path, headers: Sequence[str], separator: str, *, size: int = 0
    ) -> None:
        self.path = path
        self.headers = headers
        self.separator = separator
        self.size = size
        if size and path.exists():
            with path.open("r+b") as file:
                file.truncate(size)
        else:
            self.size = 0
            path.unlink(missing_ok=True)

    def add(self, rows: Sequence[tuple[Sequence[Cell], str]]) -> None:
        """Write refused rows with their reasons."""
        if not rows:
            return
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.separator)
        if self.size == 0:
            text.write("\ufeff")
            writer.writerow([*self.headers, _("reason")])
        for cells, reason in rows:
            padded = [*cells, *[""] * (len(self.headers) - len(cells))]
            writer.writerow([harmless(cell) for cell in padded] + [reason])
        data = text.getvalue().encode("utf-8", "replace")
        with self.path.open("ab") as file:
            file.write(data)
        self.size += len(data)


def harmless(cell: Cell) -> str:
    """A cell's text that no spreadsheet takes for a formula."""
    text = str(cell)
    if text.startswith(RISKY) and not FIGURE.match(text):
        return "'" + text
    return text
