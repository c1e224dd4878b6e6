"""Write what one deed made and changed, all kinds of things in one statement.

A deed adds some fifteen rows to eight tables. Fifteen inserts, or eight, are so many trips to the
database; one statement that holds an INSERT a table is one. Rows travel as JSON, a parameter a
table, and PostgreSQL gives each value its column's type, so the statement's text depends on the
tables alone and is planned once a connection. Foreign keys are checked at commit, as Django
declares them, so the order of the tables does not matter.
"""

# ruff: noqa: S608 - the text is put together from the models' own names only

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, models

from cadans.ground.asking import tell

Columns = dict[str, Any]
"""A thing's values by the names of its attributes (foreign keys as ids)."""


def as_it_is(thing: models.Model) -> Columns:
    """The values of a thing's columns, to see later what changed."""
    values = thing.__dict__
    return {name: values[name] for name, _column in _columns(type(thing)) if name in values}


def write(new: Sequence[models.Model], changed: Iterable[tuple[models.Model, Columns]]) -> None:
    """Add new things, and write the columns of the others that differ from what they were.

    Rows are changed before rows are added, so that a place that becomes free can be taken.
    """
    changes = _changes(changed)
    additions: dict[type[models.Model], list[models.Model]] = {}
    for thing in new:
        additions.setdefault(type(thing), []).append(thing)
    # Within one statement no order is promised: what both changes and grows takes two.
    if {model for model, _names in changes} & additions.keys():
        _carry_out(changes, {})
        changes = {}
    _carry_out(changes, additions)
    for thing in new:
        thing._state.adding = False
        thing._state.db = "default"


Changes = dict[tuple[type[models.Model], tuple[str, ...]], list[models.Model]]


def _changes(watched: Iterable[tuple[models.Model, Columns]]) -> Changes:
    """Changed things, by their kind and the columns that changed."""
    changes: Changes = {}
    for thing, was in watched:
        values = thing.__dict__
        names = tuple(name for name, before in was.items() if values[name] != before)
        if names:
            changes.setdefault((type(thing), names), []).append(thing)
    return changes


def _carry_out(
    changes: Changes, additions: Mapping[type[models.Model], list[models.Model]]
) -> None:
    if not changes and not additions:
        return
    statement = _statement(tuple(changes), tuple(additions))
    tables = [
        [_row(thing, (thing._meta.pk.attname, *names)) for thing in things]
        for (_model, names), things in changes.items()
    ]
    tables += [[as_it_is(thing) for thing in things] for things in additions.values()]
    tell(statement, *(orjson.dumps(rows, default=str).decode() for rows in tables))


def _row(thing: models.Model, names: Iterable[str]) -> Columns:
    return {name: thing.__dict__[name] for name in names}


@lru_cache(maxsize=512)
def _statement(
    changes: tuple[tuple[type[models.Model], tuple[str, ...]], ...],
    additions: tuple[type[models.Model], ...],
) -> str:
    parts = [_update(model, names) for model, names in changes]
    parts += [_insert(model) for model in additions]
    before = ", ".join(f"step{n} AS ({part})" for n, part in enumerate(parts[:-1]))
    return f"WITH {before} {parts[-1]}" if before else parts[-1]


def _insert(model: type[models.Model]) -> str:
    columns = ", ".join(column for _name, column in _columns(model))
    return (
        f"INSERT INTO {_table(model)} ({columns}) SELECT {columns} "
        f"FROM json_populate_recordset(NULL::{_table(model)}, %s::json)"
    )


def _update(model: type[models.Model], names: tuple[str, ...]) -> str:
    table, columns = _table(model), dict(_columns(model))
    key = columns[model._meta.pk.attname]
    set_to = ", ".join(f"{columns[name]} = new.{columns[name]}" for name in names)
    return (
        f"UPDATE {table} SET {set_to} "
        f"FROM json_populate_recordset(NULL::{table}, %s::json) new WHERE {table}.{key} = new.{key}"
    )


@lru_cache(maxsize=64)
def _columns(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    """Each field's attribute (its column has the same name), and the column as SQL has it."""
    quote = connection.ops.quote_name
    return tuple((field.attname, quote(field.attname)) for field in model._meta.concrete_fields)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
