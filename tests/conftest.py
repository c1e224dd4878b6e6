"""What every test may count on: a PostgreSQL of the tests' own, started when first needed.

It is the embedded PostgreSQL in `.cadans-test/`, unless `DATABASE_URL` names another server. Each
process of pytest-xdist uses it, and the last one stops it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture
def world(db: None) -> World:
    """The cast: one small Dutch company (tests/world.py)."""
    return build()
