"""An HTML page, read as browsers do: whatever its character set and however broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urldefrag, urljoin, urlsplit

from charset_normalizer import from_bytes
from selectolax.lexbor import LexborHTMLParser, LexborNode

from cadans.enrichment.reading.addresses import same_site
from cadans.enrichment.reading.found import Found, tidy

MOST_LINKS = 2_000
MOST_TEXT = 400_000
ABOUT_THEM = re.compile(
    r"contact|kontakt|colofon|impressum|imprint|over[-_ ]?ons|about|bedrijf|ueber-uns",
    re.IGNORECASE,
)
PARKED = re.compile(
    r"domain (?:name )?(?:is|may be) (?:for sale|parked)|this domain is parked|buy this domain"
    r"|domein(?:naam)? (?:is )?te koop|dit domein is (?:geregistreerd|geparkeerd)|domain steht zum "
    r"verkauf|parked (?:free|domain)|sedoparking|domain ist geparkt|under construction"
    r"|index of /|welcome to nginx|apache2 .{0,20}default page|coming soon|account suspended",
    re.IGNORECASE,
)


_BLOCKS = """br p div li ul ol dl dt dd td th tr table address section article header footer
    main nav aside h1 h2 h3 h4 h5 h6 form fieldset blockquote pre hr figure"""
BLOCKS = frozenset(_BLOCKS.split())
"""Elements that begin and end a line."""


@dataclass(frozen=True)
class Page:
    """A page and the address it was read from."""

    url: str
    tree: LexborHTMLParser

    @property
    def host(self) -> str:
        """The server's name."""
        return urlsplit(self.url).hostname or ""

    @cached_property
    def text(self) -> str:
        """What a reader sees, a line a block."""
        body = self.tree.body
        if body is None:
            return ""
        lines = []
        for node in body.traverse(include_text=True):
            if node.tag in BLOCKS or (node.prev is not None and node.prev.tag in BLOCKS):
                lines.append("\n")
            if node.tag == "-text" and _is_seen(node):
                lines.append(node.text_content or "")
        words = "".join(lines)[:MOST_TEXT]
        return "\n".join(line for raw in words.split("\n") if (line := " ".join(raw.split())))

    @property
    def title(self) -> str:
        """The page's title."""
        node = self.tree.css_first("title")
        return tidy(node.text()) if node else ""

    @property
    def is_parked(self) -> bool:
        """Whether the page is a registrar's or a server's, not a company's."""
        return bool(PARKED.search(self.title) or PARKED.search(self.text[:1500]))

    def meta(self, name: str) -> str:
        """The content of the `meta` element of that name or property."""
        for node in self.tree.css("meta")[:MOST_LINKS]:
            named = node.attributes.get("property") or node.attributes.get("name") or ""
            if named.strip().lower() == name:
                return tidy(node.attributes.get("content"))
        return ""

    def links(self) -> Iterator[tuple[str, str]]:
        """Addresses that the page refers to, each with the words of the link."""
        for node in self.tree.css("a[href]")[:MOST_LINKS]:
            href = (node.attributes.get("href") or "").strip()
            if href.lower().startswith(("tel:", "mailto:")):
                yield href, ""
            elif target := absolute(self.url, href):
                yield target, " ".join(node.text()[:200].split())


def page_from(url: str, body: bytes, charset: str = "") -> Page:
    """The page in those bytes; `charset` is what the header said."""
    return Page(url, LexborHTMLParser(readable_part(decoded(body, charset))))


DEEPEST = 512
"""Browsers nest no deeper either; and reading takes time by the square of it."""

MOST_ATTRIBUTES = 500
"""So many attributes no element has; a parser looks among all of them for each."""

MOST_ATTRIBUTES_ALL = 300_000
"""And so many have all elements of a page together."""

ATTRIBUTE = re.compile(
    r"[\s/]*(?:=?[^\s/>=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?|=)", re.ASCII
)

CLOSED_BY_OTHERS = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
    | {"p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "optgroup"}
)
"""Elements without an end, or whose end others imply."""


def readable_part(html: str) -> str:
    """The page, up to where it is written to keep its reader busy rather than to be read."""
    depth = attributes = 0
    for tag in re.finditer(r"<(/?)([a-zA-Z][^\s/>]*)", html):
        own = _attributes_from(html, tag.end())
        attributes += own
        if own >= MOST_ATTRIBUTES or attributes > MOST_ATTRIBUTES_ALL:
            return html[: tag.start()]
        if tag[2].lower() in CLOSED_BY_OTHERS:
            continue
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > DEEPEST:
            return html[: tag.start()]
    return html


def decoded(body: bytes, charset: str = "") -> str:
    """The text in those bytes: by its mark, the header, its own word, or else by its looks."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if body.startswith(mark):
            return body.decode(name, errors="replace")
    declared = re.search(
        rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w:-]+)", body[:2048], re.IGNORECASE
    )
    own = declared[1].decode("ascii", errors="ignore") if declared else ""
    for name in (charset, own, "utf-8"):
        # What calls itself Latin-1 is Windows-1252 to every browser (WHATWG Encoding).
        name = "cp1252" if name.lower() in {"iso-8859-1", "latin1", "ascii", "us-ascii"} else name
        try:
            return body.decode(name) if name else _must_guess()
        except (LookupError, UnicodeError):
            continue
    best = from_bytes(body[:50_000]).best()
    return body.decode(best.encoding if best else "cp1252", errors="replace")


def _must_guess() -> str:
    raise LookupError


def absolute(base: str, href: object) -> str:
    """The whole address of a link, without its fragment; nothing when it is not of the web."""
    if not isinstance(href, str) or len(href) > 2_000:
        return ""
    try:
        target = urldefrag(urljoin(base, href.strip()))[0]
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return ""
    return target if not re.search(r"[\s<>\"]", target) else ""


def pages_about_them(page: Page, *, most: int = 2) -> list[str]:
    """Where the site tells about itself: contact first, then about us."""
    found: dict[str, int] = {}
    for target, words in page.links():
        if target.startswith(("tel:", "mailto:")) or not same_site(
            urlsplit(target).hostname or "", page.host
        ):
            continue
        path = urlsplit(target).path
        if len(path) > 120 or target == page.url:
            continue
        said = f"{path} {words[:60]}"
        if ABOUT_THEM.search(said):
            rank = 0 if re.search(r"contact|kontakt|impressum|colofon", said, re.IGNORECASE) else 1
            found.setdefault(target, rank)
    return sorted(found, key=lambda target: found[target])[:most]


def _attributes_from(html: str, at: int) -> int:
    """How many attributes an element has whose name ends there, as far as we count."""
    count = 0
    while count < MOST_ATTRIBUTES and (attribute := ATTRIBUTE.match(html, at)):
        at, count = attribute.end(), count + 1
    return count


PARTS_OF_TITLE = re.compile(r"\s+[|–—·•:»-]\s+|\s*[|–—»]\s*|:\s+")


def named_by(page: Page, domain: str) -> list[Found]:
    """What Open Graph, the title and the description say. `domain` tells which part of a title
    is the name."""
    found = []
    label = domain.split(".")[0]
    site_name = page.meta("og:site_name")
    if site_name and len(site_name) <= 80 and not is_placeholder(site_name):
        sure = 85 if resembles(site_name, label) else 60
        found.append(Found("name", site_name, "open_graph", page.url, sure))
    for part in PARTS_OF_TITLE.split(page.title)[:12]:
        if resembles(part, label) and len(part) <= 80 and not is_placeholder(part):
            sure = 75 if _letters(part) == _letters(label) else 65
            # Shouted or whispered names are written so by habit of the title, not of the firm.
            if _letters(part) == _letters(label) and part.lower() == part:
                sure = 55
            found.append(Found("name", part, "title", page.url, sure))
            break
    description = page.meta("og:description") or page.meta("description")
    if len(description) >= 20:
        source = "open_graph" if page.meta("og:description") else "page"
        found.append(Found("description", description, source, page.url, 80))
    return found


def resembles(name: str, label: str) -> bool:
    """Whether a name and a domain are written with the same letters, one perhaps longer
    (“Bakkerij Zon B.V.” and bakkerijzon)."""
    one = _letters(
        re.sub(r"\b(?:b\.?v\.?|n\.?v\.?|gmbh|ltd|inc|bvba|vof)\b\.?$", "", name, flags=re.I)
    )
    other = _letters(label)
    if min(len(one), len(other)) < 2:
        return False
    shorter, longer = sorted((one, other), key=len)
    return one == other or (
        len(shorter) >= 4 and shorter in longer and 2 * len(shorter) >= len(longer)
    )


def is_placeholder(name: str) -> bool:
    """Whether a name is what a kit puts there until somebody fills it in."""
    return _letters(name) in PLACEHOLDERS or not re.search(r"[^\W\d_]", name)


_PLACEHOLDERS = """home homepage welkom welcome wordpress mycompany mywebsite mysite
    mijnwebsite mijnbedrijf companyname bedrijfsnaam yourcompany
    yourcompanyname uwbedrijf untitled site website index startseite accueil
    shop webshop default sitename blog justanotherwordpresssite test none
    null undefined organization organisation company localhost example wix
    squarespace shopify joomla drupal page contact login notfound forbidden
    error"""
PLACEHOLDERS = frozenset(_PLACEHOLDERS.split())


def _letters(text: str) -> str:
    folded = text.casefold().replace("&", "en").translate(FOLDED)
    return re.sub(r"[^a-z0-9]", "", folded)


FOLDED = str.maketrans("áàâäãåéèêëíìîïóòôöõøúùûüýñç", "aaaaaaeeeeiiiioooooouuuuync", "'’")


def _is_seen(node: LexborNode) -> bool:
    parent = node.parent
    return parent is None or parent.tag not in {"script", "style", "noscript", "template", "title"}
