"""What alerts look at: the weeks in which leads were decided, and where it is worst.

A lead is decided at a stage when it goes on to a higher one, or is lost without having; in the week
in which that happens, whenever it came in. So a young cohort makes no week look bad.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid, NotAllowed
from cadans.insight.dimensions import DIMENSIONS, named
from cadans.insight.drops import BASELINE, NONE, WEEKS, WINDOWS, Parts, Share, most_in
from cadans.insight.facts import LOST, REACHED, Facts, Sql, closings, decisions, equal
from cadans.insight.filters import Filters
from cadans.insight.funnel import in_one_pipeline, stage_named
from cadans.insight.models import Alert
from cadans.insight.models.alerts import AlertQuerySet
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.queries import organisation

PLACES = ("owner", "team", "source", "territory", "product", "product_line")
"""The breakdowns in which it is looked where a drop is worst."""

WATCHERS = (User.Role.MANAGER, User.Role.ADMIN)
"""Who sees alerts: a drop is counted over everybody's leads."""


@dataclass(frozen=True)
class Watched:
    """What can drop: the conversion from a stage, or (without one) the win rate of a pipeline."""

    pipeline: uuid.UUID
    stage: uuid.UUID | None = None

    @property
    def of(self) -> str:
        """The kind of alert that a drop of it gives."""
        return Alert.Of.CONVERSION if self.stage else Alert.Of.WIN_RATE


Weeks = dict[Watched, list[Share]]
"""Of all that is watched, the share of each of the last weeks, in order."""


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def shares_by_week(week: date) -> Weeks:
    """The shares of the weeks up to and including the one that begins on the Monday `week`."""
    first = week - timedelta(weeks=WEEKS - 1)
    filters = over(first, week + timedelta(weeks=1))
    live = set(Pipeline.objects.live().values_list("id", flat=True))
    found: Weeks = {}
    for facts, part, stage in (
        (decided_in_stages(filters), REACHED, "f.stage_id"),
        (closings(filters, None), "f.status = 'won'", "null::uuid"),
    ):
        what = Sql(
            f"{facts.pipeline} as pipeline, {stage} as stage,"
            f" date_trunc('week', {facts.at} at time zone %s)::date as week,"
            f" count(*) filter (where {part}) as part, count(*) as of",
            (filters.zone,),
        )
        for row in (facts.select(what) + "group by 1, 2, 3").rows():
            if row["pipeline"] in live:
                weeks = found.setdefault(Watched(row["pipeline"], row["stage"]), [NONE] * WEEKS)
                weeks[(row["week"] - first).days // 7] = Share(row["part"], row["of"])
    return found


def decided_in_stages(filters: Filters, user: User | None = None) -> Facts:
    """The decisions at stages that have a next one."""
    facts = decisions(filters, user)
    return facts.narrowed(
        Sql("exists (select from process_stage s where s.id = f.stage_id and s.ends_in = '')")
    )


def over(since: date, until: date, **chosen: Any) -> Filters:
    """Filters over these days, in the organisation's time zone."""
    return Filters(since=since, until=until, zone=organisation().time_zone, **chosen)


def worst_place(watched: Watched, week: date, window: str) -> dict[str, Any]:
    """The part in which a drop is worse than in the rest, as alerts keep it; {} if none is."""
    until = week + timedelta(weeks=1)
    turn = until - timedelta(weeks=WINDOWS[window])
    filters = over(turn - timedelta(weeks=BASELINE), until)
    if watched.stage is None:
        facts, went = closings(filters, None), "f.status = 'won'"
        facts = facts.narrowed(equal(facts.pipeline, watched.pipeline))
    else:
        facts, went = decisions(filters, None), REACHED
        facts = facts.narrowed(equal(facts.stage, watched.stage))
    parts = {by: _parts(facts, filters, by, went, turn) for by in PLACES}
    place = most_in(parts)
    if place is None:
        return {}
    by, value = place
    before, now = parts[by][value]
    key, label = named(by, [value])[value]
    return {
        "by": by,
        "key": key,
        "label": label,
        "before": [before.part, before.of],
        "now": [now.part, now.of],
    }


def _parts(facts: Facts, filters: Filters, by: str, went: str, turn: date) -> Parts:
    """Of each part of a breakdown the shares before the turn and since."""
    dimension = DIMENSIONS[by]
    is_now, moment = f"{facts.at} >= %s", replace(filters, since=turn).begins
    what = dimension.value(facts, filters) + Sql(
        f"as key, count(*) filter (where not {is_now} and {went}) as part_before,"
        f" count(*) filter (where not {is_now}) as of_before,"
        f" count(*) filter (where {is_now} and {went}) as part_now,"
        f" count(*) filter (where {is_now}) as of_now",
        (moment,) * 4,
    )
    rows = (facts.select(what, join=dimension.join(facts)) + "group by 1").rows()
    return {
        row["key"]: (
            Share(row["part_before"], row["of_before"]),
            Share(row["part_now"], row["of_now"]),
        )
        for row in rows
        if row["key"] is not None
    }


# ── what is shown ───────────────────────────────────────────────────────────────────────────

MOST_SHOWN = 200


def may_watch(user: User) -> bool:
    """Whether somebody may see alerts."""
    return user.role in WATCHERS


def alerts_seen_by(user: User) -> AlertQuerySet:
    """The alerts, newest first. Raises NotAllowed for reps."""
    if not may_watch(user):
        raise NotAllowed(_("Only managers see alerts: they are about everybody’s leads."))
    found: AlertQuerySet = Alert.objects.with_names()
    return found


def alerts_for(user: User) -> list[Alert]:
    """The alerts, those that last first. Raises NotAllowed for reps."""
    found = list(alerts_seen_by(user)[:MOST_SHOWN])
    return sorted(found, key=lambda alert: alert.over_on is not None)


def standing_for(user: User) -> int:
    """How many drops last that this user may see."""
    return Alert.objects.standing().count() if may_watch(user) else 0


def weeks_looked_at(alert: Alert) -> tuple[date, date]:
    """The first and the last day of the weeks in which it was found."""
    last = alert.week + timedelta(days=6)
    return alert.week - timedelta(weeks=WINDOWS[alert.window] - 1), last


def watchers() -> list[User]:
    """Whom mails about alerts go to: the managers."""
    return list(User.objects.active().filter(role=User.Role.MANAGER).order_by("email"))


# ── the leads behind an alert ───────────────────────────────────────────────────────────────

PARTS = {"resolved": "true", "reached_next": REACHED, "lost": LOST}


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads decided in the period at the stage `key`: all, or those lost."""
    if name not in PARTS:
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    filters = in_one_pipeline(replace(filters, by=None))
    stage = stage_named(filters, key)
    conditions = (equal("f.stage_id", stage.id), Sql(PARTS[name]))
    return decisions(filters, user).narrowed(*conditions).select("l.id")
