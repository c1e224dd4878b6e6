"""`cadans web`: one part of `cadans serve`, for machines that do nothing else."""

import click

from cadans.cli.database import needs_database
from cadans.cli.doctor import migrations, static_files, stop_unless_well
from cadans.cli.serving import host, port
from cadans.config.parts import run_web


@click.command()
@host
@port
@needs_database
def web(host: str, port: int) -> None:
    """Serve the pages and the API only. Run `cadans prepare` first."""
    stop_unless_well(migrations, static_files)
    run_web(host, port)
