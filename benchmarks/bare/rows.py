"""The rows that a deed of the product adds, written again by plain SQL: no rules, no choices.

They are copied from a deed that the product carried out, with ids of their own, so that they have
the same sizes, indexes, foreign keys and checks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import cycle
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

# Which rows a deed added, table by table.
TOLD = (
    (
        "leads_stagevisit",
        "entered_by IN (SELECT id FROM events_event WHERE act = %(act)s)",
    ),
    (
        "leads_task",
        "id IN (SELECT (data->>'task')::uuid FROM events_event "
        "WHERE act = %(act)s AND kind = 'task_laid')",
    ),
    ("events_event", "act = %(act)s"),
)
OF_A_NEW_LEAD = (
    ("contacts_company", "id = (SELECT company_id FROM leads_lead WHERE id = %(lead)s)"),
    (
        "contacts_person",
        "id IN (SELECT person_id FROM leads_leadperson WHERE lead_id = %(lead)s)",
    ),
    ("leads_lead", "id = %(lead)s"),
    ("leads_leadperson", "lead_id = %(lead)s"),
    *TOLD,
)
OF_A_STEP_FORWARD = (
    (
        "leads_activity",
        "id = (SELECT (data->>'activity')::uuid FROM events_event "
        "WHERE act = %(act)s AND kind = 'activity_logged')",
    ),
    *TOLD,
)
# Whose values no two rows share; and by what the events are told from the product's.
UNIQUE = {"contacts_company": "domain", "contacts_person": "email"}
VIA = "floor"
# Among how many leads the steps are spread: what a step costs grows with the stays of its lead.
LEADS = 5_000


@dataclass
class Table:
    """The rows of one table, and the statement that adds one."""

    name: str
    columns: list[str]
    rows: list[Sequence[Any]]
    statement: str = field(init=False)

    def __post_init__(self) -> None:
        names = ", ".join(f'"{column}"' for column in self.columns)
        places = ", ".join(["%s"] * len(self.columns))
        self.statement = f"INSERT INTO {self.name} ({names}) VALUES ({places})"


@dataclass(frozen=True)
class Deed:
    """The rows of a deed, the lead that it was done to, and the leads to do it to again."""

    tables: list[Table]
    lead: uuid.UUID
    others: Iterator[uuid.UUID]


@lru_cache(maxsize=2)
def template(kind: str) -> Deed:
    """The last such deed."""
    begun_by = "lead_created" if kind == "lead" else "activity_logged"
    of_deed = OF_A_NEW_LEAD if kind == "lead" else OF_A_STEP_FORWARD
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lead, act FROM events_event WHERE via = 'api' AND kind = %s "
            "AND act IN (SELECT act FROM events_event WHERE kind = 'stage_entered') "
            "ORDER BY id DESC LIMIT 1",
            [begun_by],
        )
        lead, act = cursor.fetchone()
        tables = []
        for name, which in of_deed:
            query = f"SELECT * FROM {name} WHERE {which} ORDER BY id"
            cursor.execute(query, {"lead": lead, "act": act})
            table = Table(name, [one.name for one in cursor.description], cursor.fetchall())
            if kind == "step" and name == "leads_stagevisit":
                table.rows = [_over(table, row) for row in table.rows]
            tables.append(table)
        cursor.execute("SELECT id FROM leads_lead ORDER BY id LIMIT %s", [LEADS])
        return Deed(tables, lead, cycle([one for (one,) in cursor.fetchall()]))


def write(kind: str) -> int:
    """Add the rows once more in one transaction, a statement a row; how many they were."""
    deed = template(kind)
    tables = deed.tables
    # A new lead is among the rows, and gets an id as they do.
    fresh = {deed.lead: next(deed.others)}
    fresh |= {row[0]: uuid7() for table in tables for row in table.rows}
    events = tables[-1]
    fresh[events.rows[0][events.columns.index("act")]] = uuid7()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            for row in table.rows:
                values = [_value(value, fresh) for value in row]
                if (column := UNIQUE.get(table.name)) is not None:
                    values[table.columns.index(column)] = f"{uuid.uuid4().hex[:12]}@floor.example"
                if table is events:
                    values[table.columns.index("via")] = VIA
                cursor.execute(table.statement, values)
    return sum(len(table.rows) for table in tables)


def _over(stays: Table, row: Sequence[Any]) -> Sequence[Any]:
    """A stay that has ended: there is one open stay a lead."""
    values = dict(zip(stays.columns, row, strict=True))
    return list((values | {"left_at": values["entered_at"], "how": "moved"}).values())


def _value(value: Any, fresh: dict[Any, uuid.UUID]) -> Any:
    if isinstance(value, dict | list):
        return Jsonb(value)
    return fresh.get(value, value) if isinstance(value, uuid.UUID) else value
