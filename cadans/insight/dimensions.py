"""What a report can be broken down by, and how each part is called."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cadans.assignment.models import Territory
from cadans.ground.errors import Invalid
from cadans.insight.facts import (
    Condition,
    Facts,
    Sql,
    equal,
    in_team,
    with_product,
    with_product_line,
)
from cadans.insight.filters import NONE, Filters
from cadans.leads.models import LossReason, Product, ProductLine, Source
from cadans.process.models import Pipeline, Stage
from cadans.team.models import Team, User

Labels = dict[Any, tuple[str, str]]
"""Of each value found in the database: the row's key and its label."""

MANY_LINES = """
    left join (
        select distinct p.lead_id, o.line_id
        from leads_leadproduct p join leads_product o on o.id = p.product_id
        where o.line_id is not null
    ) line_of on line_of.lead_id = l.id
"""


@dataclass(frozen=True)
class Dimension:
    """One way to break a report down.

    `value` gives the SQL that rows are grouped by, `join` what it needs beside the facts,
    `is_part` the condition for the leads of one row, `labels` the rows' keys and names.
    `overlaps`: a lead can be in several rows, so rows add up to more than the total.
    """

    value: Callable[[Facts, Filters], Sql]
    labels: Callable[[Iterable[Any]], Labels]
    is_part: Condition
    key_of: Callable[[str], Any]
    join: Callable[[Facts], str] = lambda facts: ""
    overlaps: bool = False
    in_order: bool = False


def names_of(model: type[Model]) -> Callable[[Iterable[Any]], Labels]:
    """Labels for rows of a table with names, all in one query."""

    def labels(ids: Iterable[Any]) -> Labels:
        found = model._default_manager.in_bulk([key for key in ids if key is not None])
        return {key: (str(key), str(row)) for key, row in found.items()}

    return labels


def stages_named(ids: Iterable[Any]) -> Labels:
    """Stages by their keys; with the pipeline's where there are several pipelines."""
    found = Stage.objects.select_related("pipeline").in_bulk([key for key in ids if key])
    several = len({stage.pipeline_id for stage in found.values()}) > 1
    return {
        key: (
            f"{stage.pipeline.key}/{stage.key}",
            f"{stage.pipeline.name}: {stage.label}" if several else stage.label,
        )
        for key, stage in found.items()
    }


def pipelines_named(ids: Iterable[Any]) -> Labels:
    """Pipelines by their keys."""
    found = Pipeline.objects.in_bulk([key for key in ids if key])
    return {key: (row.key, row.name) for key, row in found.items()}


def months_named(days: Iterable[Any]) -> Labels:
    """Months as 2026-01, “January 2026”."""
    return {day: (f"{day:%Y-%m}", date_format(day, "F Y")) for day in days}


def quarters_named(days: Iterable[Any]) -> Labels:
    """Quarters as 2026-Q1, “Q1 2026” (in Dutch “K1 2026”)."""
    return {
        day: (
            f"{day.year}-Q{(day.month + 2) // 3}",
            _("Q%(quarter)d %(year)d") % {"quarter": (day.month + 2) // 3, "year": day.year},
        )
        for day in days
    }


def without(by: str) -> str:
    """The label of the row of leads that have nothing there."""
    return {
        "owner": _("No owner"),
        "team": _("No team"),
        "territory": _("No territory"),
        "product": _("No product"),
        "product_line": _("No product line"),
        "source": _("No source"),
        "loss_reason": _("No reason given"),
    }.get(by, _("None"))


def period_of(unit: str) -> Callable[[Facts, Filters], Sql]:
    """The first day of the month or quarter in which a fact happened, on local clocks."""
    return lambda facts, filters: Sql(
        f"date_trunc('{unit}', {facts.at} at time zone %s)::date", (filters.zone,)
    )


def in_period(months: int) -> Condition:
    """The condition for facts in the month or quarter that begins on the day given."""

    def condition(facts: Facts, value: Any) -> Sql:
        first, zone = value
        return Sql(
            f"({facts.at} at time zone %s) >= %s and ({facts.at} at time zone %s) < %s",
            (zone, first, zone, first + relativedelta(months=months)),
        )

    return condition


def an_id(text: str) -> Any:
    """A row's key as the id it is."""
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise unknown_row(text) from error


def a_month(text: str) -> date:
    """`2026-01` as its first day."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise unknown_row(text) from error


def a_quarter(text: str) -> date:
    """`2026-Q1` as its first day."""
    year, split, quarter = text.partition("-Q")
    if not (split and year.isdigit() and quarter in {"1", "2", "3", "4"}):
        raise unknown_row(text)
    return date(int(year), int(quarter) * 3 - 2, 1)


def a_pipeline(text: str) -> Any:
    """A pipeline's key as its id."""
    return _found(Pipeline.objects.filter(key=text).values_list("id", flat=True).first(), text)


def a_stage(text: str) -> Any:
    """`pipeline/stage` as the stage's id."""
    pipeline, _split, stage = text.partition("/")
    rows = Stage.objects.filter(pipeline__key=pipeline, key=stage)
    return _found(rows.values_list("id", flat=True).first(), text)


def _found(key: Any, text: str) -> Any:
    if key is None:
        raise unknown_row(text)
    return key


def unknown_row(text: str) -> Invalid:
    """The error for a row's key that no report can have given."""
    return Invalid(_("There is no row “%(key)s” in this report.") % {"key": text}, pointer="/key")


def column(name: str) -> Callable[[Facts, Filters], Sql]:
    """A value that the facts themselves name (`owner`, `stage`, …)."""
    return lambda facts, filters: Sql(getattr(facts, name))


DIMENSIONS: dict[str, Dimension] = {
    "owner": Dimension(
        column("owner"), names_of(User), lambda facts, key: equal(facts.owner, key), an_id
    ),
    "team": Dimension(
        lambda facts, filters: Sql("member_of.team_id"),
        names_of(Team),
        in_team,
        an_id,
        join=lambda facts: (
            f"left join team_membership member_of on member_of.user_id = ({facts.owner})"
        ),
        overlaps=True,
    ),
    "territory": Dimension(
        lambda facts, filters: Sql("l.territory_id"),
        names_of(Territory),
        lambda facts, key: equal("l.territory_id", key),
        an_id,
    ),
    "product": Dimension(
        lambda facts, filters: Sql("line.product_id"),
        names_of(Product),
        with_product,
        an_id,
        join=lambda facts: "left join leads_leadproduct line on line.lead_id = l.id",
        overlaps=True,
    ),
    "product_line": Dimension(
        lambda facts, filters: Sql("line_of.line_id"),
        names_of(ProductLine),
        with_product_line,
        an_id,
        join=lambda facts: MANY_LINES,
        overlaps=True,
    ),
    "source": Dimension(
        lambda facts, filters: Sql("l.source_id"),
        names_of(Source),
        lambda facts, key: equal("l.source_id", key),
        an_id,
    ),
    "stage": Dimension(
        column("stage"), stages_named, lambda facts, key: equal(facts.stage, key), a_stage
    ),
    "loss_reason": Dimension(
        column("reason"), names_of(LossReason), lambda facts, key: equal(facts.reason, key), an_id
    ),
    "pipeline": Dimension(
        column("pipeline"),
        pipelines_named,
        lambda facts, key: equal(facts.pipeline, key),
        a_pipeline,
    ),
    "month": Dimension(period_of("month"), months_named, in_period(1), a_month, in_order=True),
    "quarter": Dimension(
        period_of("quarter"), quarters_named, in_period(3), a_quarter, in_order=True
    ),
}
"""Every breakdown by its name in the address."""


def named(by: str, values: Iterable[Any]) -> Labels:
    """The key and label of each value of a breakdown, those without included."""
    keys = set(values)
    labels = DIMENSIONS[by].labels(keys - {None})
    return {
        key: labels.get(key, (str(key), str(key))) if key is not None else (NONE, without(by))
        for key in keys
    }


def row_named(by: str, key: str) -> str:
    """The label of the row with this key. Raises Invalid for a strange key."""
    value = None if key == NONE else DIMENSIONS[by].key_of(key)
    return named(by, [value])[value][1]


def part(facts: Facts, filters: Filters, by: str, key: str) -> Sql:
    """The condition for the facts in the row with this key. Raises Invalid for a strange key."""
    dimension = DIMENSIONS[by]
    value = None if key == NONE else dimension.key_of(key)
    if dimension.in_order:
        value = (value, filters.zone)
    return dimension.is_part(facts, value)
