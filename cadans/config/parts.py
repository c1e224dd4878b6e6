"""The two processes that do the work: one answers requests, one carries out jobs.

`serve.py` starts and watches them; on several machines they are started one by one.
"""

import ctypes
import os
import signal
import sys

from granian import Granian
from granian.constants import Interfaces

# Names the process that watches over this one, which ends when it does.
WATCHER = "CADANS_WATCHER"
# How long a request or a job may take to finish when asked to stop, in seconds.
FAREWELL = 5
PR_SET_PDEATHSIG = 1


def run_web(host: str, port: int) -> None:
    """Serve the pages and the API in this process until SIGINT or SIGTERM."""
    end_with_watcher()
    os.environ["PORT"] = str(port)
    Granian(
        "cadans.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("CADANS_WEB_WORKERS", "1")),
        blocking_threads=int(os.environ.get("CADANS_WEB_THREADS") or threads_for_this_machine()),
        # More requests than there are threads wait their turn, up to these many.
        backlog=1024,
        backpressure=512,
        respawn_failed_workers=True,
        workers_kill_timeout=FAREWELL,
        websockets=False,
    ).serve()


def threads_for_this_machine() -> int:
    """Threads of a web process: Python runs one at a time, the others wait for the database."""
    return min(8, 2 * (os.cpu_count() or 1) + 1)


def end_with_watcher() -> None:
    """Ask the kernel for a SIGTERM when the process that watches over this one dies."""
    watcher = os.environ.get(WATCHER)
    if watcher and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(watcher):
            sys.exit("The process that watched over this one is gone.")
