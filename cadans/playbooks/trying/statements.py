"""Statements of a try, whose answers are long."""

# ruff: noqa: S608 - no value is ever written into the text

from __future__ import annotations

from typing import Any

from django.db import connection
from pydantic_core import from_json


def documents(text: str, *values: Any) -> list[Any]:
    """The column `told` of what a statement gives, as one document.

    A hundred thousand rows come faster as one text to read than each cell for itself.
    """
    found = rows(f"SELECT coalesce(json_agg(told), '[]')::text FROM ({text}) AS rows", *values)
    told: list[Any] = from_json(found[0][0])
    return told


def rows(text: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
