"""`cadans import`: take in a file of leads, people, companies or stage changes."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from cadans.cli.database import needs_database
from cadans.config.prepare import migrate_database
from cadans.exchange.actions import Ambiguous, run_import
from cadans.exchange.mapping import MADE_UNASKED, MAKEABLE, read_map
from cadans.exchange.models import ImportRun, Kind
from cadans.ground.errors import Invalid, NotFound
from cadans.process.queries import pipeline_named

MOST_SHOWN = 10

ASKED = {
    "dates": "--dates dmy (31-12-2025), --dates mdy (12/31/2025) or --dates ymd (2025/12/31)",
    "decimals": "--decimals comma (1.250,00) or --decimals point (1,250.00)",
}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(Kind.values), required=True, help="What a row is.")
@click.option("--map", "map_file", type=click.Path(path_type=Path), help="A map file (YAML).")
@click.option("--pipeline", help="The pipeline of rows that name none (key or name).")
@click.option("--dry-run", is_flag=True, help="Try everything, keep nothing.")
@click.option("--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="How dates are written.")
@click.option("--decimals", type=click.Choice(["comma", "point"]), help="The decimal sign.")
@click.option(
    "--make-missing",
    "made",
    type=click.Choice(MAKEABLE),
    multiple=True,
    help="Make what is unknown of this kind as well.",
)
@click.option(
    "--refuse-unknown",
    "kept_out",
    type=click.Choice(MAKEABLE),
    multiple=True,
    help="Refuse rows that name something unknown of this kind.",
)
@needs_database
def import_(
    file: Path,
    kind: str,
    map_file: Path | None,
    pipeline: str | None,
    dry_run: bool,
    dates: str | None,
    decimals: str | None,
    made: tuple[str, ...],
    kept_out: tuple[str, ...],
) -> None:
    """Import FILE (CSV, CSV.GZ or XLSX).

    Prints how many rows were created, updated, skipped and refused. Refused rows go to
    FILE.refused.csv with the reason. Ends with 0, with 1 when rows were refused or the file
    cannot be used, with 2 when it has to be asked how dates or amounts are written.
    """
    migrate_database(click.echo)
    mapping = {}
    if map_file is not None:
        mapping = read_map(_text_of(map_file)).model_dump(by_alias=True, exclude_none=True)
    makes = (set(mapping.get("make") or MADE_UNASKED) | set(made)) - set(kept_out)
    chosen, new_pipeline = None, ""
    if pipeline:
        try:
            chosen = pipeline_named(pipeline)
        except NotFound:
            if "stages" not in makes:
                raise
            new_pipeline = pipeline
    run = ImportRun(
        kind=kind,
        file=str(file.absolute()),
        file_name=file.name[-255:],
        file_size=file.stat().st_size if file.is_file() else 0,
        mapping=mapping,
        options={
            **({"new_pipeline": new_pipeline} if new_pipeline else {}),
            "make": sorted(makes),
            **({"dates": dates} if dates else {}),
            **({"decimals": decimals} if decimals else {}),
        },
        pipeline=chosen,
        is_trial=dry_run,
    )
    console = Console(stderr=True)
    try:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(file.name, total=100)
            run_import(run, watch=lambda now: bar.update(task, completed=now.percentage))
    except Ambiguous as question:
        click.echo(question.message, err=True)
        for asked in question.asks:
            click.echo(f"Say how with {ASKED[asked]}.", err=True)
        sys.exit(2)
    report(run)
    sys.exit(1 if run.refused else 0)


def report(run: ImportRun) -> None:
    """Print what came of it."""
    click.echo("Tried, nothing kept:" if run.is_trial else "Imported:")
    for name, count in run.counts.items():
        click.echo(f"  {name:8} {count:>9,}")
    for found, names in run.findings.items():
        shown = ", ".join(list(names)[:MOST_SHOWN])
        more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
        verb = "made" if found in run.options.get("make", ()) else "unknown"
        click.echo(f"{found.capitalize()} {verb}: {shown}{more}")
    if run.refused:
        click.echo("Refused, because:")
        common = sorted(run.reasons.items(), key=lambda one: -one[1])
        for reason, count in common[:MOST_SHOWN]:
            click.echo(f"  {count:>9,}  {reason}")
        click.echo(f"See {run.refused_file}")


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"The map file cannot be read: {error}") from None
