"""Remember what every deed asks and hardly anybody changes: sources, rules, who is in which team.

A change to one of those tables gives the one row of `SettingsStamp` another value, in the same
transaction (triggers in the database, so no way of writing escapes). Whoever knows the stamp of
this moment knows whether what it remembers still holds: no clock, and no telling other processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import ClassVar, ParamSpec, TypeVar

from django.db import models

from cadans.ground.asking import rows

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

MOST = 5_000
"""How many answers are remembered, so that memory stays bounded."""


class SettingsStamp(models.Model):
    """One row, whose value is another one after every change to a table of settings."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    value = models.UUIDField()

    objects: ClassVar[models.Manager[SettingsStamp]] = models.Manager()

    def __str__(self) -> str:
        return str(self.value)


@dataclass
class _Moment:
    """The stamp as it was when first asked within one request or deed."""

    stamp: object = None


_moment: ContextVar[_Moment | None] = ContextVar("moment", default=None)
_answers: dict[tuple[object, ...], object] = {}


@contextmanager
def one_moment() -> Iterator[None]:
    """Inside, the stamp is asked once: settings are what they were then, as for any one query.

    For a request or a deed; one within the other share their moment.
    """
    if _moment.get() is not None:
        yield
        return
    token = _moment.set(_Moment())
    try:
        yield
    finally:
        _moment.reset(token)


def look_again() -> None:
    """Within this request or deed settings were changed: ask for the stamp anew."""
    moment = _moment.get()
    if moment is not None:
        moment.stamp = None


def remembered(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Remember a function's answers until a setting changes.

    Its arguments must be hashable, and it may read nothing but tables with the trigger. What it
    answers is shared between requests, so nobody may change it. None is never remembered.
    """

    @wraps(ask)
    def recalled(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        stamp = _stamp()
        key = (stamp, ask, args, *kwargs.items())
        known = _answers.get(key)
        if known is not None:
            return known  # type: ignore[return-value]
        answer = ask(*args, **kwargs)
        if stamp is not None and answer is not None:
            if len(_answers) >= MOST:
                _answers.clear()
            _answers[key] = answer
        return answer

    return recalled


def _stamp() -> object:
    moment = _moment.get() or _Moment()
    if moment.stamp is None:
        found = rows("SELECT value FROM ground_settingsstamp")
        moment.stamp = found[0][0] if found else None
    return moment.stamp
