"""The facts behind every figure, as SQL: closings, cohorts of leads, entries into stages.

Reports aggregate millions of rows, so they are written as SQL that the database answers in one
pass. Text is put together here, from constants of this file and of `dimensions.py` only; every
value travels as a parameter.
"""

# ruff: noqa: S608 - no value is ever written into the text

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cadans.insight.filters import EARLIEST, NONE, Filters
from cadans.leads.models import Lead
from cadans.team.models import User
from cadans.team.queries import owners_seen_by


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with the values that go into it."""

    text: str
    values: tuple[Any, ...] = ()

    def __add__(self, other: Sql | str) -> Sql:
        more = Sql(other) if isinstance(other, str) else other
        return Sql(f"{self.text} {more.text}", self.values + more.values)

    def rows(self) -> list[dict[str, Any]]:
        """Ask the database; one dictionary a row."""
        with connection.cursor() as cursor:
            cursor.execute(self.text, self.values)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def reading_much() -> Iterator[None]:
    """Lets the database sort a report's rows in memory, and not compile what it asks once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"
        )
        yield


def joined(parts: Iterable[Sql], word: str) -> Sql:
    """The parts with a word between them: `a and b and c`."""
    pieces = list(parts)
    return Sql(
        f" {word} ".join(piece.text for piece in pieces),
        tuple(value for piece in pieces for value in piece.values),
    )


@dataclass(frozen=True)
class Facts:
    """A table of facts, each about one lead, to be counted.

    `source` is what follows FROM: it always has `l`, the lead, and `f`, the fact. The names
    below it are expressions for what filters and breakdowns need.
    """

    source: Sql
    where: tuple[Sql, ...]
    at: str
    owner: str
    pipeline: str
    version: str
    stage: str
    reason: str = "null"
    currency: str = "l.currency"

    def narrowed(self, *conditions: Sql) -> Facts:
        """The facts for which the conditions hold as well."""
        return replace(self, where=self.where + conditions)

    def select(self, what: Sql | str, *, join: str = "") -> Sql:
        """`SELECT what FROM … [join] WHERE …`."""
        return (
            Sql("select") + what + "from" + self.source + join + "where" + joined(self.where, "and")
        )


def closings(filters: Filters, user: User | None) -> Facts:
    """The leads won or lost in the period: the owner, stage, reason and worth at that moment.

    Closings undone by reopening, and cancelled leads, are not among them.
    """
    facts = Facts(
        source=Sql("leads_closing f join leads_lead l on l.id = f.lead_id"),
        where=(
            Sql("f.reopened_at is null and f.status in ('won', 'lost')"),
            Sql("f.at >= %s and f.at < %s", (filters.begins, filters.ends)),
        ),
        at="f.at",
        owner="f.owner_id",
        pipeline="f.pipeline_id",
        version="f.version_id",
        stage="f.stage_id",
        reason="f.reason_id",
        currency="f.currency",
    )
    return counted(facts, filters, user)


def cohort(filters: Filters, user: User | None) -> Facts:
    """The leads opened in the period, with the closing that stands, if they were closed.

    `f.status` is null for leads that are still open.
    """
    facts = Facts(
        source=Sql(
            "leads_lead l left join leads_closing f on f.lead_id = l.id and f.reopened_at is null"
        ),
        where=(
            Sql("l.opened_at >= %s and l.opened_at < %s", (filters.begins, filters.ends)),
            Sql("(f.status is null or f.status <> 'cancelled')"),
        ),
        at="l.opened_at",
        owner="case when f.id is null then l.owner_id else f.owner_id end",
        pipeline="l.pipeline_id",
        version="l.version_id",
        stage="coalesce(f.stage_id, l.stage_id)",
        reason="f.reason_id",
    )
    return counted(facts, filters, user)


def open_leads(filters: Filters, user: User | None) -> Facts:
    """The leads that are open now, whatever the period."""
    facts = Facts(
        source=Sql("leads_lead l join process_stage now_in on now_in.id = l.stage_id"),
        where=(Sql("l.status = 'open'"),),
        at="l.opened_at",
        owner="l.owner_id",
        pipeline="l.pipeline_id",
        version="l.version_id",
        stage="l.stage_id",
    )
    return counted(facts, filters, user)


# How a lead ended, as its own row says: the closing that stands has the same, in another table.
ENDING = """
    select case when l.status = 'open' then null else l.status end as status,
           l.closed_at as at, l.loss_reason_id as reason_id
"""

REACHED = "(f.higher_at is not null or l.status = 'won')"
LOST = "(f.higher_at is null and l.status = 'lost')"
WAITING = "(f.higher_at is null and l.status = 'open')"
IDLE = "(now_in.idle_days is not null and l.touched_at < %s - now_in.idle_days * interval '1 day')"


def entries(filters: Filters, user: User | None) -> Facts:
    """The first entry of each lead into each stage, where it fell in the period.

    `f.higher_at` is when the lead next entered a higher stage; `c` how the lead ended, if it
    did; `now_in` the stage in which the lead is now. Cancelled leads are not among them. Which
    visit is the first, and what followed it, the database keeps itself beside each visit
    (docs/decisions/0018); the stage that ends in lost, and a win that was undone, are none.
    """
    facts = Facts(
        source=Sql(
            "leads_stagevisit f join leads_lead l on l.id = f.lead_id"
            " join process_stage now_in on now_in.id = l.stage_id"
            f" cross join lateral ({ENDING}) c",
        ),
        where=(
            Sql(
                "f.is_first and f.entered_at >= %s and f.entered_at < %s",
                (filters.begins, filters.ends),
            ),
            Sql("l.status <> 'cancelled'"),
        ),
        at="f.entered_at",
        owner="f.owner_id",
        pipeline="f.pipeline_id",
        version="f.version_id",
        stage="f.stage_id",
        reason="c.reason_id",
    )
    return counted(facts, filters, user)


DECIDED_AT = "coalesce(f.higher_at, l.closed_at)"


def decisions(filters: Filters, user: User | None) -> Facts:
    """The first entries into stages that were decided in the period: went on, or were lost.

    As `entries`, but by the moment at which it was decided, whenever the lead came in.
    """
    facts = entries(replace(filters, since=EARLIEST, until=filters.until), user)
    decided = Sql(
        f"{DECIDED_AT} >= %s and {DECIDED_AT} < %s and ({REACHED} or {LOST})",
        (filters.begins, filters.ends),
    )
    return replace(facts, at=DECIDED_AT).narrowed(decided)


def idle(on: datetime) -> Sql:
    """Whether the lead is untouched for longer than the stage in which it is now allows."""
    return Sql(IDLE, (on,))


# ── what counts ─────────────────────────────────────────────────────────────────────────────


def counted(facts: Facts, filters: Filters, user: User | None) -> Facts:
    """The facts that the filters let through, of leads that are there and that `user` may see.

    Without a user (the command line, alerts) all leads are seen.
    """
    conditions = [Sql("l.deleted_at is null")]
    if user is not None and owners_seen_by(user):
        # One rule says what a person sees: the queryset's own.
        seen, values = Lead.objects.visible_to(user).values("id").query.sql_with_params()
        conditions.append(Sql(f"l.id in ({seen})", tuple(values)))
    for name, condition in CONDITIONS.items():
        choice = getattr(filters, name)
        if choice is not None:
            conditions.append(condition(facts, None if choice == NONE else choice))
    return facts.narrowed(*conditions)


def equal(expression: str, value: Any) -> Sql:
    """`expression = value`, or `is null` for None."""
    if value is None:
        return Sql(f"({expression}) is null")
    return Sql(f"({expression}) = %s", (value,))


def in_team(facts: Facts, team: Any) -> Sql:
    """Facts whose owner is in the team (now); for None, whose owner is in no team."""
    if team is None:
        return Sql(f"not exists (select from team_membership m where m.user_id = ({facts.owner}))")
    return Sql(
        f"({facts.owner}) in (select m.user_id from team_membership m where m.team_id = %s)",
        (team,),
    )


def in_territory(facts: Facts, territory: Any) -> Sql:
    """Facts of leads in the territory or in any below it."""
    if territory is None:
        return Sql("l.territory_id is null")
    return Sql(
        "l.territory_id in (with recursive branch as ("
        "select id from assignment_territory where id = %s union "
        "select t.id from assignment_territory t join branch on t.parent_id = branch.id"
        ") select id from branch)",
        (territory,),
    )


def with_product(facts: Facts, product: Any) -> Sql:
    """Facts of leads that have the product; for None, that have no product."""
    lines = "exists (select from leads_leadproduct p where p.lead_id = l.id"
    if product is None:
        return Sql(f"not {lines})")
    return Sql(f"{lines} and p.product_id = %s)", (product,))


def with_product_line(facts: Facts, line: Any) -> Sql:
    """Facts of leads with a product of the line; for None, with none of any line."""
    lines = (
        "exists (select from leads_leadproduct p join leads_product o on o.id = p.product_id"
        " where p.lead_id = l.id and o.line_id"
    )
    return Sql(f"not {lines} is not null)") if line is None else Sql(f"{lines} = %s)", (line,))


Condition = Callable[[Facts, Any], Sql]

CONDITIONS: dict[str, Condition] = {
    "pipeline": lambda facts, value: equal(facts.pipeline, value),
    "version": lambda facts, value: equal(facts.version, value),
    "owner": lambda facts, value: equal(facts.owner, value),
    "team": in_team,
    "territory": in_territory,
    "product": with_product,
    "product_line": with_product_line,
    "source": lambda facts, value: equal("l.source_id", value),
    "currency": lambda facts, value: equal(facts.currency, value),
}
"""How each filter narrows the facts. The values are ids; None stands for "nothing there"."""
