"""A playbook: a pipeline's design with a name, as a file. Templates are playbooks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cadans.ground.errors import Invalid, NotFound
from cadans.ground.text import in_language
from cadans.playbooks.complaints import invalid
from cadans.process.design import Design
from cadans.process.goals import Text
from cadans.process.goals.shape import KEY

TEMPLATES = Path(__file__).resolve().parent / "templates"
Trade = Literal["any", "software", "building", "industry", "commerce", "services", "finance"]
"""The trade that a playbook is written for; the gallery sorts by it."""


class Playbook(Design):
    """A design that can be kept, sent and read: with `key`, `name`, `about`, `trade` before it."""

    key: str = Field(pattern=KEY)
    name: Text
    about: Text = Field(default_factory=dict)
    trade: Trade = "any"

    @property
    def design(self) -> Design:
        """The design alone, as a pipeline keeps it."""
        return Design(stages=self.stages)

    def label(self, language: str | None = None) -> str:
        """The playbook's name in a language (the reader's by default)."""
        return in_language(self.name, language)

    def about_in(self, language: str | None = None) -> str:
        """What the playbook is for, in a language (the reader's by default)."""
        return in_language(self.about, language)


def read_playbook(text: str) -> Playbook:
    """A playbook from YAML. Raises Invalid, with pointers, when it is none."""
    try:
        document = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = mark.line + 1 if mark else 1
        raise Invalid(
            _("This file is no YAML: line %(line)s cannot be read.") % {"line": where},
            code="not_yaml",
        ) from error
    try:
        return Playbook.model_validate(document)
    except ValidationError as error:
        raise invalid(error, document) from error


@lru_cache(maxsize=1)
def templates() -> tuple[Playbook, ...]:
    """The playbooks that come with the product, in the order of their files' names."""
    return tuple(
        read_playbook(path.read_text("utf-8")) for path in sorted(TEMPLATES.glob("*.yaml"))
    )


def template(key: str) -> Playbook:
    """The playbook with that key that comes with the product. Raises NotFound."""
    found = next((one for one in templates() if one.key == key), None)
    if found is None:
        raise NotFound(_("There is no template “%(key)s”.") % {"key": key}, pointer="/template")
    return found
