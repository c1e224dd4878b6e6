"""Why a forecast was off: from what was forecast as a period began to what was won in it.

Each lead that was open as the period began brought a part of the forecast, and each became
something: its part is taken away (lost, slipped out, gone), or it was won, and then the rest of
its value comes to it and perhaps its value changed. What was won beside those was unplanned.
The steps add up to the cent.
"""

# ruff: noqa: S608 - no value is ever written into the text

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from cadans.insight.decomposition import to_the_cent
from cadans.insight.facts import Sql, closings
from cadans.insight.filters import Filters
from cadans.insight.forecast.snapshots import Span, Whose, filters_of, scope_of
from cadans.insight.models import Snapshot
from cadans.insight.models.forecast import Method, Scope
from cadans.team.models import User
from cadans.team.queries import organisation
from cadans.team.queries import today as local_today

STEPS = (
    *("won_expected", "pulled_in", "won_unplanned", "value_changed"),
    *("slipped", "lost", "gone", "unattributed"),
)
"""The steps in the order in which they are drawn.

- `won_expected`: won as expected; what their forecast left out for the chance of losing them;
- `pulled_in`: won although their close was expected after the period;
- `won_unplanned`: won leads that were not there (or not in this scope) as the period began;
- `value_changed`: what the won ones brought more or less than they were worth then;
- `slipped`: still open at the end (or: now, while the period runs);
- `lost`; `gone`: deleted, merged or cancelled since, or won by somebody outside this scope;
- `unattributed`: what the forecast expected of no lead that was there: of leads still to come
  (the model does), or of people who were in the team then.
"""

Became = Literal["won", "lost", "open", "gone"]


@dataclass(frozen=True)
class Planned:
    """A lead that was open as the period began, its part of the forecast, and what it became.

    `worth` is what it was won for, if it was (None: unknown).
    """

    lead: uuid.UUID
    value: Decimal | None
    share: Decimal
    is_expected: bool
    became: Became
    worth: Decimal | None = None


@dataclass
class Step:
    """One step: the amount, and the leads it is about."""

    amount: Fraction = Fraction(0)
    leads: list[uuid.UUID] = field(default_factory=list)

    def add(self, amount: Fraction, lead: uuid.UUID) -> None:
        """Count a lead's part."""
        self.amount += amount
        self.leads.append(lead)


@dataclass(frozen=True)
class Fall:
    """From the forecast to the actual; `cents` are the steps' amounts, adding up exactly."""

    forecast: Decimal
    actual: Decimal
    steps: dict[str, Step]
    cents: dict[str, Decimal]


def fall(
    forecast: Decimal, planned: Iterable[Planned], unplanned: Iterable[tuple[uuid.UUID, Decimal]]
) -> Fall:
    """What lies between the forecast and the actual, which is the sum of what was won.

    `unplanned` are the leads won in the period that were not there as it began, with their worth.
    """
    steps = {name: Step() for name in STEPS}
    actual, attributed = Decimal("0.00"), Fraction(0)
    for lead in planned:
        share, value = Fraction(lead.share), Fraction(lead.value or 0)
        attributed += share
        if lead.became != "won":
            steps["slipped" if lead.became == "open" else lead.became].add(-share, lead.lead)
            continue
        worth = lead.worth or Decimal(0)
        actual += worth
        steps["won_expected" if lead.is_expected else "pulled_in"].add(value - share, lead.lead)
        if worth != value:
            steps["value_changed"].add(Fraction(worth) - value, lead.lead)
    for id, worth in unplanned:
        actual += worth
        steps["won_unplanned"].add(Fraction(worth), id)
    steps["unattributed"].amount = attributed - Fraction(forecast)
    return Fall(forecast, actual, steps, _in_cents(steps, actual - forecast))


def _in_cents(steps: dict[str, Step], whole: Decimal) -> dict[str, Decimal]:
    """The steps that there are, in cents. What rounding left over is no step of its own."""
    there = {
        name: step.amount
        for name, step in steps.items()
        if step.leads or abs(step.amount) >= Fraction(1, 100)
    }
    return dict(zip(there, to_the_cent(list(there.values()), whole), strict=True))


# Every lead that brought a part, with the closing that stands, in one scope.
PLANNED = """
    select e.lead, e.value, e.{method} as share, e.is_expected, f.worth,
           case when l.id is null or l.deleted_at is not null or l.status = 'cancelled' then 'gone'
                when f.id is null or f.at >= %s then 'open'
                when f.at < %s then 'gone'
                when f.status = 'lost' then 'lost'
                when {within} then 'won' else 'gone' end as became
    from insight_expectedlead e
    left join leads_lead l on l.id = e.lead
    left join leads_closing f on f.lead_id = e.lead and f.reopened_at is null
    where e.since = %s and e.until = %s and {scope}
"""

IN_SCOPE = {
    Scope.ALL: ("true", "true"),
    Scope.OWNER: ("e.owner is not distinct from %s", "f.owner_id is not distinct from %s"),
    Scope.TEAM: tuple(
        "case when %s::uuid is null then not exists (select from team_membership m where"
        f" m.user_id = {owner}) else {owner} in (select m.user_id from team_membership m where"
        " m.team_id = %s) end"
        for owner in ("e.owner", "f.owner_id")
    ),
    Scope.PIPELINE: ("e.pipeline = %s", "f.pipeline_id = %s"),
}
"""The conditions for a planned lead and for a closing to be in a scope."""


def waterfall(
    filters: Filters, user: User | None, method: str, *, today: date | None = None
) -> dict[str, Any]:
    """The steps from a method's forecast, at the start of the filters' period, to what was won.

    `{"method", "forecast", "actual", "steps": [{"key", "amount", "leads"}], "is_over"}`; while
    the period runs, `slipped` are the leads still open. `forecast` is null, with a `reason`, when
    nothing was kept: `no_snapshot`, `not_kept` (filters of which none are kept), or what the
    method gave as its reason.
    """
    span = Span(filters.since, filters.until)
    answer: dict[str, Any] = {
        "method": method,
        "is_over": span.until <= (today or local_today()),
        "forecast": None,
        "actual": None,
        "steps": [],
    }
    found, reason = kept_fall(filters, user, method)
    if found is None:
        return {**answer, "reason": reason}
    currency = organisation().currency
    return {
        **answer,
        "forecast": {"amount": str(found.forecast), "currency": currency},
        "actual": {"amount": str(found.actual), "currency": currency},
        "steps": [
            {
                "key": name,
                "amount": {"amount": str(amount), "currency": currency},
                "leads": len(found.steps[name].leads),
            }
            for name, amount in found.cents.items()
        ],
    }


def kept_fall(filters: Filters, user: User | None, method: str) -> tuple[Fall | None, str]:
    """The fall of a period whose start was kept, or why there is none."""
    whose = scope_of(filters, user)
    if whose is None:
        return None, "not_kept"
    span = Span(filters.since, filters.until)
    row = Snapshot.objects.filter(
        since=span.since,
        until=span.until,
        day=span.since,
        scope=whose[0],
        scope_id=whose[1],
        method=method,
        currency=organisation().currency,
    ).first()
    if row is None:
        return None, "no_snapshot"
    if row.value is None:
        return None, row.reason
    planned = planned_leads(span, whose, method)
    here = {lead.lead for lead in planned}
    won = won_leads(span, whose)
    unplanned = [(lead, worth) for lead, worth in won if lead not in here]
    return fall(row.value, planned, unplanned), ""


def planned_leads(span: Span, whose: Whose, method: str) -> list[Planned]:
    """The leads that brought a part of the forecast, and what became of each."""
    scope, scope_id = whose
    of_lead, of_closing = IN_SCOPE[scope]
    filters = span.filters()
    text = PLANNED.format(method=Method(method).value, within=of_closing, scope=of_lead)
    values = (
        *(filters.ends, filters.begins, *(scope_id,) * of_closing.count("%s")),
        *(span.since, span.until, *(scope_id,) * of_lead.count("%s")),
    )
    return [Planned(**row) for row in Sql(text, values).rows()]


def won_leads(span: Span, whose: Whose) -> list[tuple[uuid.UUID, Decimal]]:
    """The leads won in the period, with their worth (0 when it is unknown)."""
    facts = closings(filters_of(whose, span), None).narrowed(Sql("f.status = 'won'"))
    rows = facts.select("l.id, coalesce(f.worth, 0) as worth").rows()
    return [(row["id"], row["worth"]) for row in rows]
