"""A report's answer as one flat table, for CSV and spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""

HEADS = ("value", "amount")
"""The part of a figure that stands under the figure's own name."""


def table(answer: Mapping[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Column names and lines of an answer: its rows (and their stages), then the total.

    Columns are named by their place in the answer, joined by dots (`win_rate.low`); a rate's
    value and an amount of money stand under the bare name (`win_rate`, `won_value`).
    """
    lines = list(flat_lines(answer))
    names = list(dict.fromkeys(name for line in lines for name in line))
    return names, [[line.get(name) for name in names] for line in lines]


def as_csv(answer: Mapping[str, Any]) -> str:
    """The table as CSV (RFC 4180), safe to open in a spreadsheet."""
    names, lines = table(answer)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([[harmless(cell) for cell in line] for line in lines])
    return text.getvalue()


def flat_lines(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One flat line a row; rows that hold stages give a line a stage; then the total's.

    The stages of the total follow where no row has its own.
    """
    for row in answer["rows"]:
        if "stages" not in row:
            yield flat(row)
        for stage in row.get("stages", ()):
            begin = {"key": row["key"], "label": row["label"]}
            inner = {name: value for name, value in stage.items() if name not in begin}
            yield {**begin, "stage": stage["key"], "stage_label": stage["label"], **flat(inner)}
    total = {name: value for name, value in answer["total"].items() if name != "stages"}
    yield {"key": "total", "label": "", **flat(total)}
    if not any("stages" in row for row in answer["rows"]):
        for stage in answer["total"].get("stages", ()):
            inner = {name: value for name, value in stage.items() if name not in ("key", "label")}
            begin = {"key": "total", "label": "", "stage": stage["key"]}
            yield {**begin, "stage_label": stage["label"], **flat(inner)}


def flat(row: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    """Nested figures as one level of names joined by dots."""
    line: dict[str, Any] = {}
    for name, value in row.items():
        here = f"{place}{name}"
        if isinstance(value, list):
            continue  # rows inside a row have no place in a flat table
        if not nested(value):
            line[here] = value
            continue
        # A snapshot's `value` is money of its own; a rate's is the rate.
        head = next((key for key in HEADS if key in value and not nested(value[key])), None)
        if head is not None:
            line[here] = value[head]
        line |= flat({key: inner for key, inner in value.items() if key != head}, f"{here}.")
    return line


def nested(value: Any) -> bool:
    """Whether a figure has parts of its own."""
    return isinstance(value, Mapping)


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell.startswith(RISKY) and not is_number(cell):
        return f"'{cell}"
    return cell


def is_number(text: str) -> bool:
    """Whether a text is a plain number (a minus before it is no formula)."""
    return text.removeprefix("-").replace(".", "", 1).isdigit()
