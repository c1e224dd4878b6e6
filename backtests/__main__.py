"""`make backtest`: import the data sets, roll the forecasts forward, print and keep the result."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import click
import psycopg

HERE = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("SHARED_DATA", HERE.parent / "shared" / "data"))
DATABASE = "cadans_backtest"


@click.command()
@click.option("--only", default="", help="Questions whose name holds this.")
@click.option("--keep/--no-keep", default=True, help="Whether to write RESULTS.md.")
def backtest(only: str, keep: bool) -> None:
    """Hold the forecasts to what came, in a throw-away database."""
    from cadans.config import postgres

    server = os.environ.get("DATABASE_URL")
    if server:
        _run(server, only, keep)
        return
    with postgres.running(HERE / ".cadans-bench") as own:
        _run(own, only, keep)


def _run(server: str, only: str, keep: bool) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}"')
        connection.execute(f'CREATE DATABASE "{DATABASE}"')
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
    os.environ.setdefault("CADANS_DATA_DIR", str(HERE / ".cadans-bench"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadans.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    try:
        _ask(only, keep)
    finally:
        connections.close_all()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


def _ask(only: str, keep: bool) -> None:
    from django.db import connection, transaction

    from backtests.page import FILE, page
    from backtests.questions import QUESTIONS
    from backtests.rolled import answer
    from backtests.sets import SETS

    answers = []
    for folder, load in SETS.items():
        questions = [one for one in QUESTIONS if one.folder == folder and only in one.name]
        if not questions:
            continue
        if not (SHARED_DATA / folder).is_dir():
            click.echo(f"no {folder} in {SHARED_DATA}: set SHARED_DATA", err=True)
            continue
        # Each set has the database to itself: it is taken back after.
        with transaction.atomic():
            pipeline = load(SHARED_DATA / folder)
            with connection.cursor() as cursor:
                cursor.execute("analyze")
            answers += [answer(question, pipeline) for question in questions]
            transaction.set_rollback(True)
    told = page(answers)
    click.echo(told)
    if keep and not only and answers:
        FILE.write_text(told)


if __name__ == "__main__":
    backtest()
