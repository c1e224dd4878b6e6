"""`cadans migrate` and `prepare`: what comes before serving."""

import click

from cadans.cli.database import needs_database
from cadans.cli.doctor import migrations, static_files, stop_unless_well
from cadans.config.prepare import collect_static_files, load_demo, migrate_database


@click.command()
@needs_database
def migrate() -> None:
    """Bring the database up to this version. Several machines may call it at once."""
    if not migrate_database(click.echo):
        click.echo("The database is up to date.")


@click.command()
@click.option("--demo/--no-demo", default=False, help="Load the demo company when nobody is there.")
@click.option("--check", is_flag=True, help="Only look: exit 1, and what to do, when it is not.")
@needs_database
def prepare(demo: bool, check: bool) -> None:
    """Do what `serve` does before it opens: migrate, collect static files, load the demo."""
    if check:
        stop_unless_well(migrations, static_files)
        return
    migrate_database(click.echo)
    collect_static_files(click.echo)
    if demo:
        load_demo(click.echo)
