"""Win rate: of the leads that were decided, which share was won.

The closings view counts the leads won or lost in the period, by the day they closed. The cohort
view counts the leads opened in the period; those still open stand apart. Cancelled and deleted
leads count nowhere; a lead that was reopened counts by its last closing only.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.insight.dimensions import DIMENSIONS, named, part
from cadans.insight.facts import Facts, Sql, closings, cohort
from cadans.insight.filters import NONE, Filters
from cadans.insight.intervals import Rate, rate, rate_by_value
from cadans.team.models import User
from cadans.team.queries import organisation

CLOSED = """
    count(*) filter (where f.status = 'won') as won,
    count(*) filter (where f.status = 'lost') as lost,
    coalesce(sum(f.worth) filter (where f.status = 'won'), 0) as won_worth,
    coalesce(sum(f.worth) filter (where f.status = 'lost'), 0) as lost_worth,
    coalesce(sum(f.worth * f.worth), 0) as squares,
    count(*) filter (where coalesce(f.worth, 0) = 0) as worthless,
    count(*) filter (where f.status = 'won' and f.worth is null) as won_unknown,
    count(*) filter (where f.status = 'lost' and f.worth is null) as lost_unknown
"""

OPENED = """
    count(*) filter (where f.status = 'won') as cohort_won,
    count(*) filter (where f.status = 'lost') as cohort_lost,
    count(*) filter (where f.status is null) as cohort_open
"""

ZERO = Decimal("0.00")

PARTS: dict[str, tuple[str, str]] = {
    "closed": ("closings", "true"),
    "won": ("closings", "f.status = 'won'"),
    "lost": ("closings", "f.status = 'lost'"),
    "worthless": ("closings", "coalesce(f.worth, 0) = 0"),
    "opened": ("cohort", "true"),
    "opened_decided": ("cohort", "f.status is not null"),
    "opened_won": ("cohort", "f.status = 'won'"),
    "opened_lost": ("cohort", "f.status = 'lost'"),
    "opened_open": ("cohort", "f.status is null"),
}
"""What can be opened as a list of leads: of which facts, under which condition."""


@dataclass
class Tally:
    """What was counted for one row. Tallies of rows that share no leads can be added."""

    won: int = 0
    lost: int = 0
    won_worth: Decimal = ZERO
    lost_worth: Decimal = ZERO
    squares: Decimal = ZERO
    worthless: int = 0
    won_unknown: int = 0
    lost_unknown: int = 0
    cohort_won: int = 0
    cohort_lost: int = 0
    cohort_open: int = 0

    def add(self, more: dict[str, Any] | Tally) -> None:
        """Add counts to these."""
        counts = more.__dict__ if isinstance(more, Tally) else more
        for field in fields(self):
            if field.name in counts:
                setattr(self, field.name, getattr(self, field.name) + counts[field.name])

    @property
    def closed(self) -> int:
        """How many were decided in the period."""
        return self.won + self.lost

    @property
    def by_count(self) -> Rate:
        """won / (won + lost)."""
        return rate(self.won, self.closed)

    @property
    def by_value(self) -> Rate:
        """Worth won / worth decided; null when one side has leads but no worth at all.

        Many firms leave lost leads at zero; the rate would then always be 100 %.
        """
        reason = ""
        if self.closed == 0:
            reason = "no_leads"
        elif self.lost and not self.lost_worth:
            reason = "lost_without_value"
        elif self.won and not self.won_worth:
            reason = "won_without_value"
        return rate_by_value(
            self.won_worth,
            self.won_worth + self.lost_worth,
            squares=self.squares,
            reason=reason,
        )


def win_rate(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """Win rate in total and by `filters.by`, as the pages, the API and the command line show it."""
    by, currency = filters.by, organisation().currency
    tallies = counts(filters, user, by)
    if by is None or DIMENSIONS[by].overlaps:
        total = counts(filters, user, None).get(None, Tally()) if by else tallies.get(None, Tally())
    else:
        total = Tally()
        for tally in tallies.values():
            total.add(tally)
    rows = [] if by is None else rows_of(by, tallies, total, currency)
    return {
        "metric": "win-rate",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": figures(total, total, currency),
        "rows": rows,
    }


def counts(filters: Filters, user: User | None, by: str | None) -> dict[Any, Tally]:
    """The tally of each value of the breakdown; of None for the total."""
    tallies: dict[Any, Tally] = {}
    for facts, what in ((closings(filters, user), CLOSED), (cohort(filters, user), OPENED)):
        for row in grouped(facts, filters, by, what).rows():
            tallies.setdefault(row.pop("key"), Tally()).add(row)
    return tallies


def grouped(facts: Facts, filters: Filters, by: str | None, what: str) -> Sql:
    """The query that counts `what` for each value of the breakdown."""
    if by is None:
        return facts.select(f"null as key, {what}")
    dimension = DIMENSIONS[by]
    key = dimension.value(facts, filters)
    return facts.select(key + f"as key, {what}", join=dimension.join(facts)) + "group by 1"


def rows_of(
    by: str, tallies: dict[Any, Tally], total: Tally, currency: str
) -> list[dict[str, Any]]:
    """The rows: periods in their order without gaps, all else by the number decided."""
    if by == "loss_reason":
        # Won and open leads have no reason; they are no row of their own.
        kept = {key: tally for key, tally in tallies.items() if tally.lost or tally.cohort_lost}
        tallies = {
            key: Tally(lost=t.lost, lost_worth=t.lost_worth, cohort_lost=t.cohort_lost)
            for key, t in kept.items()
        }
    if DIMENSIONS[by].in_order:
        tallies = without_gaps(tallies, months=1 if by == "month" else 3)
    labels = named(by, tallies)
    rows = [
        {
            "key": labels[value][0],
            "label": labels[value][1],
            **figures(tally, total, currency, only_lost=by == "loss_reason"),
        }
        for value, tally in tallies.items()
    ]
    if not DIMENSIONS[by].in_order:
        rows.sort(
            key=lambda row: (row["key"] == NONE, -(row["won"] + row["lost"]), row["label"].lower())
        )
    return rows


def without_gaps(tallies: dict[date, Tally], *, months: int) -> dict[date, Tally]:
    """Periods from first to last, those without leads included (their rates are null)."""
    if not tallies:
        return {}
    first, last, filled = min(tallies), max(tallies), {}
    while first <= last:
        filled[first] = tallies.get(first, Tally())
        first += relativedelta(months=months)
    return filled


def figures(
    tally: Tally, total: Tally, currency: str, *, only_lost: bool = False
) -> dict[str, Any]:
    """One row's figures. `only_lost`: rows that hold lost leads alone have no win rate."""
    reason = "only_lost" if only_lost else ""
    by_value = (
        rate_by_value(ZERO, tally.lost_worth, squares=ZERO, reason=reason)
        if only_lost
        else tally.by_value
    )
    decided = tally.cohort_won + tally.cohort_lost
    return {
        "win_rate": rate(tally.won, tally.closed, reason=reason if tally.closed else "").as_json(),
        "won": tally.won,
        "lost": tally.lost,
        "win_rate_by_value": {**by_value.as_json(), "currency": currency},
        "won_value": amount(tally.won_worth, tally.won, tally.won_unknown, currency),
        "lost_value": amount(tally.lost_worth, tally.lost, tally.lost_unknown, currency),
        "without_value": tally.worthless,
        "share_of_lost": rate(tally.lost, total.lost).as_json(),
        "cohort": {
            "opened": decided + tally.cohort_open,
            "won": tally.cohort_won,
            "lost": tally.cohort_lost,
            "open": tally.cohort_open,
            "win_rate": rate(tally.cohort_won, decided, reason=reason if decided else "").as_json(),
        },
    }


def amount(worth: Decimal, leads: int, unknown: int, currency: str) -> dict[str, Any]:
    """An amount of money; null when there are leads and of none the worth is known.

    The worth of a lead is unknown when nobody filled in its value, or when it is in a currency
    of which no rate was known on the day it closed.
    """
    if leads and unknown == leads:
        return {"amount": None, "currency": currency, "reason": "no_value"}
    return {"amount": str(worth), "currency": currency}


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads behind a figure: the part `name` of the row `key` ("": the total)."""
    if name not in PARTS:
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    kind, condition = PARTS[name]
    facts = (closings if kind == "closings" else cohort)(filters, user).narrowed(Sql(condition))
    if key and filters.by:
        facts = facts.narrowed(part(facts, filters, filters.by, key))
    return facts.select("l.id")
