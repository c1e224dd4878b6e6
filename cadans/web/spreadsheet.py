"""Cells of a spreadsheet that cannot become formulas."""

from typing import Any

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> str:
    """The value as text; what a spreadsheet would run as a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text
