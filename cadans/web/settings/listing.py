"""What every list in the settings has: rows to show, a form, and the actions behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import models
from django.utils.functional import Promise

from cadans.team.models import User

EVERYBODY = (User.Role.REP, User.Role.MANAGER, User.Role.ADMIN)
KEEPERS = (User.Role.MANAGER, User.Role.ADMIN)
ADMINS = (User.Role.ADMIN,)


@dataclass(frozen=True)
class Shown:
    """A row of a list: its name, what is said of it, and a badge (text, tone)."""

    id: Any
    name: str
    told: str = ""
    badges: Sequence[tuple[str, str]] = ()
    is_off: bool = False
    can_change: bool = True


@dataclass(frozen=True)
class Listing:
    """A list in the settings. The form's cleaned data goes to `add` and `change` as it is.

    `rows` and `find` are told who asks; `find` gives the thing behind an id, or None. `part` is
    a template that the form shows below its fields, with what `beside` (request, thing) gives.
    `try_at` names the page on which what stands in the list is tried on the leads of the past,
    `try_changed_at` where the form is sent to try it before it is saved.
    """

    key: str
    title: Promise
    about: Promise
    add_label: Promise
    icon: str
    empty: Promise
    rows: Callable[[User], Iterable[Shown]]
    find: Callable[[User, str], models.Model | None]
    form: Callable[..., forms.Form]
    initial: Callable[[Any], Mapping[str, Any]]
    add: Callable[[User, Mapping[str, Any]], Any]
    change: Callable[[User, Any, Mapping[str, Any]], Any] | None = None
    delete: Callable[[User, Any], Any] | None = None
    roles: Sequence[str] = KEEPERS
    order: Callable[[User, str, int], Any] | None = None
    beside: Callable[[Any, Any], Mapping[str, Any]] | None = None
    part: str = ""
    links: Sequence[tuple[str, Promise]] = field(default_factory=tuple)
    try_at: str = ""
    try_changed_at: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether what is in it can be changed."""
        return self.change is not None

    @property
    def is_deleted(self) -> bool:
        """Whether what is in it can be removed."""
        return self.delete is not None

    @property
    def is_ordered(self) -> bool:
        """Whether it has an order that people choose."""
        return self.order is not None


def by_id(model: type[models.Model]) -> Callable[[User, str], models.Model | None]:
    """How most things are found."""

    def find(user: User, id: str) -> models.Model | None:
        return model._default_manager.filter(id=id).first()

    return find


class ByUser(forms.Form):
    """A form that knows who fills it in, and what it changes (None for something new)."""

    def __init__(self, *args: Any, user: User, thing: Any = None, **kwargs: Any) -> None:
        self.user = user
        self.thing = thing
        super().__init__(*args, **kwargs)
