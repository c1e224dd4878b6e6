"""What must be right before the first request: the schema, the static files, the demo company."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cadans.demo import load as demo
from cadans.demo.people import LOG_INS
from cadans.team.queries import is_set_up

Say = Callable[[str], None]

# Any number, the same everywhere: it keeps two machines from migrating at once.
MIGRATING = 5_228_417


def migrate_database(say: Say) -> bool:
    """Apply what is unapplied; whether there was anything. Safe on several machines at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            missing = unapplied_migrations()
            if missing:
                say(f"Migrating the database ({len(missing)} steps) …")
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
    return bool(missing)


def unapplied_migrations() -> list[str]:
    """The names of the migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def collect_static_files(say: Say) -> None:
    """Collect and compress the static files, when any changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = _state_of_static_files()
    if stamp.exists() and stamp.read_text() == state:
        return
    say("Collecting static files …")
    # The API's pages are shown by Swagger; its alternative only costs time and room.
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["redoc*"])
    stamp.write_text(state)


def _state_of_static_files() -> str:
    """A digest of every static file's name, size and time: another when one changes."""
    state = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([".*"]):
            found = Path(storage.path(name)).stat()
            state.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return state.hexdigest()


def load_demo(say: Say) -> None:
    """Load the demo company into a database in which nobody can log in yet."""
    if is_set_up():
        return
    say("Loading a demo company: twenty months of sales, in a minute or two …")

    def told(done: int) -> None:
        if done % 500 == 0:
            say(f"… {done} of {demo.LEADS} leads")

    demo.load_demo(told=told)
    log_ins = Path(settings.DATA_DIR) / "demo-log-ins.json"
    log_ins.write_text(json.dumps(LOG_INS))
