"""`cadans worker`: one part of `cadans serve`, for machines that do nothing else."""

import os

import click
from django.core.management import call_command

from cadans.cli.database import needs_database
from cadans.cli.doctor import migrations, stop_unless_well
from cadans.config.parts import FAREWELL, end_with_watcher, wait_to_begin


@click.command()
@click.option(
    "--concurrency",
    default=lambda: int(os.environ.get("CADANS_WORKER_CONCURRENCY", "4")),
    show_default="CADANS_WORKER_CONCURRENCY or 4",
    type=click.IntRange(1, 100),
    help="Jobs at the same time.",
)
@needs_database
def worker(concurrency: int) -> None:
    """Carry out jobs and defer those due by the clock, until Ctrl-C.

    Run as many of these as there is work for.
    """
    end_with_watcher()
    wait_to_begin()
    stop_unless_well(migrations)
    call_command(
        "procrastinate",
        "worker",
        f"--concurrency={concurrency}",
        f"--shutdown-graceful-timeout={FAREWELL}",
        "--delete-jobs=successful",
    )
