"""`cadans serve`: the database, the web server and the worker, started, watched and stopped.

The process that watches stays small: it loads neither Django nor the rooms. What needs them runs
in processes of their own, which end when the watcher does, however it ends.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

from cadans.config import postgres
from cadans.config.environment import data_dir, flag

CADANS = (sys.executable, "-m", "cadans")
# Names us to the processes that we start: they end when we do (see parts.py).
WATCHER = "CADANS_WATCHER"
# How long a process may take to stop, in seconds: a little more than it gives itself.
PATIENCE = 8
# The wait before a process that died is started again doubles from the first to the last.
FIRST_WAIT, LAST_WAIT = 0.5, 30.0
# Who lived this long was well: the next wait is the first one again.
WELL_AFTER = 60
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked us to stop: Ctrl-C or SIGTERM."""


def serve(host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM. Raises DatabaseTrouble; exits 1 when the port is taken."""
    _refuse_taken_port(host, port)
    os.environ["PORT"] = str(port)
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    folder = data_dir()
    with ExitStack() as at_the_end, suppress(Stop):
        if not os.environ.get("DATABASE_URL"):
            _say("database", f"PostgreSQL in {folder}")
            os.environ["DATABASE_URL"] = at_the_end.enter_context(postgres.running(folder))
        parts = [
            Part("web", [*CADANS, "web", "--host", host, "--port", str(port)]),
            Part("worker", [*CADANS, "worker"]),
        ]
        at_the_end.callback(_end, parts)
        for part in parts:
            # They load while the database is prepared, and begin when they are told.
            part.start(waiting=True)
        demo = "--demo" if flag("DEMO", default=True) else "--no-demo"
        _run_to_its_end("prepare", [*CADANS, "prepare", demo])
        for part in parts:
            part.begin()
        _watch(parts, host, port, folder)


@dataclass
class Part:
    """A process that is kept running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    wait: float = FIRST_WAIT
    start_at: float = field(default_factory=time.monotonic)

    def start(self, *, waiting: bool = False) -> None:
        """Start it; `waiting`: it loads, and waits for `begin` (see parts.py)."""
        self.process = _started(self.name, self.command, waiting=waiting)
        self.started_at = time.monotonic()

    def begin(self) -> None:
        """Let it begin, if it waits."""
        if self.process and self.process.stdin:
            self.process.stdin.close()

    def see_to(self) -> None:
        """Start it when it is due; when it has died, set when to start it again."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
        elif (code := self.process.poll()) is not None:
            # It may have left children of its own, which would go on without it.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.wait = FIRST_WAIT if now - self.started_at > WELL_AFTER else self.wait
            _say(self.name, f"ended with code {code}; starting again in {self.wait:g} s")
            self.process = None
            self.start_at = now + self.wait
            self.wait = min(self.wait * 2, LAST_WAIT)


def _watch(parts: Sequence[Part], host: str, port: int, folder: Path) -> None:
    """Keep the parts running, and say so once they can work. Ends by a signal only."""
    told = False
    while True:
        for part in parts:
            part.see_to()
        if not told and _is_ready(host, port):
            _tell(port, folder)
            told = True
        time.sleep(0.2)


def _tell(port: int, folder: Path) -> None:
    """Print the address, and with the demo company how to log in."""
    address = os.environ.get("CADANS_BASE_URL", f"http://127.0.0.1:{port}")
    click.echo(f"\n  Cadans is ready: {click.style(address, bold=True)}\n")
    log_ins = folder / "demo-log-ins.json"
    if log_ins.exists():
        click.echo("  It holds a demo company. Log in as:")
        for role, email, password in json.loads(log_ins.read_text()):
            click.echo(f"    {role:<16}{email:<34}{password}")
        click.echo("  Start with nothing: make serve DEMO=0 CADANS_DATA_DIR=…\n")
    click.echo("  Ctrl-C stops it.\n")
    sys.stdout.flush()


def _is_ready(host: str, port: int) -> bool:
    near = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104 compared, not bound
    try:
        with urllib.request.urlopen(f"http://{near}:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _started(name: str, command: Sequence[str], *, waiting: bool = False) -> subprocess.Popen[str]:
    """A process whose every line is printed behind its name."""
    process = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE if waiting else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # Its own group: Ctrl-C reaches us alone, and we end the parts in order.
        start_new_session=True,
        env={**os.environ, WATCHER: str(os.getpid()), "PYTHONUNBUFFERED": "1"},
    )
    threading.Thread(target=_pass_on, args=(name, process), daemon=True).start()
    return process


def _pass_on(name: str, process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        _say(name, line.rstrip())


def _run_to_its_end(name: str, command: Sequence[str]) -> None:
    """Run a process that must end well; when it does not, so do we."""
    process = _started(name, command)
    try:
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if code:
        sys.exit(f"cadans: `{' '.join(command[2:])}` failed; what it said stands above.")


def _end(parts: Sequence[Part]) -> None:
    """Ask all to stop, and end those that take too long."""
    alive = [part.process for part in parts if part.process and part.process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(
                f"cadans: cannot listen on {host}:{port} ({error.strerror}). "
                "Choose another port with PORT=… or --port."
            )


def _stop(_number: int, _frame: FrameType | None) -> None:
    # While things are being stopped, a second Ctrl-C must not leave half of them running.
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Stop


def _say(name: str, line: str) -> None:
    click.echo(f"{click.style(f'{name:<8}', fg='cyan')} │ {line}")
    sys.stdout.flush()
