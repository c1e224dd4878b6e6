"""Serve the floor: `python -m benchmarks.bare PORT`, as `cadans web` serves the product."""

import os
import sys

from django.core.wsgi import get_wsgi_application
from granian import Granian
from granian.constants import Interfaces

from cadans.config.parts import THREADS, web_processes_for_this_machine

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"
application = get_wsgi_application()

if __name__ == "__main__":
    Granian(
        "benchmarks.bare.__main__:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("CADANS_WEB_WORKERS") or web_processes_for_this_machine()),
        blocking_threads=int(os.environ.get("CADANS_WEB_THREADS") or THREADS),
        backlog=1024,
        backpressure=512,
        log_access=False,
        websockets=False,
    ).serve()
