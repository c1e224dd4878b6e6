"""What every test may count on: a PostgreSQL of the tests' own, started when first needed.

It is the embedded PostgreSQL in `.cadans-test/`, unless `DATABASE_URL` names another server. Each
process of pytest-xdist uses it, and the last one stops it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cadans.config import postgres
from tests.world import World, build

DATA = Path(__file__).resolve().parent.parent / ".cadans-test"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Run the tests' database server while test databases are made, used and dropped."""
    if os.environ.get("DATABASE_URL"):
        yield
    else:
        with postgres.running(DATA, durable=False):
            yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Before the database is dropped, hang up whoever still talks to it: a browser's last page
    may be asking for news just then."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def world(db: None) -> World:
    """The cast: one small Dutch company (tests/world.py)."""
    return build()
