"""`cadans report`: the same figures as the pages and the API."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cadans.cli.database import needs_database
from cadans.insight.filters import BREAKDOWNS, read_filters
from cadans.insight.reports import METRICS
from cadans.insight.reports import report as metric_report
from cadans.insight.tables import as_csv

DASH = "–"
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
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
)
@needs_database
def report(metric: str, from_: str | None, shape: str, **chosen: str | None) -> None:
    """Ask for a report over all leads and print it. Without dates: the last twelve months."""
    answer = metric_report(metric, read_filters({"from": from_, **chosen}), None)
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
    draw = {
        "win-rate": win_rate_lines,
        "funnel": funnel_lines,
        "cycle": cycle_lines,
    }[answer["metric"]]
    heads, lines, total = draw(answer)
    grid = Table(show_footer=bool(total), header_style="bold", footer_style="bold")
    for place, head in enumerate(heads):
        foot = total[place] if total else ""
        grid.add_column(head, foot, justify="left" if place == 0 else "right", overflow="fold")
    for line in lines:
        grid.add_row(*line)
    console.print(grid)


Lines = tuple[list[str], list[list[str]], list[str]]


def win_rate_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of a win rate."""
    heads = [answer["filters"].get("by", ""), "Won", "Lost", "Win rate", "95 %", "By value"]
    heads += ["Won value", "Opened", "Still open", "Cohort"]
    lines = [win_rate_line(row["label"], row) for row in answer["rows"]]
    return heads, lines, win_rate_line("Total", answer["total"])


def win_rate_line(label: str, row: dict[str, Any]) -> list[str]:
    """One row of a win rate as text."""
    cohort, value = row["cohort"], row["won_value"]
    return [
        *(label, str(row["won"]), str(row["lost"]), percent(row["win_rate"])),
        *(interval(row["win_rate"]), percent(row["win_rate_by_value"])),
        f"{value['currency']} {value['amount']}" if value["amount"] else "–",
        *(str(cohort["opened"]), str(cohort["open"]), percent(cohort["win_rate"])),
    ]


def funnel_lines(answer: dict[str, Any]) -> Lines:
    """Heads and lines of a funnel; broken down, a line for each row's each stage."""
    heads = ["Stage", "Entered", "Next", "Conversion", "95 %", "Resolved", "Lost", "Stalled"]
    heads += ["Active", "Median days", "85 %", "Open now"]
    lines = []
    for row in answer["rows"]:
        for stage in row.get("stages", [row]):
            label = f"{row['label']}: {stage['label']}" if "stages" in row else row["label"]
            lines.append(funnel_line(label, stage))
    return heads, lines, []


def funnel_line(label: str, row: dict[str, Any]) -> list[str]:
    """One stage of a funnel as text."""
    present = row.get("snapshot")
    return [
        *(label, str(row["entered"])),
        DASH if row["ends_in"] else str(row["reached_next"]),
        *(percent(row["conversion"]), interval(row["conversion"])),
        percent(row["conversion_resolved"]),
        *(str(row[name]) for name in ("lost", "stalled", "active")),
        *(days(row["days"]["median"]), days(row["days"]["p85"])),
        DASH if present is None else str(present["leads"]),
    ]


def cycle_lines(answer: dict[str, Any]) -> Lines:
    """Heads, lines and total of a cycle length."""
    heads = [answer["filters"].get("by", ""), "Won", "Median days", "95 %", "Mean", "85 %"]
    heads += ["Lost", "Median days", "Before ask", "Ask to decision"]
    lines = [cycle_line(row["label"], row) for row in answer["rows"]]
    return heads, lines, cycle_line("Total", answer["total"])


def cycle_line(label: str, row: dict[str, Any]) -> list[str]:
    """One row of a cycle length as text."""
    won, lost = row["won"], row["lost"]
    sure = DASH if won["low"] is None else f"{won['low']:.2f}–{won['high']:.2f}"
    return [
        *(label, str(won["leads"]), days(won["median"]), sure, days(won["mean"])),
        *(days(won["p85"]), str(lost["leads"]), days(lost["median"])),
        *(days(row[name]["median"]) for name in ("before_ask", "ask_to_decision")),
    ]


def percent(rate: dict[str, Any]) -> str:
    """`63.15 %`, or a dash."""
    return DASH if rate["value"] is None else f"{rate['value'] * 100:.2f} %"


def interval(rate: dict[str, Any]) -> str:
    """`62.0–64.3`, or a dash."""
    return DASH if rate["low"] is None else f"{rate['low'] * 100:.1f}–{rate['high'] * 100:.1f}"


def days(value: float | None) -> str:
    """`9.62`, or a dash."""
    return DASH if value is None else f"{value:.2f}"
