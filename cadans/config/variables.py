"""The environment variables that an operator may set: one list for the docs and the doctor."""

import os
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """A setting from the environment, what it means, and what holds without it."""

    name: str
    meaning: str
    default: str
    is_secret: bool = False


VARIABLES = (
    Variable(
        "CADANS_DATA_DIR",
        "Folder for the embedded database, files and generated secrets.",
        "`.cadans/` in a checkout, else the platform's user data folder",
    ),
    Variable(
        "DATABASE_URL",
        "A PostgreSQL of your own, 15 or newer: `postgresql://user:password@host:5432/name`.",
        "the embedded PostgreSQL in the data folder",
        is_secret=True,
    ),
    Variable(
        "DATABASE_REPLICA_URL",
        "A hot standby of it, which answers reports.",
        "reports ask the main database",
        is_secret=True,
    ),
    Variable(
        "CADANS_BASE_URL",
        "The address at which people reach Cadans; `https://` also makes cookies secure.",
        "`http://127.0.0.1:PORT`",
    ),
    Variable(
        "CADANS_ALLOWED_HOSTS",
        "More host names that requests may carry, with commas between.",
        "the base URL's and this machine's own",
    ),
    Variable("PORT", "Port to listen on.", "`8000`"),
    Variable(
        "DEMO",
        "`0`: `cadans serve` starts empty instead of with a demo company.",
        "`1`",
    ),
    Variable(
        "CADANS_SECRET_KEY",
        "Signs sessions and links and encrypts kept passwords; the same on every machine.",
        "made once and kept in the data folder",
        is_secret=True,
    ),
    Variable(
        "CADANS_OLD_SECRET_KEYS",
        "Keys from before the present one, with spaces between; what they protected still opens.",
        "none",
        is_secret=True,
    ),
    Variable(
        "CADANS_API_RATE",
        "Requests a second that one API token may send to one web process; `0` for no limit.",
        "`1000`",
    ),
    Variable(
        "CADANS_OUTGOING_ALLOW",
        "Addresses in private networks that Cadans may fetch from nevertheless, such as your own "
        "server for web hooks: `10.0.0.5, 192.168.7.0/24`.",
        "only public addresses",
    ),
    Variable(
        "EMAIL_URL",
        "Mail server: `smtp+tls://user:password@host:587`, `smtps://…:465` or `smtp://…`.",
        "mail is written to files in `outbox/` in the data folder",
        is_secret=True,
    ),
    Variable("CADANS_MAIL_FROM", "Sender of Cadans' own mail.", "`Cadans <cadans@localhost>`"),
    Variable("CADANS_TIME_ZONE", "Time zone of dates on the pages.", "`Europe/Amsterdam`"),
    Variable("CADANS_STATIC_ROOT", "Folder for collected static files.", "`static/` in it"),
    Variable("CADANS_WEB_WORKERS", "Web processes; about one a core.", "one a core, at most 4"),
    Variable("CADANS_WEB_THREADS", "Requests that a web process answers at once.", "`3`"),
    Variable("CADANS_WORKER_CONCURRENCY", "Jobs that a worker does at once.", "`4`"),
    Variable(
        "CADANS_LOG_REQUESTS", "`1`: a line in the log for every request and every job.", "`0`"
    ),
    Variable(
        "CADANS_METRICS_TOKEN",
        "Lets Prometheus read `/metrics` from another machine.",
        "only this machine may",
        is_secret=True,
    ),
    Variable(
        "CADANS_DEBUG", "`1`: show errors in the browser. Never where others can come.", "`0`"
    ),
)


def shown(variable: Variable) -> str:
    """The variable's value as it may be shown: secrets and passwords covered."""
    value = os.environ.get(variable.name)
    if value is None:
        return ""
    if not variable.is_secret:
        return value
    return re.sub(r"(?<=:)[^:@/]+(?=@)", "…", value) if "://" in value else "…"
