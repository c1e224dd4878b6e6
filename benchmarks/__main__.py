"""`make bench SIZE=10k|100k|1M`: measure, print, keep."""

from __future__ import annotations

import os
import sys

import click

from benchmarks.clients import measure
from benchmarks.lines import Line, lines
from benchmarks.product import served
from benchmarks.results import FILE, Runs, page, table

SIZES = {"3k": 3_000, "10k": 10_000, "100k": 100_000, "1M": 1_000_000}


@click.command()
@click.option(
    "--size",
    type=click.Choice(list(SIZES)),
    default=lambda: os.environ.get("SIZE", "10k"),
    help="How many leads the demo company has.",
)
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 50))
@click.option("--lasting", default=2.0, show_default=True, help="Seconds a line and round.")
@click.option("--clients", default="1,8", show_default=True, help="How many ask at a time.")
@click.option("--only", default="", help="Lines whose name holds this, and their floors.")
@click.option("--keep/--no-keep", default=True, help="Whether to write RESULTS.md.")
def bench(size: str, rounds: int, lasting: float, clients: str, only: str, keep: bool) -> None:
    """Measure the product beside a floor, over HTTP, in turns."""
    runs: Runs = {}
    with served(SIZES[size]) as there:
        every = chosen(lines(there), only)
        for round_number in range(1, rounds + 1):
            for number in (int(one) for one in clients.split(",")):
                for line in every:
                    port = there.floor if line.on_floor else there.product
                    requests = line.requests(lasting, number)
                    run = measure(port, requests, clients=number, lasting=lasting)
                    runs.setdefault((line.name, number), []).append(run)
            print(f"round {round_number} of {rounds} done", file=sys.stderr, flush=True)
        figures = table(every, runs)
        click.echo(figures)
        if keep and not only:
            FILE.write_text(page(SIZES[size], there, rounds, lasting, figures))


def chosen(every: list[Line], only: str) -> list[Line]:
    """The lines whose name holds `only`, and those that they are held against."""
    wanted = [line for line in every if only in line.name]
    names = {name for line in wanted for name in (line.name, line.beside, line.plain)}
    return [line for line in every if line.name in names]


if __name__ == "__main__":
    bench()
