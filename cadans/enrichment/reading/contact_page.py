"""What a page tells in words and links: telephone, address, numbers of registers."""

from __future__ import annotations

import re
from urllib.parse import unquote

from cadans.enrichment.reading.found import Found, tidy
from cadans.enrichment.reading.jsonld import country_of
from cadans.enrichment.reading.numbers import (
    kvk_numbers_in,
    phone_number,
    phones_in,
    postcode,
    vat_numbers_in,
)
from cadans.enrichment.reading.pages import Page

DUTCH_ADDRESS = re.compile(
    r"(?:^|[\n:|,•·-])\s*"
    r"(?P<street>[A-Z'’][\w.'’ -]{2,60}? \d{1,5}(?: ?[-/]? ?[A-Za-z0-9]{1,4})?)\s*"
    r"[,|•·\n-]?\s*"
    r"(?P<postcode>[1-9]\d{3} ?[A-Z]{2})[ ,\n]{1,3}"
    r"(?P<city>[A-Z'’][\w.'’-]+(?: [A-Za-z'’][\w.'’-]+){0,3})"
)
MICRODATA = {
    "streetAddress": "address",
    "postalCode": "postcode",
    "addressLocality": "city",
}


def facts_on(page: Page) -> list[Found]:
    """Facts of one page. What it names several of is left out: one of them is a colleague's, a
    branch's or the builder's of the site."""
    country = country_of(page.host)
    found = []
    dialled = {
        phone_number(unquote(link[4:].split("?")[0].split(";")[0]).strip(), country)
        for link, _words in page.links()
        if link.lower().startswith("tel:")
    } - {""}
    if len(dialled) == 1:
        found.append(Found("phone", dialled.pop(), "page", page.url, 70))
    elif not dialled and len(named := phones_in(page.text, country)) == 1:
        found.append(Found("phone", named[0], "page", page.url, 55))
    if len(kvk := kvk_numbers_in(page.text)) == 1:
        found.append(Found("kvk_number", kvk[0], "page", page.url, 85))
    if len(vat := vat_numbers_in(page.text)) == 1:
        found.append(Found("vat_number", vat[0], "page", page.url, 85))
    return found + (_marked_address(page, country) or _dutch_address(page))


def _dutch_address(page: Page) -> list[Found]:
    found = {
        (match["street"].strip(), postcode(match["postcode"], "NL"), match["city"].strip())
        for match in DUTCH_ADDRESS.finditer(page.text)
        if not re.match(r"(?i)postbus|p\.?o\.? ?box|antwoordnummer", match["street"])
    }
    if len(found) != 1:
        return []
    street, code, city = found.pop()
    if not code:
        return []
    city = re.split(r"\s(?:Tel|Telefoon|T|E|Phone|Nederland|Netherlands|KvK)\b", city)[0]
    values = {"address": street, "postcode": code, "city": city}
    return [Found(name, value, "page", page.url, 65) for name, value in values.items()]


def _marked_address(page: Page, country: str) -> list[Found]:
    """An address in microdata: all its parts, once on the page."""
    found = []
    for prop, field in MICRODATA.items():
        nodes = page.tree.css(f'[itemprop="{prop}"]')[:20]
        values = {tidy(node.attributes.get("content") or node.text(), 160) for node in nodes} - {""}
        if len(values) > 1 or not values:
            return []
        value = values.pop()
        value = postcode(value, country) if field == "postcode" else value
        if value:
            found.append(Found(field, value, "page", page.url, 75))
    return found
