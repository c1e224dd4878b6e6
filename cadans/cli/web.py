"""`cadans web`: one part of `cadans serve`, for machines that do nothing else."""

import os
import subprocess
import sys

import click

from cadans.cli.database import needs_database
from cadans.cli.serving import host, port
from cadans.config.parts import WATCHER, run_web


@click.command()
@host
@port
@needs_database
def web(host: str, port: int) -> None:
    """Serve the pages and the API only. Run `cadans prepare` first."""
    if WATCHER not in os.environ:
        # `cadans serve` prepares all. In a process of its own: from this one, which is forked, no
        # connection to the database may be open.
        found = subprocess.run([sys.executable, "-m", "cadans", "prepare", "--check"])
        if found.returncode:
            sys.exit(found.returncode)
    run_web(host, port)
