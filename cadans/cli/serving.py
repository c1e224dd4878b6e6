"""`cadans serve`, `web` and `worker`: the long-running processes."""

import os

import click

from cadans.cli.database import needs_database
from cadans.config.serve import run_web, run_worker
from cadans.config.serve import serve as serve_all

host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port = click.option(
    "--port",
    default=lambda: int(os.environ.get("PORT", "8000")),
    show_default="PORT or 8000",
    type=click.IntRange(1, 65535),
    help="Port to listen on.",
)


@click.command()
@host
@port
def serve(host: str, port: int) -> None:
    """Serve Cadans: its database, pages, API, jobs and schedule, until Ctrl-C.

    Without DATABASE_URL a PostgreSQL of its own is started. Pending migrations are carried out.
    """
    serve_all(host, port)


@click.command()
@host
@port
@needs_database
def web(host: str, port: int) -> None:
    """Serve the pages and the API only. Run `cadans prepare` first."""
    run_web(host, port)


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
    """Carry out jobs and their schedule only; run as many of these as there is work for."""
    run_worker(concurrency)
