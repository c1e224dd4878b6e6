"""Mail servers and mailboxes that these tests share."""

import pytest

from cadans.outreach.actions.mailboxes import add_mailbox
from tests.outreach.servers import imap_server, smtp_server


@pytest.fixture
def post():
    with smtp_server() as post:
        yield post


@pytest.fixture(scope="session")
def imap():
    with imap_server() as box:
        yield box


@pytest.fixture
def box(world, post):
    """Anna's own mailbox, which sends through the server above."""
    return add_mailbox(
        world.anna,
        address="anna@brouwer.example",
        smtp_host="127.0.0.1",
        smtp_port=post.port,
        smtp_security="none",
    )
