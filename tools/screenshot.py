"""Look at a page: screenshot.py URL OUT.png [--width 1440] [--dark] [--lang nl] [--full] …

With --login, it logs in through the log-in page first. What the page wrote to the console and
the requests that failed are printed, and make the exit code 1.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.journeys.browser import launched


@click.command(help=__doc__)
@click.argument("url")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--width", default=1440, show_default=True, help="Of the window, in pixels.")
@click.option("--height", default=900, show_default=True, help="Of the window, in pixels.")
@click.option("--dark", is_flag=True, help="As on a machine set to dark.")
@click.option("--lang", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--login", nargs=2, metavar="EMAIL PASSWORD", help="Log in first.")
@click.option("--full", is_flag=True, help="The whole page, not just the window.")
@click.option("--click", "clicks", multiple=True, metavar="SELECTOR", help="Click before looking.")
@click.option("--key", "keys", multiple=True, metavar="KEY", help="Press after the clicks.")
@click.option("--wait", default=400, show_default=True, help="Milliseconds to settle.")
@click.option("--text", is_flag=True, help="Print the page's visible text as well.")
def screenshot(
    url: str,
    out: Path,
    width: int,
    height: int,
    dark: bool,
    lang: str,
    login: tuple[str, str] | None,
    full: bool,
    clicks: tuple[str, ...],
    keys: tuple[str, ...],
    wait: int,
    text: bool,
) -> None:
    complaints: list[str] = []
    with launched() as browser:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=lang,
            reduced_motion="reduce",
        )
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        context.add_cookies([{"name": "django_language", "value": lang, "url": origin}])
        page = context.new_page()
        if login:
            _log_in(page, origin, *login)
        page.on("console", lambda said: _note(complaints, said.type, said.text))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("requestfailed", lambda lost: complaints.append(f"failed: {lost.url}"))
        answer = page.goto(url)
        for selector in clicks:
            page.click(selector, timeout=5000)
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_timeout(wait)
        page.screenshot(path=out, full_page=full)
        click.echo(f"{answer.status if answer else '?'} {page.url} “{page.title()}” → {out}")
        if text:
            click.echo(page.inner_text("body"))
    for complaint in complaints:
        click.echo(complaint, err=True)
    sys.exit(1 if complaints else 0)


def _log_in(page: Page, origin: str, email: str, password: str) -> None:
    page.goto(origin)
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("load")
    if page.locator("[name=password]").count():
        message = f"Could not log in as {email}: {page.inner_text('main, body')[:500]}"
        raise click.ClickException(message)


def _note(complaints: list[str], kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        complaints.append(f"console {kind}: {text}")


if __name__ == "__main__":
    screenshot()
