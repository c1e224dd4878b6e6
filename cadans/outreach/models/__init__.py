"""The tables of what is told and asked outside.

`suppression`: the addresses that are left alone. `mailboxes`: where mail goes out and comes in.
`mail`: what was written and received. `templates`: what is written again and again.
"""

from cadans.outreach.models.mail import Message
from cadans.outreach.models.mailboxes import Mailbox
from cadans.outreach.models.suppression import Suppression
from cadans.outreach.models.templates import MailTemplate

__all__ = ["MailTemplate", "Mailbox", "Message", "Suppression"]
