"""The two processes that do the work: one answers requests, one carries out jobs.

`serve.py` starts and watches them; on several machines they are started one by one.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys

import django
from django.urls import get_resolver
from granian import Granian
from granian.constants import Interfaces

# Names the process that watches over this one, which ends when it does.
WATCHER = "CADANS_WATCHER"
# How long a request or a job may take to finish when asked to stop, in seconds.
FAREWELL = 5
PR_SET_PDEATHSIG = 1
# Python runs one thread of a process at a time; the others wait for the database.
THREADS = 3


def run_web(host: str, port: int) -> None:
    """Serve the pages and the API until SIGINT or SIGTERM, from web processes of this one."""
    end_with_watcher()
    _load()
    wait_to_begin()
    os.environ["PORT"] = str(port)
    Granian(
        "cadans.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("CADANS_WEB_WORKERS") or web_processes_for_this_machine()),
        blocking_threads=int(os.environ.get("CADANS_WEB_THREADS") or THREADS),
        # More requests than there are threads wait their turn, up to these many.
        backlog=1024,
        backpressure=512,
        respawn_failed_workers=True,
        workers_kill_timeout=FAREWELL,
        websockets=False,
    ).serve()


def web_processes_for_this_machine() -> int:
    """One a core; of more than four the database, on the same machine, would have too few left."""
    return min(4, os.cpu_count() or 1)


def _load() -> None:
    """Load the product once: the web processes are forked from this one and share its memory.

    Nothing here may ask the database or look at the static files: both may not be ready yet.
    """
    if multiprocessing.get_start_method() != "fork":
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadans.config.settings")
    django.setup()
    _ = get_resolver().url_patterns
    # The collector would write to what is shared, and so end the sharing.
    gc.collect()
    gc.freeze()


def wait_to_begin() -> None:
    """Wait until the process that watches over this one has prepared the database.

    It closes our input then, or has closed it from the start.
    """
    if WATCHER in os.environ:
        sys.stdin.read()


def end_with_watcher() -> None:
    """Ask the kernel for a SIGTERM when the process that watches over this one dies."""
    watcher = os.environ.get(WATCHER)
    if watcher and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(watcher):
            sys.exit("The process that watched over this one is gone.")
