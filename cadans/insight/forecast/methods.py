"""What will be won in a period, as it could be said at a moment: three methods side by side.

- `basic`: the value of the open leads that are expected to close in the period, times the win
  rate of their pipeline over the twelve months before. What most sales software shows.
- `stage`: each open lead's value times the win rate from its stage over those twelve months,
  drawn towards the pipeline's where few leads were closed.
- `model`: each open lead's value times its chance to be won within the period, and what will be
  won of leads still to come (`model.py`).

Every total holds what was won in the period before the moment.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from cadans.ground.money import CENT
from cadans.insight.filters import Filters
from cadans.insight.forecast.draws import Part, drawn, tide
from cadans.insight.forecast.known import (
    Fates,
    OpenLead,
    Won,
    arrivals_before,
    fates_at,
    open_then,
    won_before,
)
from cadans.insight.forecast.outlook import Outlook, outlook
from cadans.team.models import User
from cadans.team.queries import organisation

PULL = 20
"""How many closed leads the pipeline's win rate weighs beside those of a stage."""

ARRIVING = 91
"""Days of arrivals that say which part of the leads to come is a row's."""

ZERO = Decimal(0)

SMALL = 0.1
"""The part of a row's open leads of which the model may know nothing."""

Breakdown = Literal["owner", "team", "pipeline"]


@dataclass(frozen=True)
class Guess:
    """What one method expects to be won in the whole period.

    `value` is in the organisation's currency, `low` and `high` bound it with a chance of 80 %
    (the model alone says so); `won` is the number of leads, with its own bounds. All None, with a
    `reason`, when it cannot be said.
    """

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    won: float | None = None
    won_low: float | None = None
    won_high: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Forecasts:
    """The three methods at a moment; `already_won` is what each of them holds of before it."""

    as_of: datetime
    currency: str
    already_won: Decimal
    already_won_leads: int
    open_leads: int
    without_value: int
    basic: Guess = field(default_factory=Guess)
    stage: Guess = field(default_factory=Guess)
    model: Guess = field(default_factory=Guess)


@dataclass(frozen=True)
class Known:
    """What was known at a moment: what became of leads, and those that were open, with the rows
    of a breakdown to which each belongs."""

    fates: Fates
    open: Sequence[OpenLead]


def known_at(
    filters: Filters, user: User | None, *, as_of: datetime, by: Breakdown | None
) -> Known:
    """Read what was known at the moment, for the total and for one breakdown."""
    fates = fates_at(as_of)
    return Known(fates, open_then(filters, user, as_of=as_of, fates=fates, by=by))


def forecast_at(
    filters: Filters, *, as_of: datetime, user: User | None = None, may_wait: bool = False
) -> Forecasts:
    """What will be won in the filters' period, with only what was known at the moment."""
    return forecasts_by(filters, by=None, as_of=as_of, user=user, may_wait=may_wait)[None]


def forecasts_by(
    filters: Filters,
    *,
    by: Breakdown | None,
    as_of: datetime,
    user: User | None = None,
    may_wait: bool = False,
) -> dict[Any, Forecasts]:
    """The same for each row of a breakdown, in one reading of the facts.

    Keys are ids (None: no owner, no team; without a breakdown the total). Rows without open leads
    and without anything won are left out.
    """
    said = forecasts_for([filters], breakdowns=[by], as_of=as_of, user=user, may_wait=may_wait)
    return said[0, by]


def forecasts_for(
    periods: Sequence[Filters],
    *,
    breakdowns: Iterable[Breakdown | None],
    as_of: datetime,
    user: User | None = None,
    may_wait: bool = False,
    known: Known | None = None,
) -> dict[tuple[int, Breakdown | None], dict[Any, Forecasts]]:
    """The same for several periods and breakdowns; keys are a period's place and a breakdown.

    `periods` differ in their dates alone: the open leads and the arrivals are read once for all.
    Who `may_wait` has missing models learned (see `learned_at`). Who has read what is `known` for
    the one breakdown that there is, gives it along; it tells the total too.
    """
    fates = fates_at(as_of) if known is None else known.fates
    outlooks: dict[int, Outlook] = {}
    answer = {}
    for by in breakdowns:
        leads: Iterable[OpenLead] = (
            open_then(periods[0], user, as_of=as_of, fates=fates, by=by)
            if known is None
            else known.open
        )
        coming = arrivals_before(periods[0], user, as_of=as_of, days=ARRIVING, by=by)
        rows: dict[Any, list[OpenLead]] = defaultdict(list)
        for lead in leads:
            for key in (None,) if by is None else lead.keys:
                rows[key].append(lead)
        for n, filters in enumerate(periods):
            if n not in outlooks:
                outlooks[n] = outlook(leads, filters, as_of=as_of, may_wait=may_wait)
            won = won_before(filters, user, as_of=as_of, by=by)
            answer[n, by] = _rows(rows, won, coming, outlooks[n], fates, filters, as_of, by)
    return answer


def _rows(
    rows: Mapping[Any, list[OpenLead]],
    won: Mapping[Any, Won],
    coming: Mapping[tuple[uuid.UUID, Any], float],
    said: Outlook,
    fates: Fates,
    filters: Filters,
    as_of: datetime,
    by: Breakdown | None,
) -> dict[Any, Forecasts]:
    currency = organisation().currency
    answer = {}
    for key in {*rows, *won, *((None,) if by is None else ())}:
        here, had = rows.get(key, []), won.get(key, Won())
        answer[key] = Forecasts(
            as_of=as_of,
            currency=currency,
            already_won=had.worth,
            already_won_leads=had.leads,
            open_leads=len(here),
            without_value=sum(lead.value is None for lead in here),
            basic=basic(here, had, fates, filters, as_of),
            stage=by_stage(here, had, fates, filters, as_of),
            model=by_model(
                here,
                had,
                said,
                {pipeline: part for (pipeline, row), part in coming.items() if row == key},
                fates,
            ),
        )
    return answer


def chances(filters: Filters, *, as_of: datetime, may_wait: bool = False) -> dict[uuid.UUID, float]:
    """Of each lead that was open at the moment: the chance to be won within the period.

    Leads of pipelines for which the model does not speak are left out.
    """
    fates = fates_at(as_of)
    leads = open_then(filters, None, as_of=as_of, fates=fates)
    said = outlook(leads, filters, as_of=as_of, may_wait=may_wait)
    return {id: chance for one in said.pipelines.values() for id, chance in one.chance.items()}


# ── the two plain methods ───────────────────────────────────────────────────────────────────


def basic(
    leads: Iterable[OpenLead], had: Won, fates: Fates, filters: Filters, as_of: datetime
) -> Guess:
    """Open value expected to close in the period, times the win rate of the pipeline.

    A lead without an expected date counts: nothing says that it will not close in the period.
    """
    expected = [
        lead
        for lead in leads
        if lead.expected_close is None or filters.since <= lead.expected_close < filters.until
    ]
    rates = {
        pipeline: Fraction(fate.won, fate.closed) for pipeline, fate in fates.pipelines.items()
    }
    return _weighed(expected, had, lambda lead: rates.get(lead.pipeline), filters, as_of)


def by_stage(
    leads: Iterable[OpenLead], had: Won, fates: Fates, filters: Filters, as_of: datetime
) -> Guess:
    """Each lead's value times the win rate from its stage, drawn towards the pipeline's."""
    return _weighed(list(leads), had, lambda lead: rate_from(lead, fates), filters, as_of)


def rate_from(lead: OpenLead, fates: Fates) -> Fraction | None:
    """How many of the leads that had been in the lead's stage were won; None without any."""
    whole = fates.pipelines.get(lead.pipeline)
    if whole is None:
        return None
    fate = fates.stages.get((lead.pipeline, lead.stage))
    won, closed = (0, 0) if fate is None else (fate.won, fate.closed)
    return (won + PULL * Fraction(whole.won, whole.closed)) / (closed + PULL)


def _weighed(
    leads: list[OpenLead],
    had: Won,
    rate_of: Callable[[OpenLead], Fraction | None],
    filters: Filters,
    as_of: datetime,
) -> Guess:
    """The leads' value times their rates, which leads in one stage share. Exact."""
    if as_of >= filters.ends:
        return Guess(had.worth, won=float(had.leads))
    places: dict[tuple[uuid.UUID, uuid.UUID], list[OpenLead]] = defaultdict(list)
    for lead in leads:
        places[lead.pipeline, lead.stage].append(lead)
    rates = {place: rate_of(here[0]) for place, here in places.items()}
    if leads and all(rate is None for rate in rates.values()):
        return Guess(reason="no_closed_leads")
    worth, won = Fraction(had.worth), Fraction(had.leads)
    for place, here in places.items():
        rate = rates[place] or Fraction(0)
        won += rate * len(here)
        worth += rate * Fraction(sum((lead.value or ZERO for lead in here), ZERO))
    if leads and all(lead.value is None for lead in leads):
        if had.worth:
            return Guess(had.worth, won=float(won))
        return Guess(won=float(won), reason="no_values")
    return Guess(in_cents(worth), won=float(won))


# ── the model ───────────────────────────────────────────────────────────────────────────────


def by_model(
    leads: list[OpenLead],
    had: Won,
    said: Outlook,
    coming: Mapping[uuid.UUID, float],
    fates: Fates,
) -> Guess:
    """What the model expects of these leads, and of those still to come.

    `coming` is the row's part of the arrivals of each pipeline. Leads of a pipeline about which
    the model does not speak count by their stage's win rate, as long as they are a small part.
    """
    if said.over:
        many = float(had.leads)
        return Guess(had.worth, had.worth, had.worth, many, many, many)
    silent = [lead for lead in leads if lead.pipeline not in said.pipelines]
    if not said.pipelines or len(silent) > SMALL * len(leads):
        return Guess(reason=said.reason)
    parts = [one.part(leads, coming.get(id, 0.0)) for id, one in said.pipelines.items()]
    if silent:
        rates = np.array([float(rate_from(lead, fates) or 0) for lead in silent])
        values = np.array([float(lead.value or 0) for lead in silent])
        parts.append(Part(tide(0.0, 0.0, seed=0), rates, values, 0.0, 0.0, 0.0, 0.0))
    result = drawn(parts)
    guess = Guess(
        won=had.leads + result.won,
        won_low=had.leads + result.won_low,
        won_high=had.leads + result.won_high,
    )
    if not had.worth and not any(one.priced(leads) for one in said.pipelines.values()):
        return replace(guess, reason="no_values")
    # Of a few unlikely leads most draws bring nothing, so their mean lies above nine in ten of
    # them. The interval is then widened to hold it, which makes its chance no less than 80 %.
    value = in_cents(Fraction(result.worth))
    return replace(
        guess,
        value=had.worth + value,
        low=had.worth + min(in_cents(Fraction(result.worth_low)), value),
        high=had.worth + max(in_cents(Fraction(result.worth_high)), value),
        won_low=min(guess.won_low or 0.0, guess.won or 0.0),
        won_high=max(guess.won_high or 0.0, guess.won or 0.0),
    )


def in_cents(worth: Fraction) -> Decimal:
    """An exact amount, rounded to cents, half to even."""
    return (Decimal(worth.numerator) / Decimal(worth.denominator)).quantize(
        CENT, rounding=ROUND_HALF_EVEN
    )
