"""Why the win rate is what it is: the three culprits, who stands apart, and the behaviour gap.

A report of its own beside the win rate, since it asks much more of the database.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.insight.behaviour_gap import behaviour_gap
from cadans.insight.culprits import EARLY, compared, leads_part, nurtured_leads, nurturing
from cadans.insight.dimensions import DIMENSIONS, part
from cadans.insight.facts import Sql, closings
from cadans.insight.filters import Filters
from cadans.team.models import User

CONDITIONS = {
    "closed": "true",
    "won": "f.status = 'won'",
    "lost": "f.status = 'lost'",
    "lost_early": EARLY,
    "not_lost_early": f"not ({EARLY})",
}
"""What can be opened as a list of leads, beside `nurtured` and `not_nurtured`."""


def why(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """The culprits of a win rate (metrics.md, “Why is it low?”).

    Rows are the parts of `filters.by` (owner by default): each one's win rate, and where it stands
    among all. `total` has `leads`, `nurturing`, `reps` and `behaviour`, and the part that stands
    `below` and `above`. Raises Invalid for a breakdown that has an order or holds lost leads only.
    """
    by = filters.by or "owner"
    if DIMENSIONS[by].in_order or by == "loss_reason":
        raise Invalid(
            _("By month, quarter and loss reason nothing can stand apart."), pointer="/by"
        )
    filters = replace(filters, by=by)
    facts = closings(filters, user)
    parts = compared(facts, filters, by)
    reps = parts if by == "owner" else compared(facts, filters, "owner")
    return {
        "metric": "win-rate-why",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": {
            "differ": parts["differ"],
            "effect": parts["effect"],
            "below": parts["below"],
            "above": parts["above"],
            "leads": leads_part(facts, filters),
            "nurturing": nurturing(facts),
            "reps": reps,
            "behaviour": behaviour_gap(filters, user),
        },
        "rows": parts["rows"],
    }


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads behind a figure: the part `name` of the row `key` ("": the total)."""
    facts = closings(filters, user)
    if name in ("nurtured", "not_nurtured"):
        return nurtured_leads(facts, often=name == "nurtured")
    if name not in CONDITIONS:
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    facts = facts.narrowed(Sql(f"({CONDITIONS[name]})"))
    if key:
        facts = facts.narrowed(part(facts, filters, filters.by or "owner", key))
    return facts.select("l.id")
