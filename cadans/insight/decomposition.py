"""Why a mean changed: because segments grew (within), or because their shares shifted (mix). Pure.

With w the share of a segment in all deals and m its mean, before (0) and now (1), and M̄ the
mean of the two overall means:

    within = ½(w0 + w1)(m1 − m0)        mix = (w1 − w0)(½(m0 + m1) − M̄)

They add up exactly, over all segments, to the change of the overall mean: Σ w1·m1 − Σ w0·m0, for
the shares add up to 1 both times. A segment that is new or gone has one mean only; it stands for
both, so that the whole of its part is mix.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

CENTS = 100

BROAD = Fraction(3, 4)
"""Growth is across the board when segments with at least this share of the deals took part."""
FEW_SHARE = Fraction(1, 4)
"""It is driven by a few when at most this share of the segments …"""
MOST_OF_IT = Fraction(2, 3)
"""… brought at least this much of what was gained (or lost)."""


@dataclass(frozen=True)
class Segment:
    """The deals of a segment in one period: how many (in parts of deals), worth how much."""

    deals: Fraction = Fraction(0)
    worth: Fraction = Fraction(0)


@dataclass(frozen=True)
class Part:
    """What one segment brought to the change, in exact amounts."""

    share_before: Fraction
    share: Fraction
    mean_before: Fraction | None
    mean: Fraction | None
    within: Fraction
    mix: Fraction

    @property
    def whole(self) -> Fraction:
        """Within and mix together."""
        return self.within + self.mix


def parts_of_change(
    before: Mapping[Any, Segment], now: Mapping[Any, Segment]
) -> dict[Hashable, Part]:
    """The part of each segment in the change of the overall mean. Both periods must have deals."""
    deals_0, deals_1 = (
        sum((one.deals for one in each.values()), Fraction(0)) for each in (before, now)
    )
    worth_0, worth_1 = (
        sum((one.worth for one in each.values()), Fraction(0)) for each in (before, now)
    )
    middle = (worth_0 / deals_0 + worth_1 / deals_1) / 2
    found: dict[Hashable, Part] = {}
    for key in {**now, **before}:
        then, here = before.get(key, Segment()), now.get(key, Segment())
        if not then.deals and not here.deals:
            continue
        mean_0 = then.worth / then.deals if then.deals else None
        mean_1 = here.worth / here.deals if here.deals else None
        m_0 = mean_1 if mean_0 is None else mean_0
        m_1 = mean_0 if mean_1 is None else mean_1
        assert m_0 is not None
        assert m_1 is not None
        w_0, w_1 = then.deals / deals_0, here.deals / deals_1
        found[key] = Part(
            share_before=w_0,
            share=w_1,
            mean_before=mean_0,
            mean=mean_1,
            within=(w_0 + w_1) / 2 * (m_1 - m_0),
            mix=(w_1 - w_0) * ((m_0 + m_1) / 2 - middle),
        )
    return found


def to_the_cent(parts: Sequence[Fraction], whole: Decimal) -> list[Decimal]:
    """The parts as whole cents that add up exactly to `whole`.

    Each is rounded down; the cents that are left go to those that lost most by it.
    """
    if not parts:
        return []
    exact = [part * CENTS for part in parts]
    cents = [floor(part) for part in exact]
    everyone, some = divmod(int(whole * CENTS) - sum(cents), len(cents))
    by_loss = sorted(range(len(cents)), key=lambda place: cents[place] - exact[place])
    for place in by_loss[:some]:
        cents[place] += 1
    return [Decimal(one + everyone).scaleb(-2) for one in cents]


def verdict(parts: Mapping[Any, Part], whole: Fraction) -> tuple[str, list[Any]]:
    """What a change is like, in a fixed word, and the segments that made it.

    `mix`: what shifted in the shares outweighs what changed within; `across_the_board`; `a_few`;
    or `uneven`: some grew, others shrank. The segments are those that brought most of what went
    the way of the whole change, the largest first.
    """
    way = 1 if whole > 0 else -1
    within = sum((part.within for part in parts.values()), Fraction(0)) * way
    mix = sum((part.mix for part in parts.values()), Fraction(0)) * way
    if mix > within:
        return "mix", drivers({key: part.mix * way for key, part in parts.items()})
    gains = {key: part.within * way for key, part in parts.items()}
    made = drivers(gains)
    if len(parts) > 1 and len(made) <= max(1, floor(len(parts) * FEW_SHARE)):
        holding = sum((_weight(parts[key]) for key in made), Fraction(0))
        if holding < Fraction(1, 2):
            return "a_few", made
    taking_part = sum((_weight(parts[key]) for key, gain in gains.items() if gain > 0), Fraction(0))
    return ("across_the_board" if taking_part >= BROAD else "uneven"), made


def drivers(gains: Mapping[Any, Fraction]) -> list[Any]:
    """The fewest segments that brought most of what was gained, the largest first."""
    ranked = sorted((key for key in gains if gains[key] > 0), key=lambda key: -gains[key])
    wanted = sum((gains[key] for key in ranked), Fraction(0)) * MOST_OF_IT
    made: list[Any] = []
    reached = Fraction(0)
    for key in ranked:
        if reached >= wanted:
            break
        made.append(key)
        reached += gains[key]
    return made


def _weight(part: Part) -> Fraction:
    return (part.share_before + part.share) / 2
