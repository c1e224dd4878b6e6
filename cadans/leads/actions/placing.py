"""Say anew where visits stand among the others of their lead, when a pipeline's order changed."""

from __future__ import annotations

import uuid

from django.db import connection

SOME = 5_000
"""Leads whose visits are looked at together."""

NEXT = """
    select id from leads_lead where pipeline_id = %s and (%s::uuid is null or id > %s)
    order by id limit %s
"""


def place_visits_anew(pipeline: uuid.UUID) -> None:
    """Bring `is_first` and `higher_at` of a pipeline's visits in line with its stages as they are.

    Whenever a visit is written the database does so itself; only a change of the stages is not
    seen there (docs/decisions/0018). Part of the transaction that changed them.
    """
    last = None
    with connection.cursor() as cursor:
        while True:
            cursor.execute(NEXT, [pipeline, last, last, SOME])
            ids = [id for (id,) in cursor.fetchall()]
            if not ids:
                return
            cursor.execute("select leads_place_visits(%s)", [ids])
            last = ids[-1]
