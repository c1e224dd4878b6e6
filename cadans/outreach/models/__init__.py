"""The tables of what is told and asked outside.

`suppression`: the addresses that are left alone. `mailboxes`: where mail goes out and comes in.
"""

from cadans.outreach.models.mailboxes import Mailbox
from cadans.outreach.models.suppression import Suppression

__all__ = ["Mailbox", "Suppression"]
