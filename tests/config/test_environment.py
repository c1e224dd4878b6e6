"""What the environment says, and how it is told."""

import re
from pathlib import Path

import pytest

from cadans.config import environment
from cadans.config.variables import VARIABLES, shown

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def test_every_variable_that_the_product_reads_is_in_the_list_and_the_docs() -> None:
    read = set()
    for path in (CHECKOUT / "cadans").rglob("*.py"):
        text = path.read_text()
        read |= set(
            re.findall(r'(?:environ\.get|environ|flag|listed|networks)[(\[]\s*"([A-Z_]+)"', text)
        )
    internal = {"DJANGO_SETTINGS_MODULE", "CADANS_TEST_DATABASE", "CADANS_WATCHER"}
    listed = {variable.name for variable in VARIABLES}
    assert read - internal <= listed
    docs = (CHECKOUT / "docs" / "reference" / "settings.md").read_text()
    for variable in VARIABLES:
        assert f"| `{variable.name}` | {variable.meaning} | {variable.default} |" in docs


def test_secrets_are_covered_when_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = {variable.name: variable for variable in VARIABLES}
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:hunter2@db:5432/cadans")
    monkeypatch.setenv("CADANS_SECRET_KEY", "hunter2")
    assert shown(by_name["DATABASE_URL"]) == "postgresql://ann:…@db:5432/cadans"
    assert shown(by_name["CADANS_SECRET_KEY"]) == "…"


def test_a_database_url_is_read_whole() -> None:
    read = environment.parse_database_url(
        "postgresql://ann:p%40ss@db.example:6432/sales?sslmode=require"
    )
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"], read["NAME"]) == (
        "ann", "p@ss", "db.example", "6432", "sales",
    )  # fmt: skip
    assert read["OPTIONS"]["sslmode"] == "require"


def test_another_database_than_postgresql_is_refused() -> None:
    with pytest.raises(ValueError, match="must begin with postgresql://"):
        environment.parse_database_url("sqlite:///file.db")


def test_a_secret_key_is_made_once_and_for_the_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CADANS_SECRET_KEY")
    key = environment.secret_key(tmp_path)
    assert environment.secret_key(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_network_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CADANS_OUTGOING_ALLOW", "10.0.0.5, 192.168.7.0/24")
    assert environment.networks("CADANS_OUTGOING_ALLOW") == ["10.0.0.5", "192.168.7.0/24"]
    monkeypatch.setenv("CADANS_OUTGOING_ALLOW", "10.0.0.5, kade.example")
    with pytest.raises(ValueError, match=r"kade\.example"):
        environment.networks("CADANS_OUTGOING_ALLOW")
