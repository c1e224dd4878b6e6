"""Leads still to come: how many on each day, and in which stage they begin. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cadans.insight.forecast.hazards import (
    DAY_PULL,
    HOLIDAY,
    Calendar,
    Floats,
    Stays,
    block_length,
    block_places,
    blocks_before,
    summed,
)
from cadans.insight.forecast.tempo import MONTHS, Baselines, pace_of

LOOK_BACK = 365
"""Days of arrivals that are looked at."""


@dataclass(frozen=True)
class Coming:
    """Arrivals before the day `end`: in blocks of days, seen and expected of a steady stream.

    `rate` a day, `by_day` the factor of each kind of day, `starts` the part in each stage.
    """

    end: int
    length: int
    rate: float
    by_day: Floats
    starts: Floats
    seen: Floats
    expected: Floats
    places: Floats

    def ahead(self, until: int, calendar: Calendar) -> tuple[Floats, float]:
        """How many are expected on each day from `end` on, and the variance of the log of that."""
        days = np.arange(self.end, until)
        if not len(days) or not self.rate:
            return np.zeros(len(days)), 0.0
        steady = self.rate * self.by_day[calendar.kind(days)]
        block = (days - self.end) // self.length
        flat = summed(block, steady)
        pace = pace_of(
            self.seen,
            Baselines(self.expected, self.expected, flat, flat, bound=1.0),
            self.places,
            block_places(days, self.end, self.length, calendar),
            self.length / 7,
        )
        many: Floats = steady * np.exp(pace.mean[block])
        part = summed(block, many) / many.sum()
        return many, float(part @ pace.cover @ part)


def coming_of(stays: Stays, end: int, calendar: Calendar, *, scale: float = 1.0) -> Coming:
    """What arrivals before the day `end` tell. Each lead stands for `scale` leads."""
    entered, stage = stays.entered[stays.first], stays.stage[stays.first]
    recent = (entered >= end - LOOK_BACK) & (entered < end)
    entered, stage = entered[recent], stage[recent]
    if not len(entered):
        none = np.zeros(0)
        return Coming(
            end, 7, 0.0, np.ones(8), np.zeros(stays.stages), none, none, np.zeros((0, MONTHS))
        )
    days = np.arange(entered.min(), end)
    many = summed(entered - days[0], minlength=len(days)) * scale
    rate, kinds = float(many.mean()), calendar.kind(days)
    seen = summed(kinds, many, minlength=8)
    flat = rate * summed(kinds, minlength=8)
    by_day: Floats = (seen + DAY_PULL) / (flat + DAY_PULL)
    few = DAY_PULL / 4
    by_day[HOLIDAY] = (seen[HOLIDAY] + few * by_day[6]) / (flat[HOLIDAY] + few)
    length = block_length(many)
    place, whole = blocks_before(days, end, length)
    places = np.zeros((int(place.max()) + 1, MONTHS))
    np.add.at(places, (place, calendar.month(days[whole]) % MONTHS), 1.0)
    return Coming(
        end,
        length,
        rate,
        by_day,
        summed(stage, minlength=stays.stages) / len(stage),
        summed(place, many[whole]),
        summed(place, (rate * by_day[kinds])[whole]),
        places / places.sum(axis=1, keepdims=True),
    )
