"""`cadans doctor`: is everything as it should be, and if not, what to do."""

import os
import smtplib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from django.conf import settings
from django.core.mail import get_connection
from django.db import connection

from cadans.cli.database import needs_database
from cadans.config.environment import data_dir
from cadans.config.health import workers_alive
from cadans.config.prepare import unapplied_migrations
from cadans.config.variables import VARIABLES, shown

# What a check found: nothing, or what is wrong and what to do.
Finding = str | None

OLDEST_POSTGRESQL = 15
# A clock that is further off than this, in seconds, makes tasks due at the wrong moment.
CLOCK_TOLERANCE = 2
ENOUGH_ROOM = 512 * 2**20


@click.command()
@needs_database
def doctor() -> None:
    """Check set-up, database, queue, mail and clocks. Exits 1 when something is wrong."""
    for variable in VARIABLES:
        if value := shown(variable):
            click.echo(f"  {variable.name}={value}")
    findings = [_found(name, check) for name, check in CHECKS.items()]
    sys.exit(1 if any(findings) else 0)


def stop_unless_well(*checks: Callable[[], Finding]) -> None:
    """End the command with the first thing that is wrong and what to do, before it half works."""
    for check in checks:
        if finding := check():
            raise click.ClickException(
                f"{check.__name__.replace('_', ' ').capitalize()}: {finding}"
            )


def _found(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        finding = check()
    except Exception as error:
        finding = f"{type(error).__name__}: {error}"
    mark = click.style("✗", fg="red") if finding else click.style("✓", fg="green")
    click.echo(f"{mark} {name}" + (f"\n    {finding}" if finding else ""))
    return finding


def data_folder() -> Finding:
    folder = data_dir()
    if not os.access(folder, os.W_OK):
        return f"{folder} cannot be written: give it to the user that runs Cadans."
    room = os.statvfs(folder)
    if room.f_bavail * room.f_frsize < ENOUGH_ROOM:
        return f"Less than 512 MB is free on the disk of {folder}: make room."
    return None


def database() -> Finding:
    major = int(_asked("SHOW server_version_num")) // 10_000
    if major < OLDEST_POSTGRESQL:
        return f"PostgreSQL {major} is too old: Cadans needs {OLDEST_POSTGRESQL} or newer."
    return None


def migrations() -> Finding:
    missing = len(unapplied_migrations())
    return f"{missing} are not applied: run `cadans migrate`." if missing else None


def clocks() -> Finding:
    difference = abs(float(_asked("SELECT extract(epoch FROM clock_timestamp())")) - time.time())
    if difference > CLOCK_TOLERANCE:
        return f"This machine and the database differ {difference:.0f} s: synchronise both (NTP)."
    return None


def queue() -> Finding:
    if not workers_alive():
        return "No worker is running: start `cadans worker` (or `cadans serve`)."
    failed = int(_asked("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"))
    return f"{failed} jobs failed after their last try." if failed else None


def static_files() -> Finding:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return "They are not collected: run `cadans prepare`."
    return None


def mail() -> Finding:
    if not os.environ.get("EMAIL_URL"):
        return None
    try:
        get_connection().open()
    except (OSError, smtplib.SMTPException) as error:
        return f"The mail server of EMAIL_URL does not take us: {error}"
    return None


def _asked(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


CHECKS: dict[str, Callable[[], Finding]] = {
    "Data folder": data_folder,
    "Database": database,
    "Migrations": migrations,
    "Clocks": clocks,
    "Queue and worker": queue,
    "Static files": static_files,
    "Mail": mail,
}
