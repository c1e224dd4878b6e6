"""Programs that ask the API: one for each of the cast, with a token of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.program import Program
from tests.world import World


@pytest.fixture
def program() -> Callable[..., Program]:
    """Make a program that acts as somebody."""
    return Program


@pytest.fixture
def manager(world: World) -> Program:
    """A program that acts as the manager."""
    return Program(world.manager)


@pytest.fixture
def anna(world: World) -> Program:
    """A program that acts as the rep Anna."""
    return Program(world.anna)
