"""What the models of the pipelines say of the leads that were open at a moment."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from cadans.insight.filters import Filters
from cadans.insight.forecast.draws import Part, Tide, tide
from cadans.insight.forecast.history import calendar_of
from cadans.insight.forecast.known import OpenLead
from cadans.insight.forecast.learning import NOT_YET, day_of, learned_at, live_pipelines
from cadans.insight.forecast.model import Leads, Learned, ahead, correction_for, sized, with_traits
from cadans.insight.forecast.worth import Prices


@dataclass(frozen=True)
class PipelineOutlook:
    """What one pipeline's model says: the chance of each lead, what it is worth if won, how many
    of those still to come will be won, and how far all of it may be off."""

    id: uuid.UUID
    chance: Mapping[uuid.UUID, float]
    worth: Mapping[uuid.UUID, float]
    new: float
    prices: Prices
    tide: Tide

    def part(self, leads: Iterable[OpenLead], coming: float) -> Part:
        """The part of a row: its leads, and its part of the leads to come."""
        ids = [lead.id for lead in leads if lead.id in self.chance]
        return Part(
            self.tide,
            np.array([self.chance[id] for id in ids]),
            np.array([self.worth[id] for id in ids]),
            self.prices.spread,
            self.new * coming,
            self.prices.mean or 0.0,
            self.prices.square,
        )

    def priced(self, leads: Iterable[OpenLead]) -> bool:
        """Whether anybody can say what a lead that is won is worth."""
        if self.prices.mean is not None:
            return True
        return any(not np.isnan(self.worth.get(lead.id, float("nan"))) for lead in leads)


@dataclass(frozen=True)
class Outlook:
    """What the models say of a period. `over`: it has ended, there is nothing to expect.
    `reason` says why a pipeline is not among `pipelines`."""

    pipelines: Mapping[uuid.UUID, PipelineOutlook] = field(default_factory=dict)
    over: bool = False
    reason: str = "too_little_history"


def outlook(
    leads: Iterable[OpenLead], filters: Filters, *, as_of: datetime, may_wait: bool = False
) -> Outlook:
    """What the models say of these leads and of those to come, for the filters' period.

    Who `may_wait` has missing models of large pipelines learned on the spot.
    """
    today = day_of(as_of)
    if today >= filters.until:
        return Outlook(over=True)
    now, until = today.toordinal(), filters.until.toordinal()
    since = max(now, filters.since.toordinal())
    by_pipeline: dict[uuid.UUID, list[OpenLead]] = defaultdict(list)
    for lead in leads:
        by_pipeline[lead.pipeline].append(lead)
    chosen = filters.pipeline
    wanted = {chosen} if isinstance(chosen, uuid.UUID) else {*live_pipelines(), *by_pipeline}
    learned = learned_at(as_of, wanted, may_wait=may_wait)
    found = {
        id: _of_pipeline(
            id, learned[id], by_pipeline[id], (now, since, until), ZoneInfo(filters.zone)
        )
        for id in sorted(wanted)
        if not learned[id].reason
    }
    if any(learned[id].reason == NOT_YET for id in wanted):
        return Outlook(found, reason=NOT_YET)
    return Outlook(found)


def _of_pipeline(
    id: uuid.UUID,
    learned: Learned,
    leads: list[OpenLead],
    days: tuple[int, int, int],
    zone: ZoneInfo,
) -> PipelineOutlook:
    now, since, until = days
    place = {stage: n for n, stage in enumerate(learned.stages)}
    leads = [lead for lead in leads if str(lead.stage) in place]
    stage = np.array([place[str(lead.stage)] for lead in leads], dtype=np.int64)
    entered = np.array(
        [lead.entered_at.astimezone(zone).toordinal() for lead in leads], dtype=np.int64
    )
    said = ahead(
        learned, Leads(stage, now - entered), calendar_of(), now=now, since=since, until=until
    ).corrected(correction_for(learned, until - now))
    value = np.array(
        [float("nan") if lead.value is None else float(lead.value) for lead in leads],
        dtype=np.float64,
    )
    traits = {
        "owner": [str(lead.owner or "") for lead in leads],
        "source": [str(lead.source or "") for lead in leads],
        "product": [str(lead.product or "") for lead in leads],
        "size": sized(value, learned.sizes),
    }
    chance = with_traits(learned, said.chance, stage, traits)
    worth = learned.prices.worth(value, traits["product"])
    ids = [lead.id for lead in leads]
    return PipelineOutlook(
        id,
        dict(zip(ids, chance.tolist(), strict=True)),
        dict(zip(ids, worth.tolist(), strict=True)),
        said.new,
        learned.prices,
        tide(said.spread, said.spread_new, seed=now),
    )
