"""Pipelines as files: who may be named in them, and what each of them says."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.playbooks.filing import file_of, is_said_by
from cadans.playbooks.lines import Complaint, WrongFile
from cadans.playbooks.models import PlaybookFile
from cadans.playbooks.playbook import (
    Playbook,
    complaints_about,
    open_playbook,
    template_text,
)
from cadans.playbooks.queries import draft_of, known
from cadans.process.design import Design
from cadans.process.models import Pipeline, ProcessVersion
from cadans.team.queries import organisation, teams, users
from cadans.team.references import Roll

SCHEMA_ADDRESS = "/playbook.schema.json"


def roll(*, takes_any: bool = False) -> Roll:
    """Everybody whom a file may name."""
    return Roll(
        users=dict(users().values_list("email", "id")),
        teams=dict(teams().values_list("name", "id")),
        takes_any=takes_any,
    )


def complaints(text: str) -> list[Complaint]:
    """All that is wrong or unwise in a file, by line."""
    return complaints_about(text, roll(), known())


def draft_file(pipeline: Pipeline) -> str:
    """The draft as a file: the one that was taken in last, changed where the draft was."""
    design = draft_of(pipeline)
    last = _last_file(pipeline)
    if last is not None:
        playbook = _playbook(pipeline, design, last)
        if is_said_by(last.text, playbook, roll()):
            return last.text
    if pipeline.version is not None and design == pipeline.version.design:
        return version_file(pipeline, pipeline.version)
    return _file(pipeline, design, last)


def version_file(pipeline: Pipeline, version: ProcessVersion) -> str:
    """A published version as a file: the one taken in before it, changed where the design was."""
    return _file(pipeline, version.design, _last_file(pipeline, version.published_at))


def template_file(template: str, pipeline: Pipeline) -> str:
    """The file of the template with that key as that of a pipeline made of it: everything of it,
    comments too, under the pipeline's own key and name. Raises NotFound."""
    text = head() + template_text(template)
    named = open_playbook(text).playbook
    language: Literal["nl", "en"] = "en" if organisation().language == "en" else "nl"
    name = {**named.name, language: pipeline.name}
    own = named.model_copy(update={"key": slugify(pipeline.key) or named.key, "name": name})
    return text if own == named else file_of(own, roll(), before=text, head=head())


def version_numbered(pipeline: Pipeline, number: int) -> ProcessVersion:
    """A published version by its number. Raises NotFound."""
    found = pipeline.versions.filter(number=number).first()
    if found is None:
        raise NotFound(
            _("“%(pipeline)s” has no version %(number)s.")
            % {"pipeline": pipeline, "number": number},
            pointer="/version",
        )
    return found


def file_name(pipeline: Pipeline, version: ProcessVersion | None = None) -> str:
    """What a downloaded file is called."""
    number = f"-v{version.number}" if version else ""
    return f"{pipeline.key}{number}.yaml"


def head() -> str:
    """The line by which an editor finds the schema."""
    return f"# yaml-language-server: $schema={settings.BASE_URL}{SCHEMA_ADDRESS}\n"


def _file(pipeline: Pipeline, design: Design, last: PlaybookFile | None) -> str:
    playbook = _playbook(pipeline, design, last)
    return file_of(playbook, roll(), before=last.text if last else "", head=head())


def _playbook(pipeline: Pipeline, design: Design, last: PlaybookFile | None) -> Playbook:
    """The design with the names it goes by: the file's own, unless it got another one since."""
    language = "en" if organisation().language == "en" else "nl"
    named = Playbook(
        key=slugify(pipeline.key) or "pipeline",
        name={language: pipeline.name},
        stages=design.stages,
    )
    if last is None:
        return named
    try:
        before = open_playbook(last.text, roll(takes_any=True)).playbook
    except WrongFile:  # of an older version of the format
        return named
    is_renamed = pipeline.name != last.called
    name = {**before.name, **named.name} if is_renamed else before.name
    return before.model_copy(update={"name": name, "stages": design.stages})


def _last_file(pipeline: Pipeline, until: datetime | None = None) -> PlaybookFile | None:
    files = PlaybookFile.objects.filter(pipeline=pipeline)
    if until is not None:
        files = files.filter(taken_at__lte=until)
    return files.order_by("-taken_at", "-id").first()
