"""Of what people are told: one entry a kind, with its name and the sentence it makes.

A drop of a conversion is none of these: Insight tells of it by itself, by mail and on its pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.ground.text import in_language


@dataclass(frozen=True)
class Kind:
    """A kind of notification: what it is called where one chooses, its icon, its sentence."""

    name: str | Promise
    icon: str
    sentence: Callable[[Mapping[str, Any]], str]


def _assigned(data: Mapping[str, Any]) -> str:
    told = {"lead": data["lead"], "by": data.get("by", "")}
    if data.get("by"):
        return _("%(by)s gave you the lead “%(lead)s”.") % told
    return _("You got the lead “%(lead)s”.") % told


def _task(data: Mapping[str, Any]) -> str:
    told = {"task": data["task"], "lead": data["lead"], "by": data.get("by", "")}
    if data.get("by"):
        return _("%(by)s gave you a task on “%(lead)s”: %(task)s.") % told
    return _("You got a task on “%(lead)s”: %(task)s.") % told


def _automation(data: Mapping[str, Any]) -> str:
    text = in_language(data.get("text") or {}) or data.get("name", "")
    return _("%(text)s · lead “%(lead)s”") % {"text": text, "lead": data["lead"]}


KINDS: dict[str, Kind] = {
    "assigned": Kind(gettext_lazy("You get a lead"), "target", _assigned),
    "task": Kind(gettext_lazy("Somebody gives you a task"), "list-plus", _task),
    "automation": Kind(gettext_lazy("The process tells you of a lead"), "route", _automation),
}
