"""Sites of different make, each with what may be learned from it, and nothing else.

`facts` are all facts that a visit may give (beside `website`, and the `country` that .nl stands
for); a field that is not named must stay unknown. `sure` fields must be sure enough to be filled
in.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.servers import Page, Talk, begin

KADE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "Organization",
    "name": "Kade Stroom",
    "legalName": "Kade Stroom B.V.",
    "url": "https://kadestroom.nl/",
    "telephone": "030-2334455",
    "address": {
        "@type": "PostalAddress",
        "streetAddress": "Waterkade 12",
        "postalCode": "3511AB",
        "addressLocality": "Utrecht",
        "addressCountry": "NL",
    },
}
WHERE = {"address": "Waterkade 12", "postcode": "3511 AB", "city": "Utrecht", "country": "NL"}
WHOLE = {
    "name": "Kade Stroom",
    "legal_name": "Kade Stroom B.V.",
    "phone": "+31 30 233 4455",
    **WHERE,
}


@dataclass
class Site:
    """A site: what it answers, and what may be learned from it."""

    home: Page | Talk | str
    facts: dict[str, str] = field(default_factory=dict)
    sure: set[str] = field(default_factory=set)
    pages: dict[str, Page | Talk | str] = field(default_factory=dict)
    others: dict[str, Page | Talk | str] = field(default_factory=dict)
    inside: set[str] = field(default_factory=set)
    domain: str = "kadestroom.nl"
    trouble: str = ""
    seconds: float = 5.0


def told(*documents: Any, title: str = "", body: str = "") -> str:
    """A page with JSON-LD."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    scripts = "".join(
        '<script type="application/ld+json">' + text.replace("</", "<\\/") + "</script>"
        for text in texts
    )
    return plain(title, body, scripts)


def plain(title: str = "", body: str = "", head: str = "") -> str:
    """A page without."""
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def endless(talking: BaseHTTPRequestHandler) -> None:
    begin(talking)
    while True:
        talking.wfile.write(b"<p>and on</p>" * 1000)


def dripping(talking: BaseHTTPRequestHandler) -> None:
    begin(talking)
    for byte in told(KADE).encode():
        talking.wfile.write(bytes([byte]))
        time.sleep(0.2)


def cut_short(talking: BaseHTTPRequestHandler) -> None:
    begin(talking, content_length="5000")
    talking.wfile.write(told(KADE).encode()[:80])


def deep(levels: int) -> str:
    return '{"@type":"Organization","name":' + "[" * levels + '"Kade"' + "]" * levels + "}"


def other_than(**changes: Any) -> dict[str, Any]:
    """Kade Stroom, otherwise."""
    return {name: value for name, value in {**KADE, **changes}.items() if value is not None}


LINKS = (
    '<a href="https://www.linkedin.com/company/kade-stroom/">in</a>'
    '<a href="https://www.facebook.com/sharer/sharer.php?u=https://kadestroom.nl">deel</a>'
    '<a href="https://twitter.com/intent/tweet?text=x">tweet</a>'
    '<a href="https://www.instagram.com/kadestroom/">ig</a>'
)
SOCIALS = {
    "linkedin": "https://linkedin.com/company/kade-stroom",
    "instagram": "https://instagram.com/kadestroom",
}
CONTACT = """<h1>Contact</h1><p>Kade Stroom<br>Waterkade 12<br>3511 AB Utrecht</p>
<p>Tel: <a href="tel:+31302334455">030 - 233 44 55</a></p>
<p>KvK: 30212345<br>BTW: NL004495445B01</p>"""
LINK_TO_CONTACT = '<nav><a href="/contact">Contact</a><a href="/blog">Blog</a></nav>'

SITES: dict[str, Site] = {
    # ── JSON-LD ───────────────────────────────────────────────────────────────────────────────
    "one organisation": Site(told(KADE), WHOLE, set(WHOLE)),
    "in an array": Site(told([{"@type": "WebPage", "name": "Welkom"}, KADE]), WHOLE, set(WHOLE)),
    "in a graph, by reference": Site(
        told(
            {
                "@context": "https://schema.org",
                "@graph": [
                    {"@type": "WebSite", "name": "x", "publisher": {"@id": "#org"}},
                    {**KADE, "@id": "#org", "address": {"@id": "#where"}},
                    {**KADE["address"], "@id": "#where"},
                ],
            }
        ),
        WHOLE,
        set(WHOLE),
    ),
    "a local business with types in a list": Site(
        told(other_than(**{"@type": ["LocalBusiness", "Electrician"]})), WHOLE, set(WHOLE)
    ),
    "types as addresses, texts with a language": Site(
        told(
            other_than(
                **{
                    "@type": "http://schema.org/Organization",
                    "name": {"@value": "Kade Stroom", "@language": "nl"},
                }
            )
        ),
        WHOLE,
    ),
    "said twice alike": Site(told(KADE, KADE), WHOLE, set(WHOLE)),
    "below mainEntity and publisher": Site(
        told({"@type": "AboutPage", "mainEntity": KADE}), WHOLE, set(WHOLE)
    ),
    "country in words, vat number, founded, employees, logo, profiles": Site(
        told(
            other_than(
                address={**KADE["address"], "addressCountry": {"name": "Nederland"}},
                vatID="NL004495445B01",
                foundingDate="1998-05-01",
                numberOfEmployees={"@type": "QuantitativeValue", "value": 42},
                logo={"@type": "ImageObject", "url": "/beeld/logo.svg"},
                sameAs=["https://nl.linkedin.com/company/kade-stroom", "https://kadestroom.nl/x"],
                description="Laadpalen &amp; zonnepanelen voor bedrijven.",
            )
        ),
        {
            **WHOLE,
            "vat_number": "NL004495445B01",
            "founded": "1998",
            "employees": "42",
            "logo": "http://kadestroom.nl/beeld/logo.svg",
            "linkedin": SOCIALS["linkedin"],
            "description": "Laadpalen & zonnepanelen voor bedrijven.",
        },
        {"employees", "vat_number"},
    ),
    "employees as a range, a vat number that cannot be": Site(
        told(
            other_than(numberOfEmployees={"minValue": 10, "maxValue": 50}, vatID="NL123456789B01")
        ),
        WHOLE,
    ),
    "several branches": Site(
        told(
            KADE,
            other_than(
                telephone="020-6241111",
                address={**KADE["address"], "addressLocality": "Amsterdam", "postalCode": "1012AB"},
            ),
        ),
        {"name": "Kade Stroom", "legal_name": "Kade Stroom B.V."},
        {"name"},
    ),
    "reviews and partners of other firms": Site(
        told(
            {
                **KADE,
                "review": {
                    "@type": "Review",
                    "author": {"@type": "Organization", "name": "Roddel"},
                },
                "memberOf": {"@type": "Organization", "name": "Branchevereniging"},
            },
            {"@type": "Product", "brand": {"@type": "Organization", "name": "Zonnepaneel AG"}},
        ),
        WHOLE,
        set(WHOLE),
    ),
    "somebody else's organisation": Site(
        told(other_than(name="Webbouwers", url="https://webbouwers.example/")), {}
    ),
    "trailing commas and line breaks within": Site(
        told(
            json.dumps(KADE, indent=1)
            .replace("}", ",}")
            .replace("Kade Stroom B.V", "Kade\nStroom B.V")
        ),
        WHOLE,
    ),
    "in a comment": Site(told(f"<!--\n{json.dumps(KADE)}\n-->"), WHOLE, set(WHOLE)),
    "placeholders of a kit": Site(
        told(
            {"@type": "Organization", "name": "My Company", "telephone": "123456", "url": "/"},
            title="Home",
        ),
        {},
    ),
    "numbers where texts belong": Site(
        told(other_than(name=["Kade Stroom"], legalName=7, telephone=31302334455, address=None)),
        {"name": "Kade Stroom", "phone": "+31 30 233 4455"},
        {"name"},
    ),
    # ── Without JSON-LD ───────────────────────────────────────────────────────────────────────
    "open graph": Site(
        plain(
            "Laadpalen voor bedrijven",
            LINKS,
            '<meta property="og:site_name" content="Kade Stroom">'
            '<meta property="og:description" content="Laadpalen, van ontwerp tot onderhoud.">',
        ),
        {
            "name": "Kade Stroom",
            "description": "Laadpalen, van ontwerp tot onderhoud.",
            **SOCIALS,
        },
        {"name"},
    ),
    "a title only": Site(plain("Home | Kade Stroom – Laadpalen"), {"name": "Kade Stroom"}),
    "a title that names nobody": Site(plain("Laadpalen en zonnepanelen | Vraag een offerte"), {}),
    "a contact page": Site(
        plain("Kade Stroom", LINK_TO_CONTACT),
        {
            "name": "Kade Stroom",
            "address": "Waterkade 12",
            "postcode": "3511 AB",
            "city": "Utrecht",
            "phone": "+31 30 233 4455",
            "kvk_number": "30212345",
            "vat_number": "NL004495445B01",
        },
        {"kvk_number", "vat_number"},
        {"/contact": plain("Contact", CONTACT)},
    ),
    "a contact page with several of everything": Site(
        plain("", LINK_TO_CONTACT),
        {},
        pages={
            "/contact": plain(
                "",
                CONTACT + '<a href="tel:0206241111">A</a><p>Damrak 1, 1012 LG Amsterdam</p>'
                "<p>Gebouwd door Web B.V., KvK 54321678, NL001234567B01 NL123456782B90</p>",
            )
        },
    ),
    "microdata": Site(
        plain(
            "",
            '<div itemscope itemtype="https://schema.org/LocalBusiness">'
            '<span itemprop="streetAddress">Waterkade 12</span>'
            '<span itemprop="postalCode">3511ab</span>'
            '<span itemprop="addressLocality">Utrecht</span></div>',
        ),
        {"address": "Waterkade 12", "postcode": "3511 AB", "city": "Utrecht"},
    ),
    "a number that is no telephone": Site(
        plain("", '<a href="tel:12345">bel</a><p>Artikel 0302334, IBAN NL91ABNA0417164300</p>'), {}
    ),
    "several profiles of one network": Site(
        plain("", LINKS + '<a href="https://www.linkedin.com/company/partner/">partner</a>'),
        {"instagram": SOCIALS["instagram"]},
    ),
    # ── Broken, and in other character sets ───────────────────────────────────────────────────
    "broken html": Site(
        "<html><title>Kade Stroom<body></title><p>Bel <b>ons<a href=/contact>Contact"
        f"<script type='application/LD+JSON; charset=utf-8'>{json.dumps(KADE)}</script><table><p>",
        WHOLE,
        set(WHOLE),
    ),
    "no html at all": Site("Kade Stroom, Waterkade 12", {}),
    "an empty page": Site("", {}),
    "latin-1 by its header": Site(
        Page(
            told(other_than(name="Café Zoë"))
            .replace("\\u00e9", "é")
            .replace("\\u00eb", "ë")
            .encode("latin-1"),
            headers={"content-type": "text/html; charset=iso-8859-1"},
        ),
        {**WHOLE, "name": "Café Zoë"},
    ),
    "windows-1252 by its own word": Site(
        Page(
            (
                "<meta charset=windows-1252>"
                + plain("", head='<meta property="og:site_name" content="Kadestroom “Zuid”">')
            ).encode("cp1252"),
            headers={"content-type": "text/html"},
        ),
        {"name": "Kadestroom “Zuid”"},
    ),
    "utf-16 with a mark": Site(
        Page(told(KADE).encode("utf-16"), headers={"content-type": "text/html"}), WHOLE, set(WHOLE)
    ),
    "a wrong character set in the header": Site(
        Page(
            told(other_than(name="Café Zoë")).encode(),
            headers={"content-type": "text/html; charset=klingon"},
        ),
        {**WHOLE, "name": "Café Zoë"},
    ),
    # ── Elsewhere ─────────────────────────────────────────────────────────────────────────────
    "redirected to www": Site(
        Page(status=301, headers={"location": "http://www.kadestroom.nl/nl/"}),
        WHOLE,
        set(WHOLE),
        others={"www.kadestroom.nl/nl/": told(KADE)},
    ),
    "redirected to another name": Site(
        Page(status=302, headers={"location": "http://kade-groep.nl/"}),
        WHOLE,
        set(),
        others={"kade-groep.nl/": told(other_than(url="https://kade-groep.nl"))},
    ),
    "redirected into a private network": Site(
        Page(status=302, headers={"location": "http://intranet.kadestroom.nl/"}),
        inside={"intranet.kadestroom.nl"},
        trouble="private_address",
    ),
    "redirected in circles": Site(
        Page(status=302, headers={"location": "/"}), trouble="too_many_redirects"
    ),
    "a contact page in a private network": Site(
        told(KADE, body='<a href="http://intern.kadestroom.nl/contact">Contact</a>'),
        WHOLE,
        inside={"intern.kadestroom.nl"},
    ),
    "for sale": Site(plain("kadestroom.nl", "<h1>Dit domein is te koop</h1>" + LINKS), {}),
    "an error": Site(Page(told(KADE), status=500), {}),
    "asks not to be read": Site(
        told(KADE), pages={"/robots.txt": "User-agent: *\nDisallow: /"}, trouble="robots"
    ),
    "asks to leave the contact page alone": Site(
        told(KADE, body=LINK_TO_CONTACT),
        WHOLE,
        pages={"/robots.txt": "User-agent: *\nDisallow: /contact", "/contact": CONTACT},
    ),
    # ── Hostile ───────────────────────────────────────────────────────────────────────────────
    "endless": Site(endless, trouble="too_large"),
    "dripping": Site(dripping, trouble="timed_out"),
    "cut short": Site(cut_short, trouble="broken_off"),
    "no page but a film": Site(
        Page(b"\x00" * 1000, headers={"content-type": "video/mp4"}), trouble="wrong_type"
    ),
    "script in names": Site(
        told(
            other_than(
                name="<script>alert(1)</script>",
                legalName="Kade \u202eneb.edak\u202c B.V.",
                logo="javascript:alert(1)",
                sameAs=["javascript:alert(1)", "https://linkedin.com.evil.example/company/x"],
                description="<img src=x onerror=alert(1)>",
            )
        ),
        {**{name: WHOLE[name] for name in ("phone", *WHERE)}, "legal_name": "Kade neb.edak B.V."},
    ),
    "huge json": Site(told({**KADE, "name": "x" * 1_000_000}), {}),
    "a name of 5000 letters": Site(
        told(other_than(name="Kade " * 1000)), {n: v for n, v in WHOLE.items() if n != "name"}
    ),
    "deep nesting": Site(told(deep(100_000), KADE), WHOLE),
    "many nodes": Site(
        told(KADE, [{"@type": "Organization", "x": n} for n in range(30_000)]), WHOLE
    ),
    "deep html": Site(told(KADE) + "<div>" * 100_000 + CONTACT, WHOLE),
    "thousands of attributes": Site(
        told(KADE) + "<a " + " ".join(f"x{n}=1" for n in range(100_000)) + ">", WHOLE
    ),
    "wide html": Site(told(KADE) + "<b><i>" * 250 + "<p>x<b>" * 50_000, WHOLE),
    "references in circles": Site(
        told(
            {
                "@graph": [
                    {"@id": "#a", "@type": "Organization", "name": {"@id": "#b"}},
                    {"@id": "#b", "name": {"@id": "#a"}},
                ]
            }
        ),
        {},
    ),
}
