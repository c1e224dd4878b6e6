"""`cadans report`: the same figures as the pages and the API."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cadans.cli.database import needs_database
from cadans.cli.report_lines import LINES
from cadans.insight.filters import BREAKDOWNS, read_filters
from cadans.insight.reports import METRICS, span_of
from cadans.insight.reports import report as metric_report
from cadans.insight.tables import as_csv

WIDE = 160


@click.command(help="The figures of the pages, here: cadans report win-rate --by owner")
@click.argument("metric", type=click.Choice(list(METRICS)))
@click.option("--from", "from_", metavar="D", help="First day (2026-01-31), or “all” for all time.")
@click.option("--to", metavar="D", help="First day that no longer counts: the end is exclusive.")
@click.option("--by", type=click.Choice(BREAKDOWNS), help="Break the figures down.")
@click.option("--pipeline", metavar="P", help="By key, name or id.")
@click.option("--version", metavar="ID", help="Only leads under this process version.")
@click.option("--owner", metavar="E-MAIL", help="By e-mail address or name; “none”: no owner.")
@click.option("--team", metavar="NAME")
@click.option("--territory", metavar="NAME", help="With everything below it.")
@click.option("--product", metavar="NAME")
@click.option("--product-line", metavar="NAME")
@click.option("--source", metavar="NAME")
@click.option("--currency", metavar="CODE", help="Only leads in this currency.")
@click.option("--against", metavar="ID", help="impact: the process version to compare with.")
@click.option(
    "--against-from", metavar="D", help="impact: a period to compare with, its first day,"
)
@click.option("--against-to", metavar="D", help="and the first day that is no longer part of it.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
)
@needs_database
def report(metric: str, from_: str | None, shape: str, **chosen: str | None) -> None:
    """Ask for a report over all leads and print it.

    Without dates: the last twelve months, or this quarter of what lies ahead.
    """
    answer = metric_report(
        metric, read_filters({"from": from_, **chosen}, span=span_of(metric)), None
    )
    if shape == "json":
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    elif shape == "csv":
        click.echo(as_csv(answer), nl=False)
    else:
        show(answer)


def show(answer: dict[str, Any]) -> None:
    """Print an answer as a table for people."""
    # Into a file or another program the lines stay whole.
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    period, filters = answer["period"], answer["filters"]
    console.print(
        f"[bold]{answer['metric']}[/bold]  {period['from']} to {period['to']} (exclusive)"
    )
    for name, value in filters.items():
        console.print(f"{name}: {value}", style="dim", highlight=False)
    heads, lines, total = LINES[answer["metric"]](answer)
    grid = Table(show_footer=bool(total), header_style="bold", footer_style="bold")
    for place, head in enumerate(heads):
        foot = total[place] if total else ""
        grid.add_column(head, foot, justify="left" if place == 0 else "right", overflow="fold")
    for line in lines:
        grid.add_row(*line)
    console.print(grid)
