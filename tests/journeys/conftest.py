"""A person in a browser: Chromium walks the pages of a live server.

    def test_a_rep_moves_a_lead(visit, world):
        page = visit(world.rep, "/board/", language="nl")
        page.get_by_role(…)

A page that writes an error to its console, or asks for something the server does not have, fails
its test. When a test fails, what its pages showed lies in `test-results/`.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Response
from pytest_django.live_server_helper import LiveServer

from cadans.team.models import User
from tests.journeys.browser import NoBrowser, launched

HERE = Path(__file__).parent
RESULTS = HERE.parent.parent / "test-results"
Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        running = launched()
        with running as browser:
            yield browser
    except NoBrowser as trouble:
        if os.environ.get("CI") == "true":
            pytest.fail(str(trouble))
        pytest.skip(str(trouble))


@pytest.fixture
def visit(
    browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """`visit(user, path, *, language="nl", width=1280, dark=False)`: a page, logged in as `user`.

    `user=None` is a stranger. Each call is a window of its own, as of another person.
    """
    complaints: list[str] = []
    pages: list[Page] = []

    def visit(
        user: User | None,
        path: str = "/",
        *,
        language: str = "nl",
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=language,
            timezone_id="Europe/Amsterdam",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        context.add_cookies(_cookies(live_server.url, user, language))
        if user:  # whoever is logged in reads their own language, whatever the browser says
            type(user)._default_manager.filter(pk=user.pk).update(language=language)
        page = context.new_page()
        page.on("console", lambda said: _note_error(complaints, said))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda answer: _note_missing(complaints, answer))
        pages.append(page)
        page.goto(path)
        return page

    yield visit

    failed = getattr(request.node, "journey_failed", False)
    for number, page in enumerate(pages):
        if failed:
            RESULTS.mkdir(exist_ok=True)
            page.screenshot(path=RESULTS / f"{request.node.name}-{number}.png", full_page=True)
        page.context.close()
    assert not complaints, "\n".join(complaints)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    if outcome.get_result().failed:
        item.journey_failed = True


def _cookies(url: str, user: User | None, language: str) -> list[Any]:
    chosen = {settings.LANGUAGE_COOKIE_NAME: language}
    if user:
        client = Client()
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
        chosen[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": name, "value": value, "url": url} for name, value in chosen.items()]


def _note_error(complaints: list[str], said: ConsoleMessage) -> None:
    # A refused form answers 4xx on purpose, and the browser calls that an error; a question that
    # a newer one replaced (search as you type) is aborted on purpose, and htmx calls that one.
    on_purpose = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
    if said.type == "error" and not any(words in said.text for words in on_purpose):
        complaints.append(f"console: {said.text}")


def _note_missing(complaints: list[str], answer: Response) -> None:
    is_page = answer.request.is_navigation_request()
    if answer.status >= 500 or (answer.status == 404 and not is_page):
        complaints.append(f"{answer.status} {answer.url}")
