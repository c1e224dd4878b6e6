"""Who carries a domain's mail, by its MX records (RFC 5321, 5.1)."""

from __future__ import annotations

import dns.exception
import dns.rdatatype
import dns.resolver

from cadans.enrichment.reading.found import Found

SECONDS = 4.0

SUITES: dict[str, str] = {
    "google.com": "Google Workspace",
    "googlemail.com": "Google Workspace",
    "outlook.com": "Microsoft 365",
    "mx.microsoft": "Microsoft 365",
    "zoho.com": "Zoho Mail",
    "zoho.eu": "Zoho Mail",
    "protonmail.ch": "Proton Mail",
    "messagingengine.com": "Fastmail",
    "icloud.com": "iCloud Mail",
    "yandex.net": "Yandex 360",
    "transip.email": "TransIP",
    "one.com": "one.com",
    "ionos.com": "IONOS",
    "ionos.de": "IONOS",
    "kundenserver.de": "IONOS",
    "rzone.de": "STRATO",
    "ovh.net": "OVHcloud",
    "infomaniak.ch": "Infomaniak",
    "gandi.net": "Gandi",
    "mailbox.org": "mailbox.org",
    "hostnet.nl": "Hostnet",
    "mijndomein.nl": "Mijndomein",
    "soverin.net": "Soverin",
    "startmail.com": "StartMail",
    "titan.email": "Titan",
    "secureserver.net": "GoDaddy",
}
"""The mail suite behind the name of a mail server. Filters (Mimecast, Proofpoint) stand before
any suite and say nothing, so they are not here."""


def mail_servers(domain: str) -> list[str]:
    """The names of a domain's mail servers, as the system's name servers know them; none without
    mail or an answer."""
    try:
        answer = dns.resolver.resolve(f"{domain}.", dns.rdatatype.MX, lifetime=SECONDS)
    except (dns.exception.DNSException, OSError):
        return []
    return [str(one.exchange).rstrip(".").lower() for one in answer]


def mail_facts(domain: str) -> list[Found]:
    """The mail suite, where all servers that carry a known name are of one."""
    suites = {suite for server in mail_servers(domain) if (suite := suite_of(server))}
    if len(suites) != 1:
        return []
    return [Found("mail_suite", suites.pop(), "mail_records", "", 90)]


def suite_of(server: str) -> str:
    """The suite behind a mail server's name, or nothing."""
    return next(
        (suite for name, suite in SUITES.items() if server == name or server.endswith(f".{name}")),
        "",
    )
