"""Try a mailbox's servers, and say in words what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from cadans.outreach.imap import opened
from cadans.outreach.models import Mailbox
from cadans.outreach.smtp import connected
from cadans.outreach.trouble import Trouble, in_words

PATIENCE = 10
"""Seconds that a server may take for an answer while a person waits."""


@dataclass(frozen=True)
class Finding:
    """How one server of a mailbox did: `part` is smtp or imap, `kind` a word of `trouble.WORDS`
    or empty when all is well."""

    part: str
    kind: str = ""
    told: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.kind


def check_mailbox(mailbox: Mailbox) -> list[Finding]:
    """Log in to each of its servers; nothing is sent, read or changed."""
    findings = []
    if mailbox.can_send:
        try:
            with connected(mailbox, timeout=PATIENCE):
                findings.append(Finding("smtp"))
        except Trouble as trouble:
            findings.append(_found("smtp", trouble))
    if mailbox.can_receive:
        try:
            with opened(mailbox, timeout=PATIENCE):
                findings.append(Finding("imap"))
        except Trouble as trouble:
            findings.append(_found("imap", trouble))
    return findings


def _found(part: str, trouble: Trouble) -> Finding:
    return Finding(part, trouble.kind, in_words(trouble.kind, trouble.told))
