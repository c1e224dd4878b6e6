"""`cadans serve`, for real: one command starts all, one signal stops all."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cadans.config import postgres
from cadans.config.variables import VARIABLES

CHECKOUT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow
Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def data() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="cadans-test-"))
    made.chmod(0o755)
    yield made
    postgres.remove(made)
    shutil.rmtree(made)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serve(data: Path, port: int) -> Iterator[Start]:
    """Starts `cadans serve` in a process group of its own; whatever is left is ended."""
    ours = {variable.name for variable in VARIABLES} | {"DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {
        "CADANS_DATA_DIR": str(data),
        # Collected once for all of these, and for the next run.
        "CADANS_STATIC_ROOT": str(CHECKOUT / ".cadans-test" / "static"),
        "PORT": str(port),
        "DEMO": "0",
    }
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "cadans", "serve"], cwd=CHECKOUT, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def until_ready(process: subprocess.Popen[str], port: int) -> dict[str, object]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return dict(json.load(answer))
        except OSError:
            time.sleep(0.2)
    pytest.fail("not ready within two minutes")


def children_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_one_signal_to_the_group_stops_everything_and_the_next_start_goes_on(
    serve: Start, data: Path, port: int
) -> None:
    first = serve()
    assert until_ready(first, port)["ready"] is True
    parts = children_of(first)
    assert len(parts) >= 3
    os.killpg(first.pid, signal.SIGTERM)
    said, _ = first.communicate(timeout=30)
    assert first.returncode == 0
    assert f"Cadans is ready: http://127.0.0.1:{port}" in said
    assert not any(runs(part) for part in parts)
    assert not (postgres.home_of(data).data / "postmaster.pid").exists()

    second = serve()
    until_ready(second, port)
    second.terminate()
    said, _ = second.communicate(timeout=30)
    assert "Migrating" not in said
    assert "Collecting" not in said


def test_a_part_that_dies_is_started_again(serve: Start, port: int) -> None:
    process = serve()
    until_ready(process, port)
    web = next(part for part in children_of(process) if "web" in part.cmdline())
    web.kill()
    psutil.wait_procs([web], timeout=5)
    time.sleep(0.6)
    assert until_ready(process, port)["ready"] is True
    process.terminate()
    said, _ = process.communicate(timeout=30)
    assert "starting again in 0.5 s" in said


def test_the_parts_end_when_the_one_that_watches_is_killed(serve: Start, port: int) -> None:
    process = serve()
    until_ready(process, port)
    parts = children_of(process)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 15
    while any(runs(part) for part in parts) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [part.cmdline() for part in parts if runs(part)] == []


def test_a_taken_port_is_told_at_once(serve: Start, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = serve()
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in said
