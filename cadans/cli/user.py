"""`cadans user`: people who log in."""

import secrets
import sys

import click

from cadans.cli.database import needs_database
from cadans.team.actions import add_user
from cadans.team.models import User


@click.group(help="Add people who log in.")
def user() -> None:
    pass


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(User.Role.values), required=True)
@click.option("--name", default="", help="As colleagues see it; the e-mail address when left out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@needs_database
def add(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Add somebody. Without --password-stdin a password is made and printed, once."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    added = add_user(None, email=email, role=role, password=password, name=name)
    click.echo(f"Added {added.email} ({added.get_role_display()}).")
    if not password_stdin:
        click.echo(f"Password: {password}")
