"""The command line: thin, quick to explain itself, and clear when it refuses."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cadans.cli.main import COMMANDS, cadans
from cadans.team.models import ApiToken, User
from cadans.team.queries import digest

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    """Runs a command on the test database."""
    # The database is running: a command that would start one of its own has nothing to do.
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-tests-own")

    def run(*arguments: str, given: str = "") -> Result:
        return CliRunner().invoke(cadans, arguments, input=given)

    return run


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself(run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0, result.output
    assert "Usage: cadans" in result.output


@pytest.mark.parametrize("name", ["demo", "doctor", "import", "migrate", "report", "web", "worker"])
def test_a_command_that_reads_data_brings_the_database_along(name: str) -> None:
    command = cadans.get_command(click.Context(cadans), name)
    assert command is not None
    assert getattr(command.callback, "__wrapped__", None), "wear @needs_database"


def test_help_reads_no_settings() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cadans", "--help"],
        cwd=CHECKOUT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "cadans.config.settings" not in done.stderr
    assert "serve" in done.stdout


@pytest.mark.django_db
def test_a_user_is_added_with_a_password_from_standard_input(run) -> None:
    arguments = ["user", "add", "Ann@Example.com", "--role", "manager", "--password-stdin"]
    result = run(*arguments, given="a long enough secret\n")
    assert result.exit_code == 0, result.output
    user = User.objects.get(email="ann@example.com")
    assert user.role == "manager"
    assert user.check_password("a long enough secret")
    assert "secret" not in result.output


@pytest.mark.django_db
def test_a_user_without_a_given_password_gets_one_that_is_printed(run) -> None:
    result = run("user", "add", "ann@example.com", "--role", "rep")
    password = result.output.split("Password: ")[1].strip()
    assert User.objects.get().check_password(password)


@pytest.mark.django_db
def test_a_token_is_printed_once_and_kept_as_a_digest(run) -> None:
    run("user", "add", "ann@example.com", "--role", "rep")
    result = run("token", "create", "ann@example.com", "--name", "Zapier", "--scope", "read")
    token = ApiToken.objects.get()
    assert token.digest == digest(result.output.strip())
    assert token.scopes == ["read"]


@pytest.mark.django_db
def test_a_token_for_nobody_is_refused(run) -> None:
    result = run("token", "create", "nobody@example.com", "--name", "x")
    assert result.exit_code == 1
    assert "Nobody with the address nobody@example.com" in result.output


@pytest.mark.django_db
@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_a_report_is_printed(run, format_: str) -> None:
    result = run("report", "win-rate", "--from", "2026-01-01", "--to", "2026-07-01",
                 "--format", format_)  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "win" in result.output


@pytest.mark.django_db
def test_doctor_says_what_to_do_when_no_worker_runs(run) -> None:
    result = run("doctor")
    assert result.exit_code == 1
    assert "start `cadans worker`" in result.output
    assert "✓ Migrations" in result.output


@pytest.mark.django_db
def test_serving_pages_waits_until_all_is_prepared(run, settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    result = run("prepare", "--check")
    assert result.exit_code == 1
    assert "Static files: They are not collected: run `cadans prepare`." in result.output


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["prepare", "--check"], ["worker"]])
def test_no_part_starts_on_a_database_of_another_version(
    run, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadans.cli.doctor.unapplied_migrations", lambda: ["leads.0099_next"])
    result = run(*arguments)
    assert result.exit_code == 1
    assert "Migrations: 1 are not applied: run `cadans migrate`." in result.output


def test_pages_alone_are_not_served_before_all_is_prepared(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def not_prepared(command: list[str]) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.delenv("CADANS_WATCHER", raising=False)
    monkeypatch.setattr("cadans.cli.web.subprocess.run", not_prepared)
    assert run("web").exit_code == 1
    assert asked == [[sys.executable, "-m", "cadans", "prepare", "--check"]]
