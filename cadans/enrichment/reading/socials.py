"""Profiles at social networks among the links of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from cadans.enrichment.reading.found import Found

NETWORKS: dict[str, tuple[frozenset[str], str]] = {
    "linkedin": (frozenset({"linkedin.com"}), r"/(?:company|school|showcase|in)/([^/]+)"),
    "facebook": (frozenset({"facebook.com", "fb.com"}), r"/([A-Za-z0-9.\-]{3,})"),
    "instagram": (frozenset({"instagram.com"}), r"/([A-Za-z0-9._]{2,})"),
    "x": (frozenset({"x.com", "twitter.com"}), r"/([A-Za-z0-9_]{2,15})"),
    "youtube": (frozenset({"youtube.com"}), r"/(@[^/]+|channel/[^/]+|c/[^/]+|user/[^/]+)"),
    "github": (frozenset({"github.com"}), r"/([A-Za-z0-9-]{1,39})"),
    "tiktok": (frozenset({"tiktok.com"}), r"/(@[^/]+)"),
}
_NOBODY = """share sharer sharer.php sharearticle intent dialog plugins home login signup
    search hashtag explore watch pages groups events policies policy privacy
    legal help about terms tr p reel reels stories profile.php people i
    settings features pricing marketplace share.php business watch.php embed
    feed jobs me"""
NOBODY = frozenset(_NOBODY.split())


def social_of(url: str) -> tuple[str, str] | None:
    """The network and the clean address of a profile; None for anything else (share buttons)."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    host = re.sub(r"^(?:www|m|mobile|web|[a-z]{2}(?:-[a-z]{2})?)\.", "", host)
    for network, (hosts, shape) in NETWORKS.items():
        if host not in hosts:
            continue
        found = re.fullmatch(shape + r"/?(?:about/?|posts/?|mycompany/?)?", parts.path)
        if not found or found[1].lower() in NOBODY or len(parts.path) > 150:
            return None
        return network, f"https://{sorted(hosts)[-1]}{parts.path.rstrip('/')}"
    return None


def socials_among(links: Iterable[str], url: str) -> list[Found]:
    """The profiles that a page links to: one a network; where it links to several, none."""
    by_network: dict[str, dict[str, str]] = {}
    for link in links:
        if social := social_of(link):
            network, profile = social
            by_network.setdefault(network, {})[profile.casefold()] = profile
    return [
        Found(network, next(iter(profiles.values())), "page", url, 80)
        for network, profiles in by_network.items()
        if len(profiles) == 1
    ]
