"""Which conversions decide: those marked by a manager, and those with the largest effect on won.

The effect of a conversion is what one percentage point more would bring, all others held equal: of
so many leads that entered the stage, one in a hundred more goes on, is won at the rates of the
stages that follow, and is worth what won deals are worth.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from cadans.ground.money import CENT
from cadans.insight.facts import Sql, closings
from cadans.insight.filters import Filters
from cadans.insight.intervals import FEW
from cadans.insight.models import KeyConversion
from cadans.team.models import User
from cadans.team.queries import organisation

POINT = Decimal("0.01")
PROPOSED = 2
"""As many as can be decisive at once; more than two and none is."""

Line = dict[str, Any]


def with_effects(lines: Sequence[Line], filters: Filters, user: User | None) -> list[Line]:
    """The stages of one funnel, each with `effect`, `is_key` and `is_proposed`.

    `effect` is money, with a null amount and a `reason` where it cannot be said.
    """
    mean = mean_won(filters, user)
    currency = organisation().currency
    marked = marked_in(filters.pipeline)
    shown = [
        {**line, "effect": effect(lines[place:], mean, currency), "is_key": line["key"] in marked}
        for place, line in enumerate(lines)
    ]
    known = [line for line in shown if line["effect"]["amount"] is not None]
    known.sort(key=lambda line: -Decimal(line["effect"]["amount"]))
    proposed = {line["key"] for line in known[:PROPOSED]}
    return [{**line, "is_proposed": line["key"] in proposed} for line in shown]


def effect(ahead: Sequence[Line], mean: Decimal | None, currency: str) -> dict[str, Any]:
    """What one point more at the first of these stages would bring; the others lie ahead of it."""
    here, later = ahead[0], [line for line in ahead[1:] if not line["ends_in"]]
    chances = [chance_of(line) for line in later]
    reason = ""
    if here["ends_in"]:
        reason = "last_stage"
    elif here["reached_next"] + here["lost"] < FEW or None in chances:
        reason = "few_leads"
    elif mean is None:
        reason = "no_won_value"
    if reason or mean is None:
        return {"amount": None, "currency": currency, "reason": reason}
    worth = POINT * here["entered"] * mean
    for chance in chances:
        # Through text: the chance as written, not its nearest binary fraction.
        worth *= Decimal(str(chance))
    amount = worth.quantize(CENT, rounding=ROUND_HALF_EVEN)
    return {"amount": str(amount), "currency": currency}


def chance_of(line: Line) -> float | None:
    """The share that goes on: as expected, or of the resolved where the end cannot be foreseen."""
    expected: float | None = line["conversion_expected"]["value"]
    resolved: float | None = line["conversion_resolved"]["value"]
    return resolved if expected is None else expected


def mean_won(filters: Filters, user: User | None) -> Decimal | None:
    """What a deal won in the period was worth on average; None without any."""
    facts = closings(filters, user).narrowed(Sql("f.status = 'won'"))
    found: Decimal | None = facts.select("avg(f.worth) as mean").rows()[0]["mean"]
    return found


def marked_in(pipeline: uuid.UUID | str | None) -> set[str]:
    """The keys of the stages whose conversion was marked as decisive."""
    if not isinstance(pipeline, uuid.UUID):
        return set()
    marked = KeyConversion.objects.filter(stage__pipeline=pipeline, stage__retired_at=None)
    return set(marked.values_list("stage__key", flat=True))
