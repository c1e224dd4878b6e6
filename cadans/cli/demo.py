"""`cadans demo`: fill an empty Cadans with a simulated sales organisation."""

import click

from cadans.cli.database import needs_database
from cadans.config.prepare import migrate_database
from cadans.demo.load import LEADS, MONTHS, MOST_SOLD, SEED, load_demo
from cadans.demo.people import LOG_INS


@click.command()
@click.option(
    "--leads",
    default=LEADS,
    show_default=True,
    type=click.IntRange(1, 5_000_000),
    help=f"How many leads. Above {MOST_SOLD} they are written in bulk.",
)
@click.option(
    "--months",
    default=MONTHS,
    show_default=True,
    type=click.IntRange(2, 60),
    help="How many months of history, up to today.",
)
@click.option(
    "--seed",
    default=SEED,
    show_default=True,
    type=click.IntRange(0, 2**31),
    help="Another number is another company history; the same, on the same day, the same.",
)
@needs_database
def demo(leads: int, months: int, seed: int) -> None:
    """Fill an empty Cadans with a demo company: two teams, two pipelines, a history of sales."""
    migrate_database(click.echo)
    with click.progressbar(length=leads, label="Selling", width=40, update_min_steps=50) as bar:
        load_demo(leads=leads, months=months, seed=seed, told=lambda n: bar.update(n - bar.pos))
    click.echo("Log in as:")
    for role, email, password in LOG_INS:
        click.echo(f"  {role:<8} {email:<28} {password}")
