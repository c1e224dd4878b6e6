"""`cadans report`: the figures of the pages and the API, as a table, JSON or CSV."""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cadans.cli.database import needs_database
from cadans.insight.filters import BREAKDOWNS, CHOICES, read_filters
from cadans.insight.reports import METRICS
from cadans.insight.reports import report as figures_of

Row = Mapping[str, Any]


@click.command()
@click.argument("metric", type=click.Choice(list(METRICS)))
@click.option("--from", "from_", metavar="DATE", help="First day, or `all`.")
@click.option("--to", metavar="DATE", help="The first day that no longer counts.")
@click.option("--by", type=click.Choice(BREAKDOWNS), help="A row for each of these.")
@click.option("--currency", metavar="CODE")
@click.option("--format", "format_", type=click.Choice(["table", "json", "csv"]), default="table")
@needs_database
def report(
    metric: str,
    from_: str | None,
    to: str | None,
    by: str | None,
    currency: str | None,
    format_: str,
    **chosen: str | None,
) -> None:
    """Print a metric's figures. Without a period: the last twelve months.

    Filters take an id, a pipeline's key, an owner's e-mail address or a name.
    """
    query = {"from": from_, "to": to, "by": by, "currency": currency, **chosen}
    answer = figures_of(metric, read_filters(query), None)
    if format_ == "json":
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    elif format_ == "csv":
        _print_csv([*answer["rows"], _total(answer)])
    else:
        _print_table(answer)


for name in CHOICES:
    report = click.option(f"--{name.replace('_', '-')}", metavar="WHICH")(report)


def _total(answer: Row) -> Row:
    return {"key": "", "label": "Total", **answer["total"]}


def _print_csv(rows: list[Row]) -> None:
    """A column for each single figure: a rate has five, an amount of money two."""
    flat = [dict(_single_figures(row)) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    writer = csv.DictWriter(sys.stdout, columns)
    writer.writeheader()
    writer.writerows(flat)


def _single_figures(row: Row, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _single_figures(value, f"{before}{name}.")
        elif not isinstance(value, list):
            yield f"{before}{name}", value


def _print_table(answer: Row) -> None:
    period = answer["period"]
    title = f"{answer['metric']}, {period['from']} up to {period['to']}"
    rows = [*answer["rows"], _total(answer)]
    columns = [
        name
        for name in dict.fromkeys(name for row in rows for name in row)
        if name != "key" and any(_in_a_cell(row.get(name)) for row in rows)
    ]
    table = Table(title=title, title_justify="left")
    for name in columns:
        is_text = name == "label"
        table.add_column(
            "" if is_text else name.replace("_", " "), justify="left" if is_text else "right"
        )
    for row in rows:
        is_total = row is rows[-1]
        if is_total:
            table.add_section()
        cells = [_in_a_cell(row.get(name)) for name in columns]
        table.add_row(*cells, style="bold" if is_total else None)
    # A table that is piped on is not squeezed into eighty columns.
    Console(width=None if sys.stdout.isatty() else 240).print(table)


def _in_a_cell(value: Any) -> str:
    """A figure as a person reads it; what does not fit in a cell is left to JSON."""
    if isinstance(value, Mapping):
        if "numerator" in value:
            if value["value"] is None:
                return "–"
            share = f"{float(value['value']) * 100:.2f} %"
            return f"{share} ({value['numerator']}/{value['denominator']})"
        if "amount" in value:
            return f"{value['amount']} {value['currency']}"
        return ""
    if value is None or isinstance(value, list):
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)
