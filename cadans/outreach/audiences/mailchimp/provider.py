"""Mailchimp (Marketing API, version 3) as a provider of audiences.

Its published limits: 500 members a call, 10 connections at a time an account. A tag is a static
segment of the list, which is why 500 members get or lose one in one call.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from cadans.ground.fetching import Answer, Fetcher, FetchFailed, Limits
from cadans.outreach.audiences.mailchimp.words import (
    STATUSES,
    outcome_of_batch,
    outcome_of_problem,
)
from cadans.outreach.audiences.provider import (
    AudienceError,
    AudienceTold,
    MemberTold,
    Newcomer,
    Outcome,
    Unavailable,
)

ADDRESS = "https://{place}.api.mailchimp.com/3.0"
"""Where the API is; the place is the end of the key (us6, us21, …)."""

PAGE = 1000
"""Members a page: the most there may be."""

LIMITS = Limits(seconds=60, size=24 * 1024 * 1024, redirects=0)
"""A call of 500 members may take long; the answer holds each of them whole."""

KEY = re.compile(r"[0-9a-f]{32}-([a-z]{2}[0-9]{1,3})")
BRIEF = "members.email_address,members.status,members.tags,total_items"
HEARD = ("subscribe", "unsubscribe", "profile", "cleaned", "upemail")


class Mailchimp:
    """One account at Mailchimp."""

    most = 500
    connections = 10

    def __init__(self, key: str, *, seconds: float | None = None) -> None:
        """Raises AudienceError when that cannot be a key."""
        found = KEY.fullmatch(key.strip())
        if found is None:
            raise AudienceError(
                _(
                    "A key of Mailchimp is 32 letters and digits, a dash and a place: "
                    "0123…cdef-us6. Copy it whole from Mailchimp: Profile, Extras, API keys."
                ),
                pointer="/key",
                code="bad_key",
            )
        self._key = key.strip()
        self._address = ADDRESS.format(place=found[1])
        self._limits = Limits(seconds, LIMITS.size, LIMITS.redirects) if seconds else LIMITS
        self._out = Fetcher(connections=self.connections)
        self._clock: datetime | None = None

    def close(self) -> None:
        """Hang up."""
        self._out.close()

    def account_name(self) -> str:
        """What the account is called there: the check of its key."""
        return str(self._get("/", fields="account_name").get("account_name") or "Mailchimp")

    def clock(self) -> datetime | None:
        """What time it was there at the last answer."""
        return self._clock

    def audiences(self) -> list[AudienceTold]:
        """All lists of the account, with their tags."""
        fields = "lists.id,lists.name,lists.stats.member_count,total_items"
        return [
            AudienceTold(
                str(one["id"]),
                str(one["name"]),
                int(one.get("stats", {}).get("member_count", 0)),
                self._tags(str(one["id"])),
            )
            for page in self._pages("/lists", "lists", fields=fields)
            for one in page
        ]

    def _tags(self, audience: str) -> dict[str, str]:
        told = self._get(f"/lists/{audience}/tag-search")
        return {str(one["name"]): str(one["id"]) for one in told.get("tags", [])}

    def changed(self, audience: str, since: datetime) -> Iterator[list[MemberTold]]:
        """The members of whom anything changed since then (its own clock), in parts."""
        pages = self._pages(
            f"/lists/{audience}/members",
            "members",
            fields=BRIEF,
            since_last_changed=since.isoformat(),
            sort_field="last_changed",
            sort_dir="ASC",
        )
        for page in pages:
            yield [_member(one) for one in page]

    def member(self, audience: str, email: str) -> MemberTold:
        """One member as they are; `absent` when they are not there."""
        path = f"/lists/{audience}/members/{_hashed(email)}"
        answer = self._ask("GET", path, params={"fields": "email_address,status,tags"})
        if answer.status == 404:
            return MemberTold(email, "absent")
        return _member(self._good(answer))

    def enrol(self, audience: str, people: Sequence[Newcomer]) -> dict[str, Outcome]:
        """Add people who are not there (`update_existing` off: nobody there is touched)."""
        members = [_new_member(one) for one in people]
        told = self._batch(audience, members, update_existing=False)
        wanted = {one.email: ("pending" if one.confirms else "subscribed") for one in people}
        return _outcomes(told, wanted)

    def unsubscribe(self, audience: str, emails: Sequence[str]) -> dict[str, Outcome]:
        """Unsubscribe members."""
        members = [{"email_address": one, "status": "unsubscribed"} for one in emails]
        told = self._batch(audience, members, update_existing=True)
        return _outcomes(told, dict.fromkeys(emails, "unsubscribed"))

    def archive(self, audience: str, email: str) -> Outcome:
        """Take a member off, so that they may come back; who opted out must not be touched."""
        now = self.member(audience, email)
        if now.status not in {"subscribed", "pending", "transactional"}:
            return Outcome(status=now.status)
        answer = self._ask("DELETE", f"/lists/{audience}/members/{_hashed(email)}")
        if answer.status == 404:
            return Outcome(status="absent")
        if answer.status in {204, 405}:  # 405: somebody else archived them meanwhile
            return Outcome(status="archived")
        return outcome_of_problem(self._problem(answer))

    def tag(
        self, audience: str, name: str, id: str, *, on: Sequence[str], off: Sequence[str]
    ) -> dict[str, Outcome]:
        """Put a tag on some members and take it off others."""
        if not id:
            if not on:
                return {one: Outcome() for one in off}
            made = {"name": name, "static_segment": list(on)}
            answer = self._ask("POST", f"/lists/{audience}/segments", json=made)
            if answer.status == 400:
                return {one: Outcome("other", self._words(answer)) for one in on}
            self._good(answer)
            return {one: Outcome() for one in (*on, *off)}
        body = {"members_to_add": list(on), "members_to_remove": list(off)}
        told = self._good(self._ask("POST", f"/lists/{audience}/segments/{id}", json=body))
        outcomes = {one: Outcome() for one in (*on, *off)}
        for error in told.get("errors", []):
            for email in error.get("email_addresses", []):
                words = str(error.get("error", ""))
                outcomes[str(email).lower()] = Outcome("other", words[:300])
        return outcomes

    def listen(self, audience: str, url: str) -> str:
        """Have changes told to an address; the id of that agreement, also when it was there."""
        path = f"/lists/{audience}/webhooks"
        for one in self._get(path).get("webhooks", []):
            if one.get("url") == url:
                return str(one["id"])
        agreed = {
            "url": url,
            "events": {**dict.fromkeys(HEARD, True), "campaign": False},
            "sources": {"user": True, "admin": True, "api": False},
        }
        return str(self._good(self._ask("POST", path, json=agreed))["id"])

    def _batch(
        self, audience: str, members: Sequence[Mapping[str, Any]], *, update_existing: bool
    ) -> Mapping[str, Any]:
        body = {"members": members, "update_existing": update_existing}
        params = {"fields": "errors,error_count,total_created,total_updated"}
        return self._good(self._ask("POST", f"/lists/{audience}", params=params, json=body))

    def _pages(self, path: str, name: str, **params: str) -> Iterator[list[Mapping[str, Any]]]:
        offset = 0
        while True:
            told = self._get(path, count=str(PAGE), offset=str(offset), **params)
            row = told.get(name, [])
            yield row
            offset += PAGE
            if len(row) < PAGE or offset >= int(told.get("total_items", 0)):
                return

    def _get(self, path: str, **params: str) -> Mapping[str, Any]:
        return self._good(self._ask("GET", path, params=params))

    def _ask(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, json: Any = None
    ) -> Answer:
        """Ask. Raises Unavailable when it did not answer, is down or tells us to wait."""
        try:
            answer = self._out.fetch(
                method,
                self._address + quote(path),
                params=params,
                json=json,
                auth=("cadans", self._key),
                limits=self._limits,
            )
        except FetchFailed as failed:
            raise Unavailable(failed.message) from None
        told = parsed_date(answer.headers.get("date", ""))
        self._clock = told or self._clock
        if answer.status == 429 or answer.status >= 500:
            raise Unavailable(
                _("Mailchimp asks us to wait.")
                if answer.status == 429
                else _("Mailchimp is having trouble (%(status)s).") % {"status": answer.status},
                after=_seconds(answer.headers.get("retry-after", "")),
            )
        if answer.status in {401, 403}:
            raise AudienceError(
                _("Mailchimp does not accept the key: %(words)s") % {"words": self._words(answer)},
                pointer="/key",
                code="bad_key",
            )
        return answer

    def _good(self, answer: Answer) -> Mapping[str, Any]:
        if not answer.is_success:
            raise AudienceError(
                _("Mailchimp refuses: %(words)s") % {"words": self._words(answer)},
                code="gone" if answer.status == 404 else "",
            )
        return self._problem(answer)

    def _words(self, answer: Answer) -> str:
        told = self._problem(answer)
        return str(told.get("detail") or told.get("title") or answer.status)[:200]

    def _problem(self, answer: Answer) -> Mapping[str, Any]:
        """The body as an object. Raises Unavailable when it is rubbish."""
        try:
            told = json.loads(answer.body or b"{}")
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Unavailable(_("Mailchimp answered something that is no answer."))
        return told


def _hashed(email: str) -> str:
    """How a member is addressed: by the MD5 of their address in small letters."""
    return hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()


def _member(told: Mapping[str, Any]) -> MemberTold:
    status = str(told.get("status", ""))
    return MemberTold(
        str(told.get("email_address", "")).lower(),
        status if status in STATUSES else "",
        tuple(str(one.get("name", "")) for one in told.get("tags") or []),
    )


def _new_member(one: Newcomer) -> dict[str, Any]:
    told: dict[str, Any] = {
        "email_address": one.email,
        "status": "pending" if one.confirms else "subscribed",
    }
    merges = {"FNAME": one.first_name, "LNAME": one.last_name}
    if filled := {name: value for name, value in merges.items() if value}:
        told["merge_fields"] = filled
    if one.language:
        told["language"] = one.language
    if one.tags:
        told["tags"] = list(one.tags)
    return told


def _outcomes(told: Mapping[str, Any], statuses: Mapping[str, str]) -> dict[str, Outcome]:
    """Everybody without an error is what they were to be."""
    errors = {
        str(one.get("email_address", "")).strip('"').lower(): outcome_of_batch(one)
        for one in told.get("errors", [])
    }
    return {
        email: errors.get(email) or Outcome(status=status) for email, status in statuses.items()
    }


def parsed_date(text: str) -> datetime | None:
    """An HTTP date, or None."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (TypeError, ValueError):
        return None


def _seconds(text: str) -> float | None:
    """A Retry-After in seconds, whether it was told in seconds or as a date."""
    if text.strip().isdigit():
        return float(text)
    at = parsed_date(text)
    return max(0.0, (at - datetime.now(UTC)).total_seconds()) if at else None
