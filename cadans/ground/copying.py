"""Many rows at once: PostgreSQL's COPY through Django's connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add rows to the model's table: one tuple a row, in the order of the `fields` named.

    Values are what psycopg knows (None, text, numbers, times, ids); JSON columns take text that
    is JSON already. Columns that are not named get the database's default, so name every column
    that has none. Runs in the transaction at hand; constraints are checked as for any insert.
    """
    quote = connection.ops.quote_name
    columns = ", ".join(quote(model._meta.get_field(name).column) for name in fields)
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
