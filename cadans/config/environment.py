"""What the environment says, turned into settings. No Django in here."""

import os
import secrets
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import platformdirs

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def flag(name: str, *, default: bool) -> bool:
    """Read an environment variable as yes or no (1, true, yes, on)."""
    raw = os.environ.get(name)
    return default if raw is None else raw.strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    """Read an environment variable as values with commas between."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def networks(name: str) -> list[str]:
    """Read an environment variable as IP addresses and networks with commas between.

    Raises ValueError when one of them is not.
    """
    for part in listed(name):
        try:
            ip_network(part, strict=False)
        except ValueError:
            message = f"{name} names addresses such as 10.0.0.5 or 10.0.0.0/24, not “{part}”."
            raise ValueError(message) from None
    return listed(name)


def data_dir() -> Path:
    """The folder for the embedded database, files and generated secrets (made when missing).

    `CADANS_DATA_DIR`, else `.cadans/` in a checkout, else the platform's user data folder.
    """
    chosen = os.environ.get("CADANS_DATA_DIR")
    if chosen:
        path = Path(chosen).expanduser().absolute()
    elif (CHECKOUT / "pyproject.toml").exists():
        path = CHECKOUT / ".cadans"
    else:
        path = Path(platformdirs.user_data_dir("cadans"))
    path.mkdir(parents=True, exist_ok=True)
    return path


def base_url() -> str:
    """The address at which people reach this Cadans, without a slash at the end."""
    port = os.environ.get("PORT", "8000")
    return os.environ.get("CADANS_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")


def allowed_hosts(url: str) -> list[str]:
    """Host names that requests may carry: the base URL's and this machine's own."""
    named = listed("CADANS_ALLOWED_HOSTS")
    return [urlsplit(url).hostname or "localhost", "localhost", "127.0.0.1", "[::1]", *named]


def secret_key(folder: Path) -> str:
    """`CADANS_SECRET_KEY`, else a key generated once and kept in the data folder (mode 600)."""
    given = os.environ.get("CADANS_SECRET_KEY")
    if given:
        return given
    path = folder / "secret-key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key


def parse_database_url(url: str) -> dict[str, Any]:
    """Turn `postgresql://user:password@host:port/name?options` into one Django database entry.

    Raises ValueError for another scheme: Cadans runs on PostgreSQL only.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        message = f"DATABASE_URL must begin with postgresql:// (it begins with {parts.scheme}://)."
        raise ValueError(message)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": options.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 24, "timeout": 20},
            # So that what is asked again and again can be planned once (ground/asking.py).
            "server_side_binding": True,
            **options,
        },
        "TEST": {"NAME": os.environ.get("CADANS_TEST_DATABASE", "test_cadans")},
    }


def database_settings(folder: Path) -> dict[str, dict[str, Any]]:
    """`DATABASES`: from `DATABASE_URL`, else the embedded PostgreSQL below the data folder."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        from cadans.config.postgres import embedded_url

        url = embedded_url(folder)
    databases = {"default": parse_database_url(url)}
    replica = os.environ.get("DATABASE_REPLICA_URL")
    if replica and "pytest" not in sys.modules:
        databases["replica"] = parse_database_url(replica)
    return databases


def email_settings() -> dict[str, Any]:
    """Django's mail settings from `EMAIL_URL` (smtp://, smtps:// or smtp+tls://).

    Without it, mail is written as files below the data folder: nothing pretends to be sent.
    """
    url = os.environ.get("EMAIL_URL")
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(data_dir() / "outbox"),
        }
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 20,
    }
