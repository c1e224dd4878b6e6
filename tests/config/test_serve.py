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
from cadans.config.postgres_home import home_of
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
        # Collected once for all of these, and for the next run; apart from the folder that the
        # other tests look into meanwhile.
        "CADANS_STATIC_ROOT": str(CHECKOUT / ".cadans-test" / "served"),
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


def until_told(process: subprocess.Popen[str]) -> str:
    """What it said up to the line that it is ready."""
    said = ""
    for line in process.stdout or ():
        said += line
        if "Cadans is ready" in line:
            return said
    pytest.fail(f"It ended before it was ready:\n{said}")


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return bool(json.load(answer)["ready"])
    except OSError:
        return False


def within(seconds: float, question: Callable[[], bool]) -> bool:
    """Whether the answer becomes yes in time."""
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer


def children_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_one_signal_to_the_group_stops_everything_and_the_next_start_goes_on(
    serve: Start, data: Path, port: int
) -> None:
    first = serve()
    assert f"http://127.0.0.1:{port}" in until_told(first)
    assert is_ready(port)
    parts = children_of(first)
    assert len(parts) >= 3
    os.killpg(first.pid, signal.SIGTERM)
    first.communicate(timeout=30)
    assert first.returncode == 0
    assert not any(runs(part) for part in parts)
    assert not (home_of(data).data / "postmaster.pid").exists()

    second = serve()
    assert "Migrating" not in until_told(second)
    second.terminate()
    second.communicate(timeout=30)
    assert second.returncode == 0


def test_a_part_that_dies_is_started_again(serve: Start, port: int) -> None:
    process = serve()
    until_told(process)
    web = next(part for part in children_of(process) if "web" in part.cmdline())
    family = [web, *web.children()]
    web.kill()
    # Nothing of it goes on answering without it.
    assert within(30, lambda: not any(runs(part) for part in family))
    assert within(60, lambda: is_ready(port))
    process.terminate()
    said, _ = process.communicate(timeout=30)
    assert "starting again in 0.5 s" in said


def test_the_parts_end_when_the_one_that_watches_is_killed(serve: Start) -> None:
    process = serve()
    until_told(process)
    parts = children_of(process)
    process.kill()
    process.communicate()
    assert within(20, lambda: not any(runs(part) for part in parts))


def test_a_taken_port_is_told_at_once(serve: Start, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = serve()
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in said
