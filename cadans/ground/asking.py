"""Questions to the database in SQL by hand, for what every request and every deed asks.

Building the same query anew takes Django three times as long as PostgreSQL takes to answer it,
and planning it anew takes PostgreSQL half of that. So these are written by hand and planned once
a connection. That is right for what looks a few rows up by their keys, whoever they are; reports
over a period are planned for the period at hand, as Django asks them. Text is put together from
the models' own names only; every value travels as a parameter.
"""

# ruff: noqa: S608 - no value is ever written into the text

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models

Thing = TypeVar("Thing", bound=models.Model)


def rows(text: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that a statement gives."""
    with connection.cursor() as cursor:
        _carry_out(cursor, text, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def tell(text: str, *values: Any) -> int:
    """Carry out a statement that gives no rows; how many rows it changed."""
    with connection.cursor() as cursor:
        _carry_out(cursor, text, values)
        return int(cursor.rowcount)


def _carry_out(cursor: Any, text: str, values: Sequence[Any]) -> None:
    """Let the database plan the statement once a connection, and keep the plan."""
    driver: Any = connection.connection
    driver.prepare_threshold = 1
    try:
        cursor.execute(text, values)
    finally:
        driver.prepare_threshold = None


def every(model: type[Thing], where: str, *values: Any, along: str = "") -> list[Thing]:
    """The things for which a condition holds. Behind it may stand ORDER BY, LIMIT, FOR UPDATE.

    What a foreign key points to comes `along`, when the key is set.
    """
    reading = _reading(model, along)
    return [reading.thing(row) for row in rows(f"{reading.start} WHERE {where}", *values)]


def first(model: type[Thing], where: str, *values: Any, along: str = "") -> Thing | None:
    """The first thing for which a condition holds, or None."""
    found = every(model, where, *values, along=along)
    return found[0] if found else None


def pointed(thing: models.Model, name: str) -> Any:
    """What a foreign key points to, or None; fetched once, and kept where Django keeps it."""
    key: Any = thing._meta.get_field(name)
    id = getattr(thing, key.attname)
    if id is not None and not key.is_cached(thing):
        setattr(thing, name, first(key.related_model, "id = %s", id))
    return getattr(thing, name)


class _Columns:
    """A model's columns, and how a row of them becomes a thing."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        table, quote = model._meta.db_table, connection.ops.quote_name
        self.model = model
        self.text = ", ".join(f"{quote(table)}.{quote(str(field.column))}" for field in fields)
        self.names = [field.attname for field in fields]
        self.documents = [n for n, one in enumerate(fields) if isinstance(one, models.JSONField)]

    def thing(self, row: Sequence[Any]) -> Any:
        values = list(row)
        for n in self.documents:
            values[n] = json.loads(values[n]) if isinstance(values[n], str) else values[n]
        return self.model.from_db("default", self.names, values)


class _Reading:
    """How to select a kind of things, and how to read them."""

    def __init__(self, model: type[models.Model], along: str) -> None:
        quote = connection.ops.quote_name
        table = quote(model._meta.db_table)
        self.own = _Columns(model)
        self.along = along
        self.other: _Columns | None = None
        self.start = f"SELECT {self.own.text} FROM {table}"
        if along:
            key: Any = model._meta.get_field(along)
            self.other = _Columns(key.related_model)
            other = quote(key.related_model._meta.db_table)
            self.start = (
                f"SELECT {self.own.text}, {self.other.text} FROM {table} "
                f"JOIN {other} ON {other}.id = {table}.{quote(key.column)}"
            )

    def thing(self, row: Sequence[Any]) -> Any:
        here = len(self.own.names)
        thing = self.own.thing(row[:here])
        if self.other is not None:
            setattr(thing, self.along, self.other.thing(row[here:]))
        return thing


_reading = lru_cache(maxsize=64)(_Reading)
