"""What is written to people outside, and what they write back: the verbs of mail.

`suppression` keeps the addresses that are left alone, `mailboxes` the mailboxes that mail goes out
of and comes into. `writing` puts a mail on its way, `sending` notes how far it is, `receiving`
takes in what comes back.
"""
