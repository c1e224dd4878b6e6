"""Roll the forecasts forward, with only what was known, and hold them to what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import mean

from dateutil.relativedelta import relativedelta

from cadans.insight.filters import Filters
from cadans.insight.forecast.known import won_before
from cadans.insight.forecast.methods import Forecasts, Guess, forecast_at
from cadans.process.models import Pipeline
from cadans.team.queries import organisation

METHODS = ("basic", "stage", "model")


@dataclass(frozen=True)
class Question:
    """What is forecast: from each day to the other, how many are won (`leads`) or their worth."""

    name: str
    folder: str
    what: str
    periods: Sequence[tuple[date, date]]
    also: Sequence[tuple[str, float | None]] = ()


@dataclass
class Answer:
    """What each method said at each origin, with its bounds of 80 %, and what came.

    `silent` are the origins at which the model did not speak, with its reason.
    """

    question: Question
    said: list[tuple[date, dict[str, float | None], tuple[float, float], float]] = field(
        default_factory=list
    )
    silent: list[tuple[date, str]] = field(default_factory=list)

    def errors(self, method: str) -> list[float] | None:
        """(said - came) / came at each origin; None when the method was ever silent."""
        found = []
        for _day, said, _bounds, came in self.said:
            one = said[method]
            if one is None:
                return None
            found.append((one - came) / came)
        return found

    def mape(self, method: str) -> float | None:
        """The mean of the errors without their signs."""
        errors = self.errors(method)
        return mean(abs(error) for error in errors) if errors else None

    def bias(self, method: str) -> float | None:
        """The mean of the errors."""
        errors = self.errors(method)
        return mean(errors) if errors else None

    @property
    def covered(self) -> int:
        """At how many origins what came lay within the bounds of 80 %."""
        return sum(low <= came <= high for _day, _said, (low, high), came in self.said)


def weeks(first: date, last: date, *, days: int) -> list[tuple[date, date]]:
    """Every week from the first to the last day: the days after it."""
    many = (last - first).days // 7 + 1
    begins = [first + timedelta(days=7 * n) for n in range(many)]
    return [(day, day + timedelta(days=days)) for day in begins]


def months(first: date, *, many: int, ahead: int) -> list[tuple[date, date]]:
    """So many month ends from the first on: the months after each."""
    begins = [first + relativedelta(months=n) for n in range(many)]
    return [(day, day + relativedelta(months=ahead)) for day in begins]


def answer(question: Question, pipeline: Pipeline) -> Answer:
    """What the product itself says at each origin, about this pipeline."""
    found = Answer(question)
    for since, until, said, came in _rolled(question, pipeline):
        del until
        if came <= 0:
            continue
        if said.model.won is None or (question.what == "worth" and said.model.value is None):
            found.silent.append((since, said.model.reason))
            continue
        of = {method: _figure(getattr(said, method), question.what) for method in METHODS}
        found.said.append((since, of, _bounds(said.model, question.what), came))
    return found


def _rolled(
    question: Question, pipeline: Pipeline
) -> Iterator[tuple[date, date, Forecasts, float]]:
    zone = organisation().time_zone
    for since, until in question.periods:
        filters = Filters(since=since, until=until, zone=zone, pipeline=pipeline.id)
        said = forecast_at(filters, as_of=filters.begins, may_wait=True)
        won = won_before(filters, None, as_of=filters.ends).get(None)
        came = 0.0 if won is None else float(won.leads if question.what == "leads" else won.worth)
        yield since, until, said, came


def _figure(guess: Guess, what: str) -> float | None:
    if what == "leads":
        return guess.won
    return None if guess.value is None else float(guess.value)


def _bounds(guess: Guess, what: str) -> tuple[float, float]:
    low, high = (guess.won_low, guess.won_high) if what == "leads" else (guess.low, guess.high)
    assert low is not None
    assert high is not None
    return float(low), float(high)
