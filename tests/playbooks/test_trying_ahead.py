"""What a try reads ahead is what it would have read in its turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import connection

from cadans.playbooks.trying.ahead import ahead
from cadans.team.models import User
from tests.world import World


def looked_up(found: list[tuple[int, str]], times: int = 5) -> Iterator[int]:
    """Count the users so many times, and note in which thread."""
    for _time in range(times):
        users = User.objects.count()
        found.append((users, threading.current_thread().name))
        yield users


@pytest.mark.django_db(transaction=True)
def test_the_next_is_looked_up_in_another_thread_while_one_is_in_use(world: World) -> None:
    found: list[tuple[int, str]] = []
    users = User.objects.count()
    assert list(ahead(looked_up(found))) == [users] * 5
    assert {name.partition("_")[0] for _users, name in found} == {"ahead"}
    assert not [one for one in threading.enumerate() if one.name.startswith("ahead")]


@pytest.mark.django_db(transaction=True)
def test_whoever_stops_early_leaves_no_thread_behind(world: World) -> None:
    found: list[tuple[int, str]] = []
    with closing(ahead(looked_up(found))) as things:
        assert next(things) == User.objects.count()
    assert len(found) <= 2
    assert not [one for one in threading.enumerate() if one.name.startswith("ahead")]


@pytest.mark.django_db(transaction=True)
def test_what_breaks_while_looking_ahead_breaks_the_try() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(ahead(broken()))


@pytest.mark.django_db
def test_in_a_transaction_what_is_not_committed_yet_is_seen(world: World) -> None:
    assert connection.in_atomic_block
    found: list[tuple[int, str]] = []
    assert list(ahead(looked_up(found, 2))) == [User.objects.count()] * 2
    assert {name for _users, name in found} == {threading.current_thread().name}
