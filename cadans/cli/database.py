"""Commands that need the database wear `@needs_database`: it runs while they do."""

import functools
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from cadans.config import postgres
from cadans.config.environment import data_dir

P = ParamSpec("P")
R = TypeVar("R")


def needs_database(command: Callable[P, R]) -> Callable[P, R]:
    """Run the embedded PostgreSQL during a command, unless `DATABASE_URL` names another.

    When `cadans serve` has it running already, that one is used, and goes on running.
    """

    @functools.wraps(command)
    def with_database(*args: P.args, **kwargs: P.kwargs) -> R:
        if not os.environ.get("DATABASE_URL"):
            click.get_current_context().with_resource(postgres.running(data_dir()))
        return command(*args, **kwargs)

    return with_database
