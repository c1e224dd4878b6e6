"""`cadans serve`: everything in one go."""

import os

import click

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
