"""A playbook: a pipeline's design with a name, as a file. Templates are playbooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints, ValidationError

from cadans.ground.errors import NotFound
from cadans.ground.text import in_language
from cadans.playbooks import reading
from cadans.playbooks.check import Finding, Known, findings, named_in
from cadans.playbooks.complaints import faults
from cadans.playbooks.lines import Complaint, WrongFile, complaint, in_order, unreadable
from cadans.playbooks.reading import Written
from cadans.process.design import Design
from cadans.process.goals import Text
from cadans.team.references import Roll

TEMPLATES = Path(__file__).resolve().parent / "templates"
KEY = r"^[a-z0-9][a-z0-9_-]{0,59}$"
Name = dict[Literal["nl", "en"], Annotated[str, StringConstraints(min_length=1, max_length=80)]]
Trade = Literal["any", "software", "building", "industry", "commerce", "services", "finance"]
"""The trade that a playbook is written for; the gallery sorts by it."""


class Playbook(Design):
    """A design that can be kept, sent and read: with `key`, `name`, `about`, `trade` before it."""

    key: str = Field(pattern=KEY)
    """What addresses and files call the pipeline."""
    name: Name = Field(min_length=1)
    """What the pipeline is called, in each language."""
    about: Text = Field(default_factory=dict)
    """What the pipeline is for, in each language."""
    trade: Trade = "any"
    """The trade that it was written for; the gallery of playbooks sorts by it."""

    @property
    def design(self) -> Design:
        """The design alone, as a pipeline keeps it."""
        return Design(stages=self.stages)

    def label(self, language: str | None = None) -> str:
        """The playbook's name in a language (the reader's by default)."""
        return in_language({**self.name}, language)

    def about_in(self, language: str | None = None) -> str:
        """What the playbook is for, in a language (the reader's by default)."""
        return in_language(self.about, language)


@dataclass(frozen=True)
class Opened:
    """A playbook with the text that says it."""

    playbook: Playbook
    written: Written


def open_playbook(text: str, roll: Roll | None = None) -> Opened:
    """A playbook from YAML, and where in the text everything stands.

    With a `roll` users and teams may be given by e-mail address and by name, else by id only.
    Raises WrongFile with a complaint for each fault.
    """
    try:
        written = reading.read(text)
    except reading.Unreadable as error:
        raise unreadable(text, error) from error
    document = written.root.data
    try:
        return Opened(Playbook.model_validate(document, context=roll), written)
    except ValidationError as error:
        raise WrongFile(list(_complaints(error, document, written))) from error


def read_playbook(text: str, roll: Roll | None = None) -> Playbook:
    """A playbook from YAML. Raises WrongFile."""
    return open_playbook(text, roll).playbook


def complaints_about(text: str, roll: Roll, known: Known | None) -> list[Complaint]:
    """All that is wrong or unwise in a file, by line. Without `known` everybody named is there."""
    try:
        opened = open_playbook(text, roll)
    except WrongFile as error:
        return error.complaints
    return remarks(opened, known or named_in(opened.playbook.design))


def remarks(opened: Opened, known: Known) -> list[Complaint]:
    """What is unwise in a playbook or keeps it from being published, by line."""
    return in_order(_remark(opened, one) for one in findings(opened.playbook.design, known))


def _complaints(error: ValidationError, document: Any, written: Written) -> Iterator[Complaint]:
    told = set()
    for fault in faults(error, document, Playbook):
        offset = written.offset(fault.place, at_key=fault.at_name)
        if (offset, fault.message) not in told:
            told.add((offset, fault.message))
            yield complaint(written.text, offset, fault.message, pointer=fault.pointer)


def _remark(opened: Opened, finding: Finding) -> Complaint:
    """A finding at the line of what it is about."""
    pointer = "/stages"
    keys = [stage.key for stage in opened.playbook.stages]
    if finding.stage in keys:
        stage = opened.playbook.stages[keys.index(finding.stage)]
        pointer += f"/{keys.index(finding.stage)}"
        if finding.item:
            items = [one.key for one in getattr(stage, finding.part)]
            pointer += f"/{finding.part}/{items.index(finding.item)}"
            pointer += f"/{finding.field}" if finding.field else ""
        elif finding.part:
            pointer += f"/{finding.part}"
    written = opened.written
    offset = written.offset(pointer)
    return complaint(written.text, offset, finding.message, level=finding.level, pointer=pointer)


@lru_cache(maxsize=1)
def templates() -> tuple[Playbook, ...]:
    """The playbooks that come with the product, in the order of their files' names."""
    return tuple(read_playbook(text) for text in template_texts())


def template_texts() -> Iterator[str]:
    """The files of those playbooks, in the same order."""
    return (path.read_text("utf-8") for path in sorted(TEMPLATES.glob("*.yaml")))


def template_text(key: str) -> str:
    """The file of the template with that key. Raises NotFound."""
    place = templates().index(template(key))
    return list(template_texts())[place]


def template(key: str) -> Playbook:
    """The playbook with that key that comes with the product. Raises NotFound."""
    found = next((one for one in templates() if one.key == key), None)
    if found is None:
        raise NotFound(_("There is no template “%(key)s”.") % {"key": key}, pointer="/template")
    return found
