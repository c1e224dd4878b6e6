"""`cadans token`: keys with which programs act for a user."""

import click

from cadans.cli.database import needs_database
from cadans.team.actions import create_token
from cadans.team.models import ApiToken, User


@click.group(help="Make keys for programs.")
def token() -> None:
    pass


@token.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(ApiToken.Scope.values),
    default=[ApiToken.Scope.READ.value, ApiToken.Scope.WRITE.value],
    show_default=True,
    help="What it may do; may be given more than once.",
)
@needs_database
def create(email: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key for the user with this e-mail address, and print it: it is shown this once."""
    user = User.objects.active().filter(email=email.lower()).first()
    if user is None:
        raise click.ClickException(f"Nobody with the address {email} can log in.")
    _, text = create_token(None, user, name=name, scopes=list(scopes))
    click.echo(text)
