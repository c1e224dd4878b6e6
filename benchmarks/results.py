"""The table of a run, printed and kept in RESULTS.md."""

from __future__ import annotations

import os
import platform
from datetime import datetime
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.clients import Run
from benchmarks.lines import Line
from benchmarks.product import Served
from cadans.config.parts import web_processes_for_this_machine
from cadans.demo.market import ZONE

FILE = Path(__file__).resolve().parent / "RESULTS.md"
Runs = dict[tuple[str, int], list[Run]]


def table(lines: list[Line], runs: Runs) -> str:
    """A Markdown table: medians over the rounds, the range in brackets, the ratio to the floor."""
    rows = [
        "| what | clients | a second | p50 ms | p95 ms | × floor | × plain SQL |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for clients in sorted({key[1] for key in runs}):
        for line in lines:
            done = runs[line.name, clients]
            floor = _ratio(runs.get((line.beside, clients)), done)
            plain = _ratio(runs.get((line.plain, clients)), done)
            speeds = [run.per_second for run in done]
            rows.append(
                f"| {line.name} | {clients} | {median(speeds):,.0f} "
                f"({min(speeds):,.0f}-{max(speeds):,.0f}) | {median(r.p50 for r in done):.1f} "
                f"| {median(r.p95 for r in done):.1f} | {floor} | {plain} |"
            )
    return "\n".join(rows)


def _ratio(floor: list[Run] | None, done: list[Run]) -> str:
    if floor is None:
        return ""
    each = [bare.per_second / run.per_second for bare, run in zip(floor, done, strict=True)]
    return f"{median(each):.1f} ({min(each):.1f}-{max(each):.1f})"


def page(size: int, served: Served, rounds: int, lasting: float, figures: str) -> str:
    """The whole of RESULTS.md."""
    day = datetime.now(ZONE).date()
    loaded = f" It was loaded in {served.loaded_in:.0f} s." if served.loaded_in else ""
    return f"""# Results of the last run

`make bench SIZE=…` measures; `docs/topics/speed.md` says what and how. Figures of different
machines or days cannot be compared; the ratios to the floor can.

<<<<<<< HEAD
{day:%-d %B %Y}, a demo company of {size:,} leads.{loaded} {machine(served)} Web
processes: {web_processes_for_this_machine()}; {rounds} rounds of {lasting:g} s a line, in turns;
clients on the same machine. In brackets the lowest and highest round. × floor: how many times as
long as the bare insert (for what writes) or the empty view (for what reads) in the same round.
× same rows: as many times as long as plain
SQL takes for the same rows in the same tables, without rules, choices or checks.
=======
{day:%-d %B %Y}, a demo company of {size:,} leads.{loaded} {machine(served)} One web
process, {rounds} rounds of {lasting:g} s a line, in turns; clients on the same machine. In brackets
the lowest and highest round. × floor: how many times as long as the bare insert (for what writes)
or the empty view (for what reads) in the same round. × plain SQL: as many times as long as plain
SQL takes for the same rows in the same tables, without rules, choices or checks, or for the same
figures from what the tables hold, without filters, intervals or names.
>>>>>>> 045ee89 (Hold each of the six metrics against plain SQL in make bench)

{figures}
"""


def machine(served: Served) -> str:
    """The machine in a sentence."""
    with psycopg.connect(served.database) as connection:
        version = connection.execute("SHOW server_version").fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB; {platform.system()}, "
        f"Python {platform.python_version()}, PostgreSQL {str(version[0]).split()[0]}."  # type: ignore[index]
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
