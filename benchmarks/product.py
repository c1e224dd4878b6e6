"""The product as it is measured: its database with a demo company, its server, the floor's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from cadans.config import postgres

HERE = Path(__file__).resolve().parent.parent
CADANS = (sys.executable, "-m", "cadans")
MANAGER = "marloes@kadestroom.example"
PATIENCE = 60
BARE_TABLE = """
CREATE TABLE IF NOT EXISTS bare_row (
    id uuid PRIMARY KEY,
    title varchar(200) NOT NULL,
    value numeric(14, 2) NOT NULL,
    at timestamptz NOT NULL
)
"""


@dataclass(frozen=True)
class Served:
    """Where everything is."""

    database: str
    product: int
    floor: int
    token: str
    loaded_in: float | None


@contextmanager
def served(leads: int) -> Iterator[Served]:
    """The product with a demo company of so many leads, and the floor, on ports of their own."""
    with ExitStack() as at_the_end:
        server = os.environ.get("DATABASE_URL")
        if not server:
            server = at_the_end.enter_context(postgres.running(HERE / ".cadans-bench"))
        url = _database(server, f"cadans_bench_{leads}")
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "CADANS_DATA_DIR": str(HERE / ".cadans-bench"),
            "CADANS_API_RATE": "0",
        }
        loaded_in = _fill(url, leads, environment)
        _run(environment, "prepare", "--no-demo")
        token = _run(environment, "token", "create", MANAGER, "--name", "bench").split()[-1]
        product, floor = _free_port(), _free_port()
        environment["CADANS_BASE_URL"] = f"http://127.0.0.1:{product}"
        web = [*CADANS, "web", "--port", str(product)]
        bare = [sys.executable, "-m", "benchmarks.bare", str(floor)]
        for command in (web, bare):
            at_the_end.callback(_end, subprocess.Popen(command, cwd=HERE, env=environment))
        _wait_for(f"http://127.0.0.1:{product}/healthz")
        _wait_for(f"http://127.0.0.1:{floor}/empty")
        yield Served(url, product, floor, token, loaded_in)


def _database(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _fill(url: str, leads: int, environment: dict[str, str]) -> float | None:
    """Load the demo unless it is there; the seconds that took, None when it was there."""
    _run(environment, "migrate")
    with psycopg.connect(url) as connection:
        connection.execute(BARE_TABLE)
        found = connection.execute("SELECT exists (SELECT FROM leads_lead)").fetchone()
    if found and found[0]:
        return None
    begun = time.monotonic()
    print(f"Loading a demo company of {leads:,} leads …", flush=True)
    _run(environment, "demo", "--leads", str(leads))
    taken = time.monotonic() - begun
    print(f"… in {taken:.0f} s", flush=True)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return taken


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [*CADANS, *arguments], cwd=HERE, env=environment, text=True, stdout=subprocess.PIPE
    )
    if done.returncode:
        sys.exit(f"`cadans {' '.join(arguments)}` failed.")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
