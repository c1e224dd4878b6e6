"""The tables of what is told and asked outside.

`suppression`: the addresses that are left alone. `mailboxes`: where mail goes out and comes in.
`mail`: what was written and received. `templates`: what is written again and again. `audiences`:
lists at a mailing service, and who should be on them.
"""

from cadans.outreach.models.audiences import Audience, MailingAccount, Membership
from cadans.outreach.models.mail import Message
from cadans.outreach.models.mailboxes import Mailbox
from cadans.outreach.models.suppression import Suppression
from cadans.outreach.models.templates import MailTemplate

__all__ = [
    "Audience",
    "MailTemplate",
    "Mailbox",
    "MailingAccount",
    "Membership",
    "Message",
    "Suppression",
]
