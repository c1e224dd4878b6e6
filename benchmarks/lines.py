"""What is measured: a name, and the requests that do it."""

from __future__ import annotations

import itertools
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.clients import Connection, Request
from benchmarks.product import MANAGER, Served
from cadans.demo.market import ZONE
from cadans.demo.people import PASSWORD
from cadans.demo.words import FIRST_NAMES, SURNAMES

JSON = ("Content-Type", "application/json")
FLOOR = "bare Django: insert one row"
EMPTY = "bare Django: empty view"
ROWS_OF_A_LEAD = "bare SQL: the rows of a new lead"
ROWS_OF_A_STEP = "bare SQL: the rows of a step forward"
METRICS = {
    "adoption": "{year}&by=owner",
    "funnel": "{year}&by=owner&pipeline=b2b-classic",
    "win-rate": "{year}&by=owner",
    "deal-size": "{year}&by=owner",
    "forecast": "by=owner",
    "cycle": "{year}&by=owner",
}
"""The six metrics, by owner, over twelve months (a forecast: of this quarter)."""
WORDS = ("van", "bak", "jans", "kompas", "de wi", "trans", "polder", "merw", "ann", "logis")


@dataclass(frozen=True)
class Line:
    """`requests(seconds)` gives requests without an end, or as many as were prepared.

    `beside` names the floor; `plain` the line that adds the same rows, or asks for the same
    figures, by plain SQL and does nothing else.
    """

    name: str
    on_floor: bool
    beside: str
    requests: Callable[[float, int], Iterator[Request]]
    plain: str = ""


def lines(served: Served) -> list[Line]:
    """Every line, the floor first."""
    bearer = (("Authorization", f"Bearer {served.token}"), JSON)
    cookie = (("Cookie", _log_in(served)),)
    until = datetime.now(ZONE).date() + timedelta(days=1)
    year = f"from={until - timedelta(days=365)}&to={until}"

    def same(method: str, path: str, *headers: tuple[str, str]) -> Callable[..., Iterator[Request]]:
        body = b"{}" if method == "POST" else None
        return lambda _seconds, _clients: itertools.repeat(Request(method, path, body, headers))

    def created(_seconds: float, _clients: int) -> Iterator[Request]:
        for n in itertools.count():
            yield Request("POST", "/api/v1/leads", _new_lead(n), bearer)

    def advanced(seconds: float, clients: int) -> Iterator[Request]:
        ids = _leads_to_advance(served, bearer, int(seconds * (150 if clients == 1 else 300)))
        body = json.dumps({"kind": "call", "outcome": "reached"}).encode()
        return (Request("POST", f"/api/v1/leads/{id}/activities", body, bearer) for id in ids)

    def searched(_seconds: float, _clients: int) -> Iterator[Request]:
        for word in itertools.cycle(WORDS):
            path = f"/search/?q={word.replace(' ', '%20')}"
            yield Request("GET", path, None, (*cookie, ("HX-Request", "true")))

    bare_row = json.dumps({"title": "Laadplein Compact", "value": "12500.00"}).encode()
    return [
        Line(EMPTY, True, "", same("GET", "/empty")),
        Line(
            FLOOR,
            True,
            "",
            lambda _seconds, _clients: itertools.repeat(Request("POST", "/insert", bare_row)),
        ),
        Line("create a lead (API)", False, FLOOR, created, ROWS_OF_A_LEAD),
        Line("log an activity that advances a lead (API)", False, FLOOR, advanced, ROWS_OF_A_STEP),
        Line(ROWS_OF_A_LEAD, True, FLOOR, same("POST", "/same-rows/lead")),
        Line(ROWS_OF_A_STEP, True, FLOOR, same("POST", "/same-rows/step")),
        Line(
            "board (API)", False, EMPTY, same("GET", "/api/v1/board/b2b-classic?cards=20", *bearer)
        ),
        Line("board (page)", False, EMPTY, same("GET", "/board/b2b-classic/", *cookie)),
        *(
            line
            for metric, question in METRICS.items()
            for line in (
                Line(
                    f"{metric} by owner (API)",
                    False,
                    EMPTY,
                    same(
                        "GET",
                        f"/api/v1/reports/{metric}?{question.format(year=year)}",
                        *bearer,
                    ),
                    f"plain SQL: {metric} by owner",
                ),
                Line(
                    f"plain SQL: {metric} by owner", True, EMPTY, same("GET", f"/figures/{metric}")
                ),
            )
        ),
        Line("search as you type (page)", False, EMPTY, searched),
    ]


def _new_lead(n: int) -> bytes:
    mark = uuid.uuid4().hex[:12]
    first, last = FIRST_NAMES[n % len(FIRST_NAMES)], SURNAMES[n % len(SURNAMES)]
    return json.dumps(
        {
            "title": f"Laadplein {mark}",
            "value": {"amount": "12500.00", "currency": "EUR"},
            "company": {"name": f"{last} {mark}", "domain": f"{mark}.example", "country": "NL"},
            "people": [
                {"email": f"info@{mark}.example", "name": f"{first} {last}", "role": "champion"}
            ],
            "source": "Website",
        }
    ).encode()


def _leads_to_advance(
    served: Served, bearer: tuple[tuple[str, str], ...], number: int
) -> list[str]:
    """Leads in the first stage, in which one call that reached somebody meets all goals."""
    ids: list[str] = []
    lock = threading.Lock()

    def make(share: int) -> None:
        connection = Connection(served.product)
        for n in range(share):
            status, body = connection.ask(Request("POST", "/api/v1/leads", _new_lead(n), bearer))
            if status != 201:
                raise RuntimeError(body)
            with lock:
                ids.append(json.loads(body)["id"])

    threads = [threading.Thread(target=make, args=(number // 4,)) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ids


def _log_in(served: Served) -> str:
    """The cookies of a manager who logged in."""
    connection = Connection(served.product)
    form = connection.http
    form.request("GET", "/account/login/")
    answer = form.getresponse()
    page = answer.read().decode()
    cookies = _cookies(answer.headers.get_all("Set-Cookie"))
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    token = found.group(1) if found else cookies.get("csrftoken", "")
    form.request(
        "POST",
        "/account/login/",
        body=f"csrfmiddlewaretoken={token}&login={MANAGER}&password={PASSWORD}",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Referer": f"http://127.0.0.1:{served.product}/account/login/",
        },
    )
    answer = form.getresponse()
    answer.read()
    if answer.status != 302:
        raise RuntimeError(f"Logging in failed: {answer.status}")
    cookies |= _cookies(answer.headers.get_all("Set-Cookie"))
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _cookies(headers: list[str] | None) -> dict[str, str]:
    pairs = (header.split(";")[0].partition("=") for header in headers or ())
    return {name: value for name, _equals, value in pairs}
