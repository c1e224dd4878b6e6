"""Process impact: did the process pay?

Win rate, cycle length and deal size of the leads closed on two sides, and by how many per cent they
changed. The sides are, as asked: before and after a version was published (its day is after); under
one version and under another; or two periods. A change says what changed, not why: other things
change with time too. The shift in sources that is reported beside it is one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.ground.money import CENT
from cadans.insight.dimensions import DIMENSIONS, named, part
from cadans.insight.facts import Facts, Sql, closings
from cadans.insight.filters import NONE, Filters
from cadans.insight.intervals import rate
from cadans.insight.ratios import Amounts, Change, chance_of_mix, change_of_mean, change_of_share
from cadans.process.models import Pipeline, ProcessVersion
from cadans.team.models import User
from cadans.team.queries import organisation

BREAKDOWNS = ("owner", "team", "territory", "product", "product_line", "source", "pipeline")

BENCHMARKS = {"win_rate": 0.24, "cycle": -0.20, "deal_size": 0.15}
"""What a well-implemented process is said to bring (Sales Benchmark Index)."""

SIDES = ("before", "after")

SHIFTED = 0.01
SHIFTED_BY = 0.05
"""The mix shifted when chance alone would do it less often than SHIFTED, and the share of at least
one segment changed by SHIFTED_BY."""

DAYS = "(extract(epoch from f.at - f.opened_at)::float8 / 86400)"
COUNTED = f"""
    count(*) filter (where f.status = 'won')::int as won,
    count(*) filter (where f.status = 'lost')::int as lost,
    avg({DAYS}) filter (where f.status = 'won') as days_mean,
    var_samp({DAYS}) filter (where f.status = 'won') as days_variance,
    percentile_cont(0.5) within group (order by {DAYS})
        filter (where f.status = 'won') as days_median,
    count(f.worth) filter (where f.status = 'won')::int as valued,
    sum(f.worth) filter (where f.status = 'won') as worth,
    var_samp(f.worth) filter (where f.status = 'won')::float8 as worth_variance,
    percentile_cont(0.5) within group (order by f.worth)
        filter (where f.status = 'won') as worth_median
"""
NOTHING: dict[str, Any] = {"won": 0, "lost": 0, "valued": 0}

PARTS = {
    "closed": "true",
    "won": "f.status = 'won'",
    "lost": "f.status = 'lost'",
    "valued": "f.status = 'won' and f.worth is not null",
}
"""What can be opened as a list of leads, as `before_won` or `after_won`."""


@dataclass(frozen=True)
class Comparison:
    """What is compared: which leads on either side, and on what basis.

    `basis` is `publication`, `versions`, `periods`, or `none` when there is nothing to compare.
    A side is None when it would have no days.
    """

    basis: str
    before: Filters | None
    after: Filters | None
    version: ProcessVersion | None = None
    against: ProcessVersion | None = None

    def as_json(self) -> dict[str, Any]:
        """For the report's answer."""
        return {
            "basis": self.basis,
            "version": told(self.version),
            "against": told(self.against),
            "before": self.before and self.before.period_as_json(),
            "after": self.after and self.after.period_as_json(),
        }


def impact(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """The three figures before and after, in total and by `filters.by`, with their changes.

    Of each figure `{"before", "after", "change": {"value", "low", "high", "verdict",
    "benchmark"}}`: changes are shares of what was before.
    """
    by = filters.by
    if by is not None and by not in BREAKDOWNS:
        raise Invalid(
            _("Process impact cannot be broken down by %(by)s. Choose one of: %(choices)s.")
            % {"by": by, "choices": ", ".join(BREAKDOWNS)},
            pointer="/by",
        )
    compared, currency = comparison(filters), organisation().currency
    sides = [counts(one, user, by) for one in (compared.before, compared.after)]
    wholes = [counts(one, user, None) for one in (compared.before, compared.after)]
    return {
        "metric": "impact",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "comparison": compared.as_json(),
        "mix": mix(compared, user),
        "total": figures(*(whole.get(None, NOTHING) for whole in wholes), currency=currency),
        "rows": [] if by is None else rows_of(by, *sides, currency=currency),
    }


# ── the two sides ───────────────────────────────────────────────────────────────────────────


def comparison(filters: Filters) -> Comparison:
    """The two sides that the filters ask for. Raises Invalid for versions of two pipelines."""
    plain = replace(filters, by=None, against=None, against_since=None, against_until=None)
    if filters.against_since and filters.against_until:
        before = replace(plain, since=filters.against_since, until=filters.against_until)
        return Comparison("periods", before, plain)
    version = version_of(filters)
    if version is None:
        return Comparison("none", None, None)
    plain = replace(plain, pipeline=version.pipeline_id, version=None)
    if filters.against is not None:
        against = ProcessVersion.objects.defer("document").get(id=filters.against)
        if against.pipeline_id != version.pipeline_id:
            raise Invalid(
                _("These are versions of two pipelines. Choose two of the same one."),
                pointer="/against",
            )
        before, after = (replace(plain, version=one.id) for one in (against, version))
        return Comparison("versions", before, after, version, against)
    day = day_of(version, filters)
    return Comparison(
        "publication",
        replace(plain, until=min(day, plain.until)) if day > plain.since else None,
        replace(plain, since=max(day, plain.since)) if day < plain.until else None,
        version,
    )


def version_of(filters: Filters) -> ProcessVersion | None:
    """The version asked for; else the newest published in the period; else the newest."""
    rows = ProcessVersion.objects.defer("document").select_related(None)
    if filters.version not in (None, NONE):
        return rows.get(id=filters.version)
    pipelines = Pipeline.objects.live().defer("draft")
    pipeline = (
        pipelines.filter(id=filters.pipeline).first()
        if filters.pipeline not in (None, NONE)
        else pipelines.order_by("-is_default", "position", "name").first()
    )
    if pipeline is None:
        return None
    found = list(rows.filter(pipeline=pipeline).order_by("-number"))
    inside = [one for one in found if filters.since < day_of(one, filters) < filters.until]
    return next(iter(inside or found), None)


def versions_to_compare(filters: Filters) -> list[ProcessVersion]:
    """The versions of the pipeline that is asked about, the newest first."""
    version = version_of(filters)
    if version is None:
        return []
    rows = ProcessVersion.objects.filter(pipeline=version.pipeline_id).defer("document")
    return list(rows.order_by("-number"))


def day_of(version: ProcessVersion, filters: Filters) -> date:
    """The day on which a version was published, where the organisation is."""
    return version.published_at.astimezone(ZoneInfo(filters.zone)).date()


def told(version: ProcessVersion | None) -> dict[str, Any] | None:
    """A version for the report's answer."""
    if version is None:
        return None
    return {
        "id": str(version.id),
        "number": version.number,
        "published_at": version.published_at.isoformat(),
    }


# ── counting ────────────────────────────────────────────────────────────────────────────────


def counts(filters: Filters | None, user: User | None, by: str | None) -> dict[Any, dict[str, Any]]:
    """What was counted on one side, for each value of the breakdown (None for the total)."""
    if filters is None:
        return {}
    facts = closings(filters, user)
    if by is None:
        query = facts.select(f"null as key, {COUNTED}")
    else:
        dimension = DIMENSIONS[by]
        key = dimension.value(facts, filters)
        query = facts.select(key + f"as key, {COUNTED}", join=dimension.join(facts)) + "group by 1"
    return {row.pop("key"): row for row in query.rows()}


def rows_of(
    by: str,
    before: dict[Any, dict[str, Any]],
    after: dict[Any, dict[str, Any]],
    *,
    currency: str,
) -> list[dict[str, Any]]:
    """The rows, those with the most closed leads first."""
    labels = named(by, {*before, *after})
    rows: list[dict[str, Any]] = [
        {
            "key": labels[key][0],
            "label": labels[key][1],
            **figures(before.get(key, NOTHING), after.get(key, NOTHING), currency=currency),
        }
        for key in labels
    ]
    rows.sort(key=lambda row: (row["key"] == NONE, -closed_in(row), row["label"].lower()))
    return rows


def closed_in(row: dict[str, Any]) -> int:
    """How many leads were closed on both sides of a row."""
    return sum(row["win_rate"][side]["denominator"] for side in SIDES)


def figures(
    before: dict[str, Any], after: dict[str, Any], *, currency: str
) -> dict[str, dict[str, Any]]:
    """One row's three figures on both sides, with their changes."""
    sides = dict(zip(SIDES, (before, after), strict=True))
    won = [(side["won"], side["won"] + side["lost"]) for side in sides.values()]
    days = {name: days_in(side) for name, side in sides.items()}
    worth = {name: worth_in(side) for name, side in sides.items()}
    return {
        "win_rate": {
            **{name: rate(*one).as_json() for name, one in zip(SIDES, won, strict=True)},
            "change": change("win_rate", change_of_share(*won[0], *won[1])),
        },
        "cycle": {
            **{name: length(side, days[name]) for name, side in sides.items()},
            "change": change("cycle", change_of_mean(*days.values())),
        },
        "deal_size": {
            **{name: size(side, worth[name], currency) for name, side in sides.items()},
            "change": change("deal_size", change_of_mean(*worth.values())),
        },
    }


def days_in(side: dict[str, Any]) -> Amounts:
    """The days to won of one side."""
    return Amounts(side["won"], side.get("days_mean"), side.get("days_variance"))


def worth_in(side: dict[str, Any]) -> Amounts:
    """The worth of the won leads of one side that have one."""
    mean = float(side["worth"] / side["valued"]) if side["valued"] else None
    return Amounts(side["valued"], mean, side.get("worth_variance"))


def change(name: str, found: Change) -> dict[str, Any]:
    """A change with its verdict, beside what a process is said to bring."""
    benchmark = BENCHMARKS[name]
    verdict = found.verdict(more_is_better=benchmark > 0)
    return {**found.as_json(), "verdict": verdict, "benchmark": benchmark}


def length(side: dict[str, Any], days: Amounts) -> dict[str, Any]:
    """The days to won of one side as the answer has them."""
    low, high = days.interval()
    shape = {"mean": days.mean, "median": side.get("days_median"), "low": low, "high": high}
    return because({**shape, "leads": days.number}, days.number)


def size(side: dict[str, Any], worth: Amounts, currency: str) -> dict[str, Any]:
    """The mean and median worth of one side's won leads: exact decimals, to the cent."""
    low, high = worth.interval()
    mean = side["worth"] / side["valued"] if side["valued"] else None
    shape = {
        "amount": to_the_cent(mean),
        "currency": currency,
        "median": to_the_cent(side.get("worth_median")),
        "low": to_the_cent(low),
        "high": to_the_cent(high),
        "leads": side["valued"],
    }
    return because(shape, side["valued"])


def because(shape: dict[str, Any], leads: int) -> dict[str, Any]:
    """The shape, with the reason when there is nothing in it."""
    return shape if leads else {**shape, "reason": "no_leads"}


def to_the_cent(amount: Decimal | float | None) -> str | None:
    """An amount as text with two places."""
    if amount is None:
        return None
    return str(Decimal(str(amount)).quantize(CENT, rounding=ROUND_HALF_EVEN))


# ── whether like is compared with like ──────────────────────────────────────────────────────


def mix(compared: Comparison, user: User | None) -> dict[str, Any]:
    """Whether the closed leads came from other sources than before, and what that did.

    `like_for_like` is the win rate after, had the leads come from the sources in the shares of
    before (over the sources that both sides have); null when nothing shifted.
    """
    before, after = (counts(one, user, "source") for one in (compared.before, compared.after))
    keys = list({**before, **after})
    closed = [
        [side.get(key, NOTHING)["won"] + side.get(key, NOTHING)["lost"] for key in keys]
        for side in (before, after)
    ]
    totals = [sum(side) for side in closed]
    chance = chance_of_mix(*closed)
    shares = {
        key: [side[place] / total for side, total in zip(closed, totals, strict=True)]
        for place, key in enumerate(keys)
        if all(totals)
    }
    changed = sorted(shares, key=lambda key: -abs(shares[key][1] - shares[key][0]))
    shifted = (
        chance is not None
        and chance < SHIFTED
        and abs(shares[changed[0]][1] - shares[changed[0]][0]) >= SHIFTED_BY
    )
    labels = named("source", changed)
    return {
        "by": "source",
        "shifted": shifted,
        "chance": chance,
        "like_for_like": like_for_like(before, after) if shifted else None,
        "segments": [
            {
                "key": labels[key][0],
                "label": labels[key][1],
                **dict(zip(SIDES, shares[key], strict=True)),
            }
            for key in changed
        ],
    }


def like_for_like(
    before: dict[Any, dict[str, Any]], after: dict[Any, dict[str, Any]]
) -> float | None:
    """The win rate after, weighted by how many leads each segment had before."""
    weight = worth = 0.0
    for key, then in before.items():
        now = after.get(key)
        if now is not None:
            leads = then["won"] + then["lost"]
            weight += leads
            worth += leads * now["won"] / (now["won"] + now["lost"])
    return worth / weight if weight else None


# ── the leads behind a figure ───────────────────────────────────────────────────────────────


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads behind a figure: `before_won`, `after_closed`, … of the row `key`."""
    side, _split, what = name.partition("_")
    if side not in SIDES or what not in PARTS:
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    compared = comparison(filters)
    chosen = compared.before if side == "before" else compared.after
    if chosen is None:
        return Sql("select null::uuid where false")
    facts: Facts = closings(chosen, user).narrowed(Sql(PARTS[what]))
    if key and filters.by:
        facts = facts.narrowed(part(facts, chosen, filters.by, key))
    return facts.select("l.id")
