"""A server that keeps to the published rules of Mailchimp's Marketing API (version 3).

Lists, members by the MD5 of their address, tags (static segments), batches, webhooks and problem
documents, with faults on demand. It counts what was asked of it: each call that changed something
for a member, and each that touched somebody who had opted out.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import socket
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "0123456789abcdef0123456789abcdef-us6"
MOST = 500
CONNECTIONS = 10
FAKE = ("@example.com", "@example.org", "@fake.")


def hashed(email: str) -> str:
    return hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest()


@dataclass
class Member:
    email: str
    status: str
    tags: set[str] = field(default_factory=set)
    merges: dict[str, str] = field(default_factory=dict)
    changed: datetime = field(default_factory=lambda: datetime.now(UTC))
    opted_out: bool = False
    """Whether they did it themselves: the API cannot subscribe them again."""

    def told(self) -> dict[str, Any]:
        return {
            "id": hashed(self.email),
            "email_address": self.email,
            "status": self.status,
            "merge_fields": self.merges,
            "tags": [{"id": number_of(one), "name": one} for one in sorted(self.tags)],
            "last_changed": self.changed.isoformat(timespec="seconds"),
        }


def number_of(tag: str) -> int:
    return int(hashlib.md5(tag.encode(), usedforsecurity=False).hexdigest()[:6], 16)


@dataclass
class Listing:
    id: str
    name: str
    members: dict[str, Member] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    hooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    needs_name: bool = False

    def add_tag(self, name: str) -> None:
        self.tags[number_of(name)] = name


@dataclass
class Faults:
    """How likely each fault is at a call, and faults that are certain for the next ones."""

    busy: float = 0.0
    broken: float = 0.0
    mute: float = 0.0
    cut: float = 0.0
    certain: list[str] = field(default_factory=list)
    retry_after: str = "0"
    down: bool = False

    def next(self, dice: random.Random) -> str:
        if self.down:
            return "broken"
        if self.certain:
            return self.certain.pop(0)
        thrown = dice.random()
        for fault in ("busy", "broken", "mute", "cut"):
            thrown -= getattr(self, fault)
            if thrown < 0:
                return fault
        return ""


class Refused(Exception):
    def __init__(self, status: int, title: str, detail: str = "", **more: Any) -> None:
        self.status = status
        self.problem = {
            "type": "https://mailchimp.com/developer/marketing/docs/errors/",
            "title": title,
            "status": status,
            "detail": detail,
            "instance": str(uuid.uuid4()),
            **more,
        }


class MailchimpServer:
    """All of it, with what it was asked: `calls` by method and kind, `changed` by member."""

    def __init__(self, *, seed: int = 1) -> None:
        self.lists: dict[str, Listing] = {}
        self.faults = Faults()
        self.calls: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.repeated: list[str] = []
        self.touched: list[str] = []
        self.running = 0
        self.most_running = 0
        self.dice = random.Random(seed)
        self.guard = threading.RLock()
        self.port = 0
        self.mute_for = 0.6

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/3.0"

    def add_list(self, id: str = "a1b2c3d4e5", name: str = "Nieuwsbrief") -> Listing:
        self.lists[id] = Listing(id, name)
        return self.lists[id]

    def opt_out(self, listing: Listing, email: str, status: str = "unsubscribed") -> None:
        """A reader presses the unsubscribe link."""
        with self.guard:
            member = listing.members.setdefault(hashed(email), Member(email, status))
            member.status, member.opted_out = status, True
            member.changed = datetime.now(UTC)

    # ── What can be asked ────────────────────────────────────────────────────────────────────

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        for pattern, name in ROUTES:
            found = re.fullmatch(pattern, f"{method} {path}")
            if found:
                self.calls[name] += 1
                listing = None
                parts = list(found.groups())
                if parts:
                    listing = self.lists.get(parts.pop(0))
                    if listing is None:
                        raise Refused(404, "Resource Not Found", "No such list.")
                ask = getattr(self, f"_{name}")
                return ask(listing, *parts, query, body) if listing else ask(query, body)
        raise Refused(404, "Resource Not Found", "The requested resource could not be found.")

    def _root(self, query: Any, _body: Any) -> tuple[int, Any]:
        return 200, {"account_id": "8d3a3db4d97663a9074efcc16", "account_name": "Kade Stroom"}

    def _list_lists(self, query: dict[str, str], _body: Any) -> tuple[int, Any]:
        rows = [
            {
                "id": one.id,
                "name": one.name,
                "stats": {
                    "member_count": sum(m.status == "subscribed" for m in one.members.values())
                },
            }
            for one in self.lists.values()
        ]
        return 200, self._page("lists", rows, query)

    def _page(self, name: str, rows: list[Any], query: dict[str, str]) -> dict[str, Any]:
        offset, count = int(query.get("offset", 0)), int(query.get("count", 10))
        if count > 1000:
            raise Refused(400, "Invalid Resource", "count is at most 1000")
        return {name: rows[offset : offset + count], "total_items": len(rows)}

    def _tag_search(self, listing: Listing, _query: Any, _body: Any) -> tuple[int, Any]:
        tags = [{"id": id, "name": name} for id, name in listing.tags.items()]
        return 200, {"tags": tags, "total_items": len(tags)}

    def _list_members(self, listing: Listing, query: dict[str, str], _body: Any) -> tuple[int, Any]:
        rows = list(listing.members.values())
        if since := query.get("since_last_changed"):
            moment = datetime.fromisoformat(since)
            rows = [one for one in rows if one.changed > moment]
        rows.sort(key=lambda one: one.changed)
        return 200, self._page("members", [one.told() for one in rows], query)

    def _get_member(self, listing: Listing, id: str, _q: Any, _body: Any) -> tuple[int, Any]:
        return 200, self._member(listing, id).told()

    def _member(self, listing: Listing, id: str) -> Member:
        if id not in listing.members:
            detail = "The requested resource could not be found."
            raise Refused(404, "Resource Not Found", detail)
        return listing.members[id]

    def _archive(self, listing: Listing, id: str, _query: Any, _body: Any) -> tuple[int, Any]:
        member = self._member(listing, id)
        if member.status == "archived":
            detail = "This list member cannot be removed. Please contact support."
            self.repeated.append(f"archive {member.email}")
            raise Refused(405, "Method Not Allowed", detail)
        self._touch(member, "archive")
        member.status = "archived"
        return 204, None

    def _touch(self, member: Member, what: str) -> None:
        if member.opted_out:
            self.touched.append(f"{what} {member.email}")
        self.changed[member.email] += 1
        member.changed = datetime.now(UTC)

    def _batch(self, listing: Listing, _query: Any, body: Any) -> tuple[int, Any]:
        if len(body["members"]) > MOST:
            raise Refused(400, "Invalid Resource", f"At most {MOST} members a call.")
        made: list[Any] = []
        updated: list[Any] = []
        errors: list[Any] = []
        for one in body["members"]:
            email = one["email_address"]
            try:
                is_new = self._put(listing, one, update=body.get("update_existing", False))
                told = listing.members[hashed(email)].told()
                (made if is_new else updated).append(told)
            except Refused as refused:
                code = "ERROR_GENERIC"
                if refused.problem["title"] == "Member Exists":
                    code = "ERROR_CONTACT_EXISTS"
                    self.repeated.append(f"add {email}")
                error = {"email_address": email, "error": refused.problem["detail"]}
                errors.append({**error, "error_code": code, "field": "", "field_message": ""})
        return 200, {
            "new_members": made,
            "updated_members": updated,
            "errors": errors,
            "total_created": len(made),
            "total_updated": len(updated),
            "error_count": len(errors),
        }

    def _put(self, listing: Listing, one: dict[str, Any], *, update: bool) -> bool:
        email, status = one["email_address"], one["status"]
        merges = one.get("merge_fields", {})
        if hashed(email) in listing.forgotten:
            raise Refused(
                400,
                "Forgotten Email Not Subscribed",
                f"{email} was permanently deleted and cannot be re-imported. "
                "The contact must re-subscribe to get back on the list.",
            )
        if any(part in email for part in FAKE) or "@" not in email:
            detail = f"{email} looks fake or invalid, please enter a real email address."
            raise Refused(400, "Invalid Resource", detail)
        if listing.needs_name and not merges.get("LNAME"):
            raise Refused(400, "Invalid Resource", "Your merge fields were invalid.")
        member = listing.members.get(hashed(email))
        if member is not None and member.status != "archived" and not update:
            detail = f"{email} is already a list member, do you want to update?"
            raise Refused(400, "Member Exists", detail)
        if member is not None and member.opted_out and status in {"subscribed", "transactional"}:
            raise Refused(
                400,
                "Member In Compliance State",
                f"{email} is in a compliance state due to unsubscribe, bounce, or compliance "
                "review and cannot be subscribed.",
            )
        is_new = member is None or member.status == "archived"
        if member is None:
            member = listing.members[hashed(email)] = Member(email, status)
        elif member.status == status and not is_new:
            self.repeated.append(f"{status} {email}")
        self._touch(member, status)
        member.status = status
        member.merges |= merges
        for tag in one.get("tags", []):
            listing.add_tag(tag)
            member.tags.add(tag)
        return is_new

    def _make_segment(self, listing: Listing, _query: Any, body: Any) -> tuple[int, Any]:
        listing.add_tag(body["name"])
        id = number_of(body["name"])
        told = self._segment(
            listing, str(id), {}, {"members_to_add": body.get("static_segment", [])}
        )[1]
        return 200, {"id": id, "name": body["name"], **told}

    def _segment(self, listing: Listing, id: str, _query: Any, body: Any) -> tuple[int, Any]:
        if int(id) not in listing.tags:
            raise Refused(404, "Resource Not Found", "No such segment.")
        tag = listing.tags[int(id)]
        add, remove = body.get("members_to_add", []), body.get("members_to_remove", [])
        if max(len(add), len(remove)) > MOST:
            raise Refused(400, "Invalid Resource", f"At most {MOST} members a call.")
        unknown = [one for one in (*add, *remove) if hashed(one) not in listing.members]
        for on, row in ((True, add), (False, remove)):
            for email in row:
                member = listing.members.get(hashed(email))
                if member is None:
                    continue
                if (tag in member.tags) == on:
                    self.repeated.append(f"tag {tag} {on} {email}")
                self._touch(member, f"tag {tag}")
                (member.tags.add if on else member.tags.discard)(tag)
        errors = [{"email_addresses": unknown, "error": "Not a member."}] if unknown else []
        return 200, {
            "members_added": [],
            "members_removed": [],
            "errors": errors,
            "total_added": len(add),
            "total_removed": len(remove),
            "error_count": len(errors),
        }

    def _list_hooks(self, listing: Listing, _query: Any, _body: Any) -> tuple[int, Any]:
        return 200, {"webhooks": list(listing.hooks.values())}

    def _make_hook(self, listing: Listing, _query: Any, body: Any) -> tuple[int, Any]:
        if "localhost" in body["url"]:
            detail = "We couldn't verify the URL."
            raise Refused(400, "Invalid Resource", detail)
        id = uuid.uuid4().hex[:10]
        listing.hooks[id] = {"id": id, **body}
        return 200, listing.hooks[id]


ROUTES = (
    (r"GET /", "root"),
    (r"GET /lists", "list_lists"),
    (r"GET /lists/(\w+)/tag-search", "tag_search"),
    (r"GET /lists/(\w+)/members", "list_members"),
    (r"GET /lists/(\w+)/members/(\w+)", "get_member"),
    (r"DELETE /lists/(\w+)/members/(\w+)", "archive"),
    (r"POST /lists/(\w+)", "batch"),
    (r"POST /lists/(\w+)/segments", "make_segment"),
    (r"POST /lists/(\w+)/segments/(\w+)", "segment"),
    (r"GET /lists/(\w+)/webhooks", "list_hooks"),
    (r"POST /lists/(\w+)/webhooks", "make_hook"),
)


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    ours: ClassVar[MailchimpServer]

    def _all(self) -> None:
        ours = self.ours
        size = int(self.headers.get("content-length", 0))
        raw = self.rfile.read(size)
        with ours.guard:
            ours.running += 1
            ours.most_running = max(ours.most_running, ours.running)
        try:
            self._one(ours, raw)
        finally:
            with ours.guard:
                ours.running -= 1

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _all

    def _one(self, ours: MailchimpServer, raw: bytes) -> None:
        at = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(at.query).items()}
        with ours.guard:
            fault = ours.faults.next(ours.dice)
            if fault == "busy" or ours.running > CONNECTIONS:
                ours.calls["429"] += 1
                detail = "You have exceeded the limit of 10 simultaneous connections."
                problem = Refused(429, "Too Many Requests", detail).problem
                self._send(429, problem, {"retry-after": ours.faults.retry_after})
                return
            if fault == "broken":
                ours.calls["500"] += 1
                self._send(500, Refused(500, "Internal Server Error").problem)
                return
            try:
                if not self._is_let_in():
                    raise Refused(401, "API Key Invalid", "Your API key may be invalid.")
                path = unquote(at.path.removeprefix("/3.0")) or "/"
                status, told = ours.answer(
                    self.command, path, query, json.loads(raw) if raw else None
                )
            except Refused as refused:
                status, told = refused.status, refused.problem
            if fault:
                ours.calls[fault] += 1
        if fault == "mute":
            threading.Event().wait(ours.mute_for)
        if fault in {"mute", "cut"}:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._send(status, told)

    def _is_let_in(self) -> bool:
        from base64 import b64decode

        given = self.headers.get("authorization", "").removeprefix("Basic ")
        return b64decode(given).decode().partition(":")[2] == KEY

    def _send(self, status: int, told: Any, headers: dict[str, str] | None = None) -> None:
        body = b"" if told is None else json.dumps(told).encode()
        kind = "application/problem+json" if status >= 400 else "application/json"
        self.send_response_only(status)
        self.send_header("Date", format_datetime(datetime.now(UTC), usegmt=True))
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Threaded(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@contextmanager
def mailchimp(*, seed: int = 1) -> Iterator[MailchimpServer]:
    """A server while the block lasts."""
    ours = MailchimpServer(seed=seed)
    kind = type("Answering", (Answering,), {"ours": ours})
    server = _Threaded(("127.0.0.1", 0), kind)
    ours.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield ours
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


LONG_AGO = datetime.now(UTC) - timedelta(days=30)
