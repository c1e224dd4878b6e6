"""The public profile that somebody made at Gravatar for their address.

Only the SHA-256 of the address goes out, as Gravatar's own pages and e-mail programs send it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from cadans.enrichment.reading.found import Found, tidy
from cadans.enrichment.reading.pages import absolute
from cadans.enrichment.reading.socials import social_of
from cadans.ground.fetching import Fetcher, FetchFailed, Limits

AT = "https://api.gravatar.com/v3/profiles/"
LIMITS = Limits(seconds=6, size=200_000, redirects=1, types=("application/json",))


def profile_facts(out: Fetcher, email: str) -> list[Found]:
    """What the profile says; nothing when there is none or Gravatar does not answer."""
    digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    try:
        answer = out.fetch("GET", f"{AT}{digest}", limits=LIMITS)
        profile: Any = answer.json() if answer.is_success else None
    except FetchFailed:
        return []
    if not isinstance(profile, dict):
        return []
    url = absolute("https://gravatar.com/", profile.get("profile_url"))
    found = [
        # People call themselves what they like there: a suggestion, unless it is a whole name.
        Found("name", tidy(profile.get("display_name"), 160), "gravatar", url, 60),
        Found("job_title", tidy(profile.get("job_title"), 120), "gravatar", url, 70),
        Found("location", tidy(profile.get("location"), 120), "gravatar", url, 80),
        Found("description", tidy(profile.get("description"), 500), "gravatar", url, 80),
        Found("profile", url, "gravatar", url, 90),
    ]
    accounts = profile.get("verified_accounts")
    for account in accounts[:20] if isinstance(accounts, list) else []:
        if isinstance(account, dict) and (social := social_of(str(account.get("url", "")))):
            found.append(Found(*social, "gravatar", url, 90))
    return [one for one in found if one.value]
