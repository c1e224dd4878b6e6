"""The `cadans` command: a table of commands, each loaded only when it is called.

So `cadans --help` reads no settings, and a command's file may import the rooms at its top: Django
is set up before the file is loaded.
"""

import importlib
import os
import sys
from dataclasses import dataclass
from typing import Any

import click
import django
from django.utils import translation

from cadans import __version__
from cadans.config.postgres import DatabaseTrouble
from cadans.ground.errors import CadansError


@dataclass(frozen=True)
class Entry:
    """Where a command stands, what it does in a line, and whether it needs Django."""

    place: str
    help: str
    needs_django: bool = True


COMMANDS = {
    "serve": Entry("serving:serve", "Everything in one go: database, pages, jobs.", False),
    "web": Entry("web:web", "Only the pages and the API.", False),
    "worker": Entry("worker:worker", "Only the jobs and their schedule."),
    "migrate": Entry("preparing:migrate", "Bring the database up to this version."),
    "prepare": Entry("preparing:prepare", "What `serve` does before it opens."),
    "doctor": Entry("doctor:doctor", "Check the set-up, and say what to do."),
    "user": Entry("user:user", "Add people who log in."),
    "demo": Entry("demo:demo", "Fill an empty Cadans with a demo company."),
    "token": Entry("token:token", "Make keys for programs."),
    "import": Entry("import_:import_", "Take in leads, people, companies, stage changes."),
    "playbook": Entry("playbook:playbook", "Pipelines as files: check, import, export, publish."),
    "report": Entry("report:report", "The figures of the pages, here."),
}


class Table(click.Group):
    """A group whose commands are read from COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if entry.needs_django:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadans.config.settings")
            django.setup()
            # The command line speaks one language, its refusals too.
            translation.activate("en")
        module, _, name = entry.place.partition(":")
        command: click.Command = getattr(importlib.import_module(f"cadans.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(cls=Table, help="Cadans: a CRM whose core is the sales process itself.")
@click.version_option(__version__, prog_name="cadans")
def cadans() -> None:
    pass


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; what cannot be done is one line on standard error and exit code 1."""
    try:
        return cadans(arguments, prog_name="cadans")
    except (CadansError, DatabaseTrouble, ValueError) as refusal:
        if isinstance(refusal, ValueError) and "DATABASE_URL" not in str(refusal):
            raise
        sys.exit(f"cadans: {refusal}")
