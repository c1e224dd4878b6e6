"""`cadans playbook`: pipelines as YAML files."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click
from django.utils.translation import override
from rich.console import Console
from rich.table import Table

from cadans.cli.database import needs_database
from cadans.config.prepare import migrate_database
from cadans.ground.errors import CadansError, Invalid, NotFound
from cadans.insight.wall_chart import figures_of
from cadans.playbooks import lines, reading
from cadans.playbooks.actions import publish_pipeline
from cadans.playbooks.difference import differences
from cadans.playbooks.files import complaints, draft_file, version_file, version_numbered
from cadans.playbooks.importing import import_playbook
from cadans.playbooks.lines import Complaint, WrongFile
from cadans.playbooks.playbook import (
    Playbook,
    complaints_about,
    template_texts,
    templates,
)
from cadans.playbooks.queries import draft_of, overview_of_pipelines
from cadans.playbooks.schema import schema_of
from cadans.playbooks.trying.actions import carry_out_try, try_draft
from cadans.playbooks.trying.outcome import Telling, in_short
from cadans.playbooks.trying.queries import outcome_of
from cadans.playbooks.trying.routing.actions import carry_out_routing_try, try_routing
from cadans.playbooks.trying.routing.outcome import routing_in_short
from cadans.playbooks.trying.routing.queries import routing_outcome, rules_as_they_are
from cadans.playbooks.wall_chart.asking import LIVE, chart_of, read_wish
from cadans.playbooks.wall_chart.pdf import as_pdf
from cadans.playbooks.wall_chart.svg import as_svg
from cadans.process.queries import pipeline_named
from cadans.team.references import Roll

WIDE = 160
STDIN = Path("-")
LANGUAGE = click.option(
    "--language",
    type=click.Choice(["en", "nl"]),
    default="en",
    show_default=True,
    help="Say what is wrong in this language.",
)
tell = partial(click.echo, err=True)


@click.group(help="Pipelines as files: list, export, check, import, publish.")
def playbook() -> None:
    pass


@playbook.command("list")
@click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@needs_database
def list_(shape: str) -> None:
    """List the pipelines, and the templates that come with Cadans."""
    migrate_database(tell)
    rows = [
        {
            "kind": "pipeline",
            "key": card.pipeline.key,
            "name": card.pipeline.name,
            "version": card.pipeline.version.number if card.pipeline.version else None,
            "draft_differs": card.differs,
            "open_leads": card.leads,
        }
        for card in overview_of_pipelines()
    ]
    rows += [{"kind": "template", "key": one.key, "name": one.label("en")} for one in templates()]
    if shape == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    grid = Table(header_style="bold")
    for head in ("Kind", "Key", "Name", "Live", "Draft"):
        grid.add_column(head, overflow="fold")
    for row in rows:
        live = f"version {row['version']}" if row.get("version") else "–"
        draft = {True: "differs from live" if row.get("version") else "only a draft", False: "same"}
        is_pipeline = row["kind"] == "pipeline"
        grid.add_row(
            *(str(row[name]) for name in ("kind", "key", "name")),
            live if is_pipeline else "",
            draft[bool(row.get("draft_differs"))] if is_pipeline else "",
        )
    Console(width=None if sys.stdout.isatty() else WIDE).print(grid)


@playbook.command()
@click.argument("pipeline")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--version", "number", type=int, metavar="N", help="The published version N.")
@click.option("--draft", is_flag=True, help="The draft instead of what is live.")
@click.option("--template", is_flag=True, help="PIPELINE is the key of a template.")
@needs_database
def export(
    pipeline: str, file: Path | None, number: int | None, draft: bool, template: bool
) -> None:
    """Write a pipeline to FILE, or to standard output.

    Without --version or --draft it is what is live, or the draft when nothing is. What was
    imported and not changed since comes out byte for byte.
    """
    if sum([number is not None, draft, template]) > 1:
        raise click.UsageError("Say one of --version, --draft and --template.")
    migrate_database(tell)
    text = _template_text(pipeline) if template else _text_of(pipeline, number, draft)
    if file is None or file == STDIN:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        _write_whole(file, text.encode())


@playbook.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--without-names", is_flag=True, help="Ask no database: any user and team will do.")
@LANGUAGE
@click.pass_context
def check(
    context: click.Context, files: tuple[Path, ...], without_names: bool, language: str
) -> None:
    """Say what is wrong or unwise in FILES, with line and column.

    Ends with 1 when one of them could not be published, with 0 when there are only warnings.
    """
    ask = _offline if without_names else needs_database(_with_database)
    is_wrong = False
    with override(language):
        for file, found in ask(files):
            for one in found:
                click.echo(told(file, one))
            is_wrong = is_wrong or any(one.level == "error" for one in found)
            if not found:
                click.echo(f"{file}: good")
    context.exit(1 if is_wrong else 0)


@playbook.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--pipeline", "key", metavar="P", help="Replace the draft of this pipeline.")
@LANGUAGE
@needs_database
def import_(file: Path, key: str | None, language: str) -> None:
    """Take FILE in: as a new pipeline, or in the place of a pipeline's draft.

    What is live does not change until it is published.
    """
    migrate_database(tell)
    with override(language):
        try:
            text = lines.decoded(_bytes_of(file))
            present = pipeline_named(key) if key else None
            before = draft_of(present) if present else None
            taken = import_playbook(None, text, pipeline=present, under_own_key=True, via="cli")
        except WrongFile as error:
            for one in error.complaints:
                tell(told(file, one))
            sys.exit(1)
        except Invalid as error:
            if error.pointer == "/key":
                tell(f"cadans: {error.message} To replace its draft: --pipeline KEY.")
                sys.exit(1)
            raise
        changes = differences(before, draft_of(taken)) if before else []
        found = complaints(text)
    if before is None:
        click.echo(f"Made the pipeline “{taken.name}” ({taken.key}). It is only a draft.")
    elif changes:
        click.echo(f"Replaced the draft of “{taken.name}” ({taken.key}):")
    else:
        click.echo(f"The draft of “{taken.name}” ({taken.key}) says what it said.")
    for change in changes:
        click.echo(f"  {change}")
    for one in found:
        tell(told(file, one))
    click.echo(f"To make it live: cadans playbook publish {taken.key}")


@playbook.command()
@click.argument("pipeline")
@click.option("--note", default="", help="Why; kept with the version.")
@click.option(
    "--mapping",
    "mappings",
    multiple=True,
    metavar="OLD=NEW",
    help="Where the open leads of a stage that is gone go on (keys of stages).",
)
@needs_database
def publish(pipeline: str, note: str, mappings: tuple[str, ...]) -> None:
    """Make a pipeline's draft live as a new version and take its open leads along."""
    migrate_database(tell)
    mapping = dict(_pair(one) for one in mappings)
    found = pipeline_named(pipeline)
    try:
        version = publish_pipeline(None, found, note=note, mapping=mapping, via="cli")
    except Invalid as error:
        for pointer, message in (error.fields or {error.pointer: error.message}).items():
            tell(f"cadans: {message}")
            if pointer.startswith("/mapping/"):
                stage = pointer.removeprefix("/mapping/")
                keys = ", ".join(one.key for one in draft_of(found).open_stages())
                tell(f"        --mapping {stage}=STAGE, where STAGE is one of: {keys}")
        sys.exit(1)
    click.echo(f"Version {version.number} of “{found.name}” is live.")


@playbook.command("wall-chart")
@click.argument("pipeline")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--paper", default="A3", show_default=True, help="A3 or A4.")
@click.option("--portrait", is_flag=True, help="Upright; without it the sheet lies.")
@click.option(
    "--language",
    type=click.Choice(["en", "nl"]),
    default="en",
    show_default=True,
    help="Of the text.",
)
@click.option("--version", "number", type=int, metavar="N", help="The published version N.")
@click.option("--draft", is_flag=True, help="The draft instead of what is live.")
@click.option("--figures", is_flag=True, help="With the funnel of the last twelve months.")
@needs_database
def wall_chart(
    pipeline: str,
    file: Path,
    paper: str,
    portrait: bool,
    language: str,
    number: int | None,
    draft: bool,
    figures: bool,
) -> None:
    """Draw a pipeline's process on one page, to FILE: its name ends in .pdf or .svg."""
    if number is not None and draft:
        raise click.UsageError("Say one of --version and --draft.")
    if file.suffix not in {".pdf", ".svg"}:
        raise click.UsageError(f"FILE ends in .pdf or .svg; not “{file.name}”.")
    migrate_database(tell)
    found = pipeline_named(pipeline)
    wish = read_wish(
        {
            "paper": paper,
            "orientation": "portrait" if portrait else "landscape",
            "language": language,
            "state": "draft" if draft else str(number or LIVE),
            "figures": str(int(figures)),
        }
    )
    chart = chart_of(found, None, wish, figures=figures_of(found, None) if figures else None)
    _write_whole(file, as_pdf(chart) if file.suffix == ".pdf" else as_svg(chart).encode())


@playbook.command("try")
@click.argument("pipeline")
@click.option("--months", type=int, default=6, show_default=True, help="How far back to look.")
@click.option("--over", metavar="P", help="Play the leads of this pipeline instead.")
@LANGUAGE
@needs_database
def try_(pipeline: str, months: int, over: str | None, language: str) -> None:
    """Play the draft of a pipeline over the leads of the past, with nothing changed."""
    migrate_database(tell)
    with override(language):
        trial = carry_out_try(
            try_draft(
                None,
                pipeline_named(pipeline),
                months=months,
                over=pipeline_named(over) if over else None,
                quietly=True,
                via="cli",
            ),
            told=lambda began, leads: tell(f"{began} of {leads} leads"),
        )
        outcome = outcome_of(trial)
        for sentence in (
            in_short(outcome) if outcome.leads else ["There are no leads to try it on."]
        ):
            click.echo(sentence)
        _tell_findings(outcome.tellings())


@playbook.command("try-routing")
@click.option("--months", type=int, default=6, show_default=True, help="How far back to look.")
@click.option("--only", metavar="RULE", help="Ask about the rule of this name alone.")
@click.option(
    "--everyone", is_flag=True, help="Leads count too for which somebody chose the pipeline."
)
@LANGUAGE
@needs_database
def try_routing_(months: int, only: str | None, everyone: bool, language: str) -> None:
    """Ask the routing rules about the leads of the past, with nothing changed."""
    migrate_database(tell)
    with override(language):
        trial = carry_out_routing_try(
            try_routing(
                None,
                months=months,
                only=_key_of_rule(only) if only else "",
                everyone=everyone,
                quietly=True,
                via="cli",
            ),
            told=lambda read, leads: tell(f"{read} of {leads} leads"),
        )
        outcome = routing_outcome(trial)
        for sentence in (
            routing_in_short(outcome) if outcome.leads else ["There are no leads to try them on."]
        ):
            click.echo(sentence)
        grid = Table(header_style="bold")
        for head in ("Pipeline", "Went there", "Would go there"):
            grid.add_column(head, overflow="fold")
        for one in outcome.pipelines():
            grid.add_row(one.name, str(one.pair.was.leads), str(one.pair.would.leads))
        if outcome.leads:
            Console(width=None if sys.stdout.isatty() else WIDE).print(grid)
        _tell_findings(outcome.tellings())


@playbook.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def schema(file: Path | None) -> None:
    """Write the format's JSON Schema to FILE, or to standard output."""
    text = json.dumps(schema_of(Playbook), indent=2, ensure_ascii=False) + "\n"
    if file is None:
        click.echo(text, nl=False)
    else:
        _write_whole(file, text.encode())


def told(file: Path, one: Complaint) -> str:
    """A complaint as compilers tell it, with the line it is about."""
    number = str(one.line)
    place = f"{file}:{one.line}:{one.column}: {one.level}: {one.message}"
    if not one.quoted:
        return place
    return f"{place}\n  {number} | {one.quoted}\n  {' ' * len(number)} | {' ' * one.mark}^"


def _tell_findings(found: Iterable[Telling]) -> None:
    for one in found:
        click.echo(f"{one.level}: {one.message}" + (f" ({n})" if (n := one.leads) else ""))


def _key_of_rule(name: str) -> str:
    known = {one.name: one.key for one in rules_as_they_are()}
    if name not in known:
        raise NotFound(f"There is no routing rule “{name}”. There are: {', '.join(known) or '–'}.")
    return known[name]


def _with_database(files: tuple[Path, ...]) -> list[tuple[Path, list[Complaint]]]:
    migrate_database(tell)
    return [(file, _complaints(file, None)) for file in files]


def _offline(files: tuple[Path, ...]) -> list[tuple[Path, list[Complaint]]]:
    return [(file, _complaints(file, Roll({}, {}, takes_any=True))) for file in files]


def _complaints(file: Path, anybody: Roll | None) -> list[Complaint]:
    try:
        text = lines.decoded(_bytes_of(file))
    except WrongFile as error:
        return error.complaints
    if anybody is None:
        return complaints(text)
    return complaints_about(text, anybody, None)


def _text_of(word: str, number: int | None, draft: bool) -> str:
    found = pipeline_named(word)
    if number is not None:
        return version_file(found, version_numbered(found, number))
    if draft or found.version is None:
        return draft_file(found)
    return version_file(found, found.version)


def _template_text(key: str) -> str:
    for one, text in zip(templates(), template_texts(), strict=True):
        if one.key == key:
            return text
    raise NotFound(f"There is no template “{key}”. See: cadans playbook list")


def _pair(word: str) -> tuple[str, str]:
    old, equals, new = word.partition("=")
    if not equals or not old or not new:
        raise click.UsageError(f"--mapping is OLD=NEW, two keys of stages; not “{word}”.")
    return old, new


def _bytes_of(file: Path) -> bytes:
    limit = reading.LARGEST + 1
    try:
        if file == STDIN:
            return sys.stdin.buffer.read(limit)
        with file.open("rb") as opened:
            return opened.read(limit)
    except OSError as error:
        raise CadansError(f"{file} cannot be read: {error.strerror}.") from error


def _write_whole(file: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    try:
        with tempfile.NamedTemporaryFile(
            dir=file.parent, prefix=f".{file.name}.", delete=False
        ) as new:
            new.write(content)
        os.chmod(new.name, file.stat().st_mode & 0o777 if file.exists() else 0o644)
        os.replace(new.name, file)
    except OSError as error:
        raise CadansError(f"{file} cannot be written: {error.strerror}.") from error
